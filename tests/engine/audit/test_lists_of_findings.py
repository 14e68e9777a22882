"""Findings in lists and tables: with ids, below the name of a file, and what only looks like one."""

from __future__ import annotations

import pytest

from fixaudit.reports.model import ReportFinding
from fixaudit.reports.reader import read_report_bytes

VERSIONS = """\
# Bug tracker
## Fixed bugs
### ✅ v2.1 fixes
| Bug | Description | File |
|---|---|---|
| BUG-1 | Export hangs | web.py |
| BUG-2 | Log holds passwords | auth.py |
### ✅ v2.0 fixes
| Bug | Description |
|---|---|
| BUG-1 | Start opens two windows |
| BUG-2 | Log holds passwords - masked now |
"""
BELOW_FILES = """\
**Potential problems:**

**In all files:**

* **No timeouts:** the calls of `get` wait for ever.
* **Repeated constants.**

**Specific to `shop/cart.py`:**

* **Wrong `total` of an empty cart.**
* **Unused `history`.**

**Specific to `shop/web.py`:**

* **Unused `history`.**
* **Docstring is out of date.**
"""
KEY_FINDINGS = """\
# Audit of old rules
## Key findings
### P1 - running code
- **F-01 `shop/rules.py:25-31`** — The first branch still returns the old price, which nobody wants any more since spring. No test sees it, because all of them are about carts. Mend with F-02.
- **F-02 `shop/cart.py:4` + `shop/test_cart.py:9`** — pins the old price.
### P2 - documents
- **F-03 `docs/policy.md`** — still says that carts expire.
"""
FRONT_MATTER = """\
---
audit: stale-rules
mode: missing files are not reported
risk: high, see a.py:3
---
# Audit
- **F-1 `a.py:3`** — no timeout
"""
MOVED = """\
# Deuda técnica
### [CPL-1] Vista acoplada en `web/view.py`
✅ **Migrado a resueltos** en `RESUELTOS.md` (PR 12).
### [CPL-2] Pruebas duplicadas
| **Severidad** | **Ubicación** |
|---|---|
| 🟡 Media | `web/tests.py` |

**Descripción:** dos veces lo mismo.
## Resultado
| Aspecto | Nota | Estado |
|---|---|---|
| Seguridad | 20/100 | 🔴 Crítico |
| Pruebas | 0/100 | 🔴 Crítico |
"""
PULL_REQUEST = """\
# Review of pull request 7
## Summary table
| # | Severity | File | Issue |
|---|---|---|---|
| 1 | HIGH | `load.py:4` | Shuffled split |
| 2 | CRITICAL | `run.py` | Needs the database that goes |
| 3 | LOW | `old.py` (deleted) | History of orders lost |
## Code
### 1. `pkg/load.py` (90 lines)
#### HIGH - Shuffled split (line 4)
Rows are mixed. The same happens at line 30.
#### LOW - Order of folds (Correct)
Lines 9-12 keep it.
### 2. `pkg/run.py`
#### CRITICAL (runtime) - Depends on `orders.db` which goes
It fails.
## Deletions
### LOW - `old.py` deleted
Nobody has another copy.
### LOW - All drafts deleted
`pkg/draft/` goes.
"""


def _row(found: ReportFinding) -> tuple[str, str, str]:
    places = " ".join(
        f"{at.path}:{','.join(str(first) for first, _ in at.ranges)}".rstrip(":")
        for at in found.locations
    )
    return found.title, places, found.disposition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            VERSIONS,
            [
                ("Export hangs", "web.py", "fixed"),
                ("Log holds passwords", "auth.py", "fixed"),
                ("Start opens two windows", "", "fixed"),
            ],
        ),
        (
            BELOW_FILES,
            [
                ("No timeouts", "", "open"),
                ("Repeated constants", "", "open"),
                ("Wrong total of an empty cart", "shop/cart.py", "open"),
                ("Unused history", "shop/cart.py", "open"),
                ("Unused history", "shop/web.py", "open"),
                ("Docstring is out of date", "shop/web.py", "open"),
            ],
        ),
        (
            KEY_FINDINGS,
            [
                (
                    "The first branch still returns the old price, which nobody wants any more since spring",
                    "shop/rules.py:25",
                    "open",
                ),
                ("pins the old price", "shop/cart.py:4 shop/test_cart.py:9", "open"),
                ("still says that carts expire", "docs/policy.md", "open"),
            ],
        ),
        (
            MOVED,
            [
                ("Vista acoplada en web/view.py", "web/view.py", "fixed"),
                ("Pruebas duplicadas", "web/tests.py", "open"),
            ],
        ),
        (
            PULL_REQUEST,
            [
                ("Shuffled split", "pkg/load.py:4,30", "open"),
                ("Depends on orders.db which goes", "pkg/run.py", "open"),
                ("old.py deleted", "old.py", "open"),
                ("All drafts deleted", "pkg/draft/", "open"),
            ],
        ),
        (FRONT_MATTER, [("no timeout", "a.py:3", "open")]),
    ],
    ids=["versions", "below-files", "key-findings", "moved", "pull-request", "front-matter"],
)
def test_lists_of_findings(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = read_report_bytes("x.md", text.encode()).findings
    assert [(title.rstrip("."), *rest) for title, *rest in map(_row, found)] == expected


def test_what_is_asked_for_anew_is_no_finding() -> None:
    text = (
        "# Known bugs\n### FEATURE-1: Export\nFor `a.py`.\n### BUG-1: Crash\n**File**: `b.py:3`\n"
    )
    assert [found.id for found in read_report_bytes("x.md", text.encode()).findings] == ["BUG-1"]


def test_the_texts_of_a_tracker_are_markdown() -> None:
    text = (
        "ID,Title,Content,State\n"
        'P1-3,One name for the argument,"**Location:** `web/api.py:4`\n\n**Fix:** as in `docs/api.md`.",done\n'
        'P3-1,Log the time,"**Fix:** change `web/log.py`.",open\n'
    )
    found = read_report_bytes("x.csv", text.encode()).findings
    assert [(*_row(each)[1:], each.severity) for each in found] == [
        ("web/api.py:4", "fixed", "high"),
        ("web/log.py", "open", "low"),
    ]
