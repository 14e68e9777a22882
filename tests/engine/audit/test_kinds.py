"""Small reports, one for each kind of form: what is found, where, how bad, and what is to become of it."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from audit_scores import lines_of

from fixaudit.reports.model import Report
from fixaudit.reports.reader import read_report_bytes


class Kind(NamedTuple):
    """`found` has a line a finding: id, title, severity, places; the id is empty where it is the line's."""

    name: str
    text: str
    found: tuple[str, ...]


KINDS = (
    Kind(
        "a severity in bold above each list",
        "# Scan\n## 1. Linter run\n**Severity: HIGH**\n* **[B105] Password in code:** `web/conf.py:7` - a literal.\n"
        "* **[B306] mktemp:** `web/tmp.py:31` - a race.\n\n**Severity: LOW**\n* **[B101] Assert used:** `web/v.py:2` - stripped.\n",
        ("B105 | Password in code | high | web/conf.py:7", "B306 | mktemp | high | web/tmp.py:31", "B101 | Assert used | low | web/v.py:2"),
    ),
    Kind(
        "files as bullets, lines below them, and issues without a place",
        "# Review\n## High Issues Found\n### 1. Stubs\n- **mailer.py**:\n  - Lines 12, 40: sends nothing\n  - Line 77: raises always\n\n"
        "### 2. Memory Issues\n- No bound for the cache\n- Rows are never freed\n",
        (" | sends nothing | high | mailer.py:12,40", " | raises always | high | mailer.py:77",
         " | No bound for the cache | high | ", " | Rows are never freed | high | "),
    ),
    Kind(
        "the file in the heading, the lines in the rows",
        "# Review\n### worker.py\n| Line Range | Issue | Severity | Fix |\n|---|---|---|---|\n| 31 | Thread never joined | HIGH | Join |\n"
        "| 8-14 | Sleeps in a loop | LOW | Wait |\n",
        (" | Thread never joined | high | worker.py:31", " | Sleeps in a loop | low | worker.py:8-14"),
    ),
    Kind(
        "the file in the title of the report",
        "# Findings: tools/pack.py\n\n## List\n\n### Issue at Line 5\n**Code:** `B603`\n**Message:** a shell is started\n\n"
        "### Issue at Line 61\n**Code:** `B108`\n**Message:** a fixed folder in /tmp\n",
        (" | a shell is started | None | tools/pack.py:5", " | a fixed folder in /tmp | None | tools/pack.py:61"),
    ),
    Kind(
        "a line as the lead, in German and French",
        "# Revue\n## Warnings\n### src/lire.py\n- **Zeile 17**: Datei bleibt offen\n### src/ecrire.py\n- **Ligne 4** : pas de verrou\n",
        (" | Datei bleibt offen | medium | src/lire.py:17", " | pas de verrou | medium | src/ecrire.py:4"),
    ),
    Kind(
        "columns of names that nobody foresaw",
        "# Register\n| Key | Grade | Nature of the thing | Spot |\n|---|---|---|---|\n| Q-1 | High | Lock is taken twice | `core/lock.py:9` `take()` |\n"
        "| Q-2 | Low | Name shadows a builtin | `core/ids.py:3` |\n",
        ("Q-1 | Lock is taken twice | high | core/lock.py:9", "Q-2 | Name shadows a builtin | low | core/ids.py:3"),
    ),
    Kind(
        "a number and a severity only, and a finding below another",
        "# Audit\n## ISSUE 4 — HIGH\n**File**: app/boot.py\n**Line**: 3\n**Problem**: the port is opened twice.\n\n"
        "### CRITICAL 5: `app/pay.py`\n**Issue:** Two charges for one order\n**Lines:** 10, 88\n",
        ("4 | the port is opened twice. | high | app/boot.py:3", "5 | Two charges for one order | critical | app/pay.py:10,88"),
    ),
    Kind(
        "numbered headings with the place in brackets",
        "# Review\n## Low\n### 1. Rows are sorted twice (grid.py:8-11)\nOnce is enough.\n### 2. Size kept in two places (grid.py:40)\nOne may lag.\n",
        ("1 | Rows are sorted twice | low | grid.py:8-11", "2 | Size kept in two places | low | grid.py:40"),
    ),
    Kind(
        "words of other parts in a title",
        "# Review\n### 1. FIXME and TODO left behind\n**File:** `p.py:10`\n### 2. Summary mails lack a scope\n**File:** `p.py:20`\n**Problem:** x\n"
        "### 3. Roadmap view never ends\n**File:** `p.py:30`\n**Problem:** a loop\n",
        ("1 | FIXME and TODO left behind | None | p.py:10", "2 | Summary mails lack a scope | None | p.py:20", "3 | Roadmap view never ends | None | p.py:30"),
    ),
    Kind(
        "fences closed by opening ones",
        "# Report\n## Findings\n### Issue 1: one\n**File:** `b.py:1`\n```python\nx = 1\n```python\n### Issue 2: two\n**File:** `b.py:2`\n"
        "```python\ny = 1\n```python\n### Issue 3: three\n**File:** `b.py:3`\n",
        ("1 | one | None | b.py:1", "2 | two | None | b.py:2", "3 | three | None | b.py:3"),
    ),
    Kind(
        "a fence that is never closed",
        "# Report\n### Issue 1: one\n**File:** `b.py:1`\n```python\nx = 1\n\n### Issue 2: two\n**File:** `b.py:2`\n",
        ("1 | one | None | b.py:1", "2 | two | None | b.py:2"),
    ),
    Kind(
        "brackets and stars in paths, and the file that a suffix is most of",
        "# Report\n### Issue 1: groups\n**File:** `web/(shop)/[slug]/page.tsx:4`\n### Issue 2: globs\n**Files:** `web/api/*.ts`, `web/old/*`\n"
        "### Issue 3: twins\n**File:** `app/user/views.py`, `app/admin/user/views.py`\n**Line:** `user/views.py:4 | admin/user/views.py:9`\n",
        ("1 | groups | None | web/(shop)/[slug]/page.tsx:4", "2 | globs | None | web/api/*.ts web/old/*",
         "3 | twins | None | app/user/views.py:4 app/admin/user/views.py:9"),
    ),
    Kind(
        "Spanish, and plurals of severities",
        "# Informe\n## 1. Registros (PRIORIDAD ALTA)\n### Item 1.1: Print en tarea.py\n**Archivo:** `tarea.py:5`\n**Problema:** usa print\n"
        "## 2. Showstoppers\n### BUG-7: se cae\n- **Severity**: Showstopper\n- **File**: `tarea.py:9`\n",
        ("1.1 | Print en tarea.py | high | tarea.py:5", "BUG-7 | se cae | critical | tarea.py:9"),
    ),
    Kind(
        "one message at three places",
        "# Report\n## Issues Summary\n| File | Line | Code | Severity | Message |\n|---|---|---|---|---|\n| q.py | 7 | B310 | LOW | Opens any scheme |\n"
        "| q.py | 9 | B310 | LOW | Opens any scheme |\n| r.py | 7 | B310 | LOW | Opens any scheme |\n",
        (" | Opens any scheme | low | q.py:7", " | Opens any scheme | low | q.py:9", " | Opens any scheme | low | r.py:7"),
    ),
    Kind(
        "German fields in a list",
        "# Prüfung\n### 1. Schlüssel im Quelltext\n- **Datei:** `k.py`\n- **Zeile:** 3\n- **Schweregrad:** Kritisch\n- **Vorschlag:** auslagern\n",
        ("1 | Schlüssel im Quelltext | critical | k.py:3",),
    ),
    Kind(
        "Russian, Chinese and Japanese fields",
        "# Отчёт\n### Проблема 1: Пустой except\n**Файл:** `a.py` (строки 5-7)\n**Критичность:** Высокая\n\n"
        "### 问题 2: 硬编码密码\n**文件：** `b.py:3`\n**严重程度：** 高\n\n### 指摘 3: 例外の握りつぶし\n**ファイル:** `c.py:8`\n**重要度:** 中\n",
        ("1 | Пустой except | high | a.py:5-7", "2 | 硬编码密码 | high | b.py:3", "3 | 例外の握りつぶし | medium | c.py:8"),
    ),
    Kind(
        "[P1] with a place behind a dash, a folded finding, a place in bold, a box",
        "# Review\n## Findings\n- [P1] Pool is shared — app/pool.py:3-9\n  By two threads.\n\n"
        "<details><summary>3. Reads without a bound (`app/net.py:4`)</summary>\n\nOf any size.\n\n</details>\n\n**4. `app/y.py:35`** - the set grows\n\n"
        "- [ ] app/z.py:45 writes the file twice\n",
        (" | Pool is shared | high | app/pool.py:3-9", "3 | Reads without a bound | None | app/net.py:4", "4 | the set grows | None | app/y.py:35",
         " | app/z.py:45 writes the file twice | None | app/z.py:45"),
    ),
    Kind(
        "lists of lines, and links to a revision",
        "# R\n### Issue 1: a\n**File:** `m.py`, lines 18 and 28\n### Issue 2: b\n**File:** `n.py:18, :28`\n"
        "### Issue 3: c\nhttps://git.example.org/acme/shop/blob/1f2e3d4c/shop/cart.py#L3-L9 never empties.\n"
        "### Issue 4: d\n**File:** [shop/tax.py](file:///D:/shop/shop/tax.py#L3)\n",
        ("1 | a | None | m.py:18,28", "2 | b | None | n.py:18,28", "3 | c | None | shop/cart.py:3-9", "4 | d | None | shop/tax.py:3"),
    ),
    Kind(
        "an id with its severity in brackets, a severity in front, one within",
        "# R\n## List\n**F-1 (Critical): SQL by hand**\nFile: `q.py:12`\nIt is concatenated.\n\n**F-2 (High): No timeout**\n"
        "File: `n.py`, lines 18 and 28\n\n## More\nHigh: Password logged in `l.py:9`\n\n1. Weak hash (severity: low) in `h.py` line 4\n",
        (
            "F-1 | SQL by hand | critical | q.py:12",
            "F-2 | No timeout | high | n.py:18,28",
            " | Password logged | high | l.py:9",
            "1 | Weak hash | low | h.py:4",
        ),
    ),
    Kind(
        "prose, a paragraph for each place",
        "# R\n## Security\nThe login view in `v.py:44` compares passwords with `==`. That leaks timing.\n\n"
        "We also noticed that `r.py:12` sends the token in clear.\n",
        (
            " | The login view in v.py:44 compares passwords with == | None | v.py:44",
            " | We also noticed that r.py:12 sends the token in clear | None | r.py:12",
        ),
    ),
    Kind(
        "lengths and versions are no lines",
        "# R\n### Issue 1: Module is long\n**File:** `big.py`\n**Size:** ~1400 lines\n**Problem:** Python 3.11 and 200 lines of imports.\n",
        ("1 | Module is long | None | big.py",),
    ),
    Kind(
        "severities in a closing matrix by id",
        "# R\n### Comment #1\n**Location**: `a.py:5`\n**Issue:** Names differ\n### Comment #2\n**Location**: `b.py:6`\n**Issue:** Types differ\n"
        "## Priority Matrix\n| Comment | Priority | Effort | Notes |\n|---|---|---|---|---|\n| #1 | 🟠 HIGH | LOW | ✅ Fixed |\n| #2 | 🟢 LOW | HIGH | later |\n",
        ("1 | Names differ | high | a.py:5", "2 | Types differ | low | b.py:6"),
    ),
    Kind(
        "a table of properties below each heading",
        "# Unused\n## Certain\n### 1. old_views.py\n| Attribute | Value |\n|---|---|\n| **File** | [web/old_views.py](file:///D:/src/web/old_views.py) |\n"
        "| **Size** | 3 KB (121 lines) |\n| **Proof** | `rg old_views` finds nothing |\n| **Recommendation** | DELETE |\n",
        ("1 | old_views.py | None | web/old_views.py",),
    ),
    Kind(
        "a summary of tables that repeats nothing is the list itself",
        "# Quick Reference\n## Issues at a Glance\n### HIGH (P1)\n| Issue | Files | Lines |\n|---|---|---|\n| Loops twice | a.py, b.py | 3-9, 40-44 |\n"
        "| No bound | Multiple | Various |\n## Files by Risk\n- **a.py** - Loops twice, slow\n",
        (" | Loops twice | high | a.py:3-9 b.py:40-44", " | No bound | high | "),
    ),
)  # fmt: skip


