"""Mentions, boxes, exclusions, quoted code: spots of the real reports, looked up by hand."""

from __future__ import annotations

from functools import cache

import pytest
from audit_scores import HERE

from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Line, Piece
from fixaudit.reports.model import Report, ReportFinding
from fixaudit.reports.mojibake import repair
from fixaudit.reports.reader import read_report, read_report_bytes
from fixaudit.reports.titles import title_of


@cache
def report(name: str) -> Report:
    return read_report(HERE / "reports" / f"{name}.md")


def finding(name: str, ident: str) -> ReportFinding:
    return next(f for f in report(name).findings if f.id == ident)


@pytest.mark.parametrize(
    ("name", "ident", "lines"),
    [
        ("echora", "1.1", [705]),
        ("echora", "1.2", [706]),
        ("echora", "2.1", [706]),
        ("echora", "6.2", [713]),
        ("echo", "2", [262]),
        ("echo", "3", [267]),
        ("consultaion", "1", [93, 337, 437]),
        ("consultaion", "8", [100, 440]),
        ("kitsu", "2", [667, 759, 961, 962]),
        ("kitsu", "10", [790, 807, 971, 972]),
        ("violentutf", "2.3", [351]),
        ("violentutf", "5.2.1", [370]),
        ("violentutf", "6.3", [329, 388]),
    ],
)
def test_every_repeat_is_a_mention(name: str, ident: str, lines: list[int]) -> None:
    assert [m.line for m in finding(name, ident).mentions] == lines


def test_mentions_keep_box_and_section() -> None:
    boxed = finding("consultaion", "1").mentions[1]
    assert (boxed.checked, boxed.section) == (False, "Security Hardening Checklist")
    assert finding("echo", "2").checked is True  # the plan ticks it off
    assert finding("echo", "3").checked is None
    assert finding("kitsu", "5").checked is False


def test_what_to_keep_becomes_exclusions() -> None:
    kept = report("kitsu").exclusions
    assert [e.line for e in kept] == [
        635, 640, 646, 651, 656, 911, 916, 921, 925, 929, 939, 942, 946, 949,
    ]  # fmt: skip
    assert [p.path for p in kept[1].locations] == ["rbac_contract.py"]
    assert kept[10].locations[0].path == "alembic/"


def test_code_shows_the_fault_or_the_cure() -> None:
    roles = {s.line: s.role for s in finding("kitsu", "5").snippets}
    assert roles == {265: "offending", 270: "offending", 287: "recommended"}
    roles = {s.line: s.role for s in finding("echo", "2").snippets}
    assert roles == {72: "offending", 94: "unknown", 105: "recommended"}
    named = [s.location.path for s in finding("kitsu", "8").snippets if s.location]
    assert "enforcement_matrix.py" in named


def test_each_part_of_a_block_names_its_own_file() -> None:
    code = "# a.py:14\nx = 1\n\n# pkg/b.py:65\ny = 2"
    text = f"## Issue 1: No types\n\n**Location:** Multiple files\n\n```python\n{code}\n```\n"
    (found,) = read_report_bytes("x.md", text.encode()).findings
    assert [(p.path, p.ranges) for p in found.locations] == [
        ("a.py", ((14, 14),)),
        ("pkg/b.py", ((65, 65),)),
    ]
    assert [s.line for s in found.snippets] == [5, 9]


def test_a_diff_shows_both() -> None:
    text = "## Issue 1: x\n\n**File:** `a.py:1`\n\n```diff\n def f():\n-    return 1\n+    return 2\n```\n"
    before, after = read_report_bytes("x.md", text.encode()).findings[0].snippets
    assert (before.role, before.code) == ("offending", "def f():\n    return 1")
    assert (after.role, after.code) == ("recommended", "def f():\n    return 2")


def test_words_of_the_report_are_kept() -> None:
    found = finding("violentutf", "1.1")
    assert found.severity_text == "LOW for runtime, HIGH for maintainability"
    assert found.rules == ("ANN101", "ANN001", "ANN201", "ANN204")
    found = finding("kitsu", "8")
    assert [p.remark for p in found.locations] == ["no auth"] * 3 + ["uses deprecated RBAC"]
    assert finding("echora", "1.5").recommendation.startswith("Remove this line. The Pants build")
    assert finding("echora", "2.4").symbols == ("print",)


def test_ids_are_unique_even_against_line_numbers() -> None:
    text = (
        "# T\n\n## L9: a\n\n**File:** `a.py:1`\n\n## Bugs\n\n- `b.py:2` leaks\n- `c.py:3` leaks\n"
    )
    found = read_report_bytes("x.md", text.encode()).findings
    assert [f.id for f in found] == ["L9", "L9b", "L10"]