def shown(report: Report) -> tuple[str, ...]:
    rows = []
    for found in report.findings:
        places = [
            f"{at.path}:{lines_of(at.ranges)}" if at.ranges else f"{at.path}"
            for at in found.locations
        ]
        ident = "" if found.id.startswith(f"L{found.line}") else found.id
        rows.append(f"{ident} | {found.title} | {found.severity} | {' '.join(places)}")
    return tuple(rows)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_kind_is_read(kind: Kind) -> None:
    assert shown(read_report_bytes("x.md", kind.text.encode())) == kind.found


@pytest.mark.parametrize(
    ("text", "dispositions"),
    [
        ("### Item 2: prints\n**File:** `s.py:9`\n**Decision:** DO NOT TOUCH\n**Problem:** prints\n", "keep"),
        ("### Item 2: prints\n**File:** `s.py:9`\n**Problem:** prints\n**Status:** Won't fix\n", "accepted"),
        ("### Item 2: prints\n**File:** `s.py:9`\n**Problem:** prints\n**Status:** ✅ CORRIGIDO\n", "fixed"),
        ("### Item 2: prints\n**File:** `s.py:9`\n**Problem:** prints\n**Statut :** non corrigé\n", "open"),
        ("### ~~2. prints~~ ✅ RESOLVED\n**Fixed:** in `s.py`.\n", "fixed"),
        ("## Resolved Since Last Review\n### 2. prints\n**File:** `s.py:9`\n**Problem:** prints\n", "fixed"),
        ("### 2. prints\n**File:** `s.py:9`\n**Problem:** prints\n**Suggested Approach (deferred):** use a logger\n", "deferred"),
        ("### 2. prints\n已整改：`s.py` 已拆分\n", "fixed"),
        ("- [x] **High** `s.py:9` prints\n", "fixed"),
        ("| File | Line | Issue | Status |\n|---|---|---|---|\n| s.py | 9 | prints | False positive |\n", "false-positive"),
    ],
)  # fmt: skip
def test_what_is_to_become_of_it(text: str, dispositions: str) -> None:
    report = read_report_bytes("x.md", f"# Audit\n\n{text}".encode())
    assert [found.disposition for found in report.findings] == [dispositions]
    closed = dispositions not in ("open", "deferred")
    assert [entry.disposition for entry in report.exclusions] == [dispositions] * closed


@pytest.mark.parametrize(
    "text",
    [
        "### Instance 1: scheduler\n**FILE**: `j.py`\n**LINE**: 5\n**RISK**: NONE\n**ACTION**: SAFE AS IS - no fix needed\n",
        "### 3. Prints\n**File:** `j.py:5`\n**Action:** Document only - do not remove\n",
        "## Acceptable Patterns\nThese commit by design:\n- `j.py:5`\n",
        "### Wrapper\n**Found**: `j.py:5`\n**Status**: ✅ **INTENTIONAL** - a common pattern\n",
    ],
)
def test_what_is_to_stay_is_an_exclusion(text: str) -> None:
    report = read_report_bytes("x.md", f"# Audit\n\n{text}".encode())
    assert report.findings == ()
    assert [(e.locations[0].path, e.locations[0].ranges) for e in report.exclusions] == [
        ("j.py", ((5, 5),))
    ]


def test_a_file_that_an_open_finding_names_is_not_left_out_whole() -> None:
    text = "# A\n### ~~1. old~~ ✅ FIXED\n**Fixed:** in `s.py`.\n### 2. new\n**File:** `s.py:9`\n**Problem:** x\n"
    report = read_report_bytes("x.md", text.encode())
    assert [entry.locations for entry in report.exclusions] == [()]