def test_refusals_name_the_reason() -> None:
    why = {n.line: n.why for n in report("kitsu").not_taken}
    assert "scenario" in why[688]
    assert "documentation" in why[858]
    assert {n.line for n in report("echora").not_taken} == {661}


def test_exclusions_inside_a_finding() -> None:
    kept = read_report(HERE / "forms" / "further_places.md").exclusions
    assert [(e.line, e.locations[0].path) for e in kept] == [(17, "desk/report.py")]
    kept = read_report(HERE / "forms" / "diffs.md").exclusions
    assert [e.locations[0].path for e in kept] == ["gateway/compat.py"]


def test_ranges_of_numbers_in_a_check_list() -> None:
    found = read_report(HERE / "forms" / "further_places.md").findings
    assert [(f.id, f.checked) for f in found] == [
        ("1.1", False), ("1.2", False), ("1.3", True), ("2.1", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`/backend/x.py:31,39-50` (similar)", ("backend/x.py", ((31, 31), (39, 50)))),
        ("From the analysis, line 216 in base.py:", ("base.py", ((216, 216),))),
        ("`main.py` ~line 70", ("main.py", ((70, 70),))),
        ("a/b.py (lines 12–20, 33)", ("a/b.py", ((12, 20), (33, 33)))),
        ("`utils.py#L5-L9`", ("utils.py", ((5, 9),))),
        ("C:\\proj\\src\\a.py:12", ("proj/src/a.py", ((12, 12),))),
        ("flake8 src/a.py:12:5: E501", ("src/a.py", ((12, 12),))),
        ("修复backend/app.py:3", ("backend/app.py", ((3, 3),))),
    ],
)
def test_places(text: str, expected: tuple[str, tuple[tuple[int, int], ...]]) -> None:
    pieces = tuple(Piece(t, code=bool(n % 2)) for n, t in enumerate(text.split("`")) if t)
    (place,) = locations_in(Line(pieces, 1))
    assert (place.path, place.ranges) == expected


@pytest.mark.parametrize(
    "text", ["Next.js and Node.js", "see https://x.org/a.py", "response.json() fails", "e.g. this"]
)
def test_no_places(text: str) -> None:
    assert locations_in(Line((Piece(text),), 1)) == ()


@pytest.mark.parametrize(
    ("text", "ident", "title", "severity"),
    [
        ("🔴 Critical #1: Unbounded calls", "1", "Unbounded calls", "critical"),
        ("2.1 Type Narrowing - HIGH RISK", "2.1", "Type Narrowing", "high"),
        ("[SEV-HIGH] [CWE-89] — Query from input", None, "Query from input", "high"),
        ("Critical Untested Methods", None, "Critical Untested Methods", None),
        ("N+1 Query Pattern", None, "N+1 Query Pattern", None),
        ("3 workers race", None, "3 workers race", None),
        ("A02:2021 – Cryptographic Failures", None, "A02:2021 – Cryptographic Failures", None),
        ("5. Wildcard CORS [Medium]", "5", "Wildcard CORS", "medium"),
    ],
)
def test_titles(text: str, ident: str | None, title: str, severity: str | None) -> None:
    found = title_of(Line((Piece(text),), 1))
    assert (found.id, found.text, found.severity) == (ident, title, severity)


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ("ðŸ”´ Critical", "🔴 Critical"),
        ("40 req/min âŒ and âœ…", "40 req/min ❌ and ✅"),
        ("‚úÖ done ‚Üí 2 √ó 3", "✅ done → 2 × 3"),
        ("mixed ✅ and â€” dash", "mixed ✅ and — dash"),
    ],
)
def test_mangled_words_are_repaired(broken: str, sound: str) -> None:
    assert repair(broken) == sound


@pytest.mark.parametrize(
    "text", ["„Spaß“ √π", "— é ≈ “x”", "naïve café Größe", "✅ → ❌", "Ã is a letter"]
)
def test_sound_words_stay(text: str) -> None:
    assert repair(text) == text


def test_a_short_word_is_a_name_where_the_line_says_that_it_is_a_place() -> None:
    text = "# Audit\n\n## 1. MD5 in use\n\n**File:** `app/store.py:7`\n\n**Problem:** {}\n"

    def symbols(problem: str) -> tuple[str, ...]:
        return read_report_bytes("x.md", text.format(problem).encode()).findings[0].symbols

    assert symbols("This happens in `row`.") == ("row",)
    assert symbols("The function `get` hashes it.") == ("get",)
    assert symbols("Of `get` and `row` one is `str`.") == ()
    assert symbols("It is kept in `str`, in `load_row`.") == ("load_row",)