def test_the_box_of_a_step_is_not_that_of_the_finding() -> None:
    text = (
        "# A\n### SEC-1: Key in the code\n**File:** `k.py:3`\n**Problem:** a literal\n\n"
        "## Next Steps\n1. ✅ Create a ticket for SEC-1\n2. ✅ Tell the owner of the key\n"
    )
    (found,) = read_report_bytes("x.md", text.encode()).findings
    assert (found.checked, found.disposition) == (None, "open")


def test_a_row_that_holds_only_an_id_is_a_mention() -> None:
    text = (
        "# A\n### CRIT-1: Session leak\n**File:** `a.py:5`\n**Problem:** one a call\n\n"
        "## Risk Register\n| Issue | Risk if unfixed | Impact |\n|---|---|---|\n| CRIT-1 | Outage | Critical |\n"
        "## Search patterns\n### Find All Sessions:\n```bash\ngrep -rn Session .\n```\n"
    )
    (found,) = read_report_bytes("x.md", text.encode()).findings
    assert [mention.line for mention in found.mentions] == [9]


def test_how_many_there_are_of_each_severity_is_no_finding() -> None:
    text = (
        "# A\n**Overall: good (7/10)**\n\n| Severity | Findings |\n|---|---|\n| High | 3 |\n| Low | 8 |\n\n"
        "### 1.1 Key in the code\n**File:** `k.py:3`\n**Problem:** a literal\n"
    )
    assert [f.id for f in read_report_bytes("x.md", text.encode()).findings] == ["1.1"]
