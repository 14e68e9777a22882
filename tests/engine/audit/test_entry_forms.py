"""Forms of entries: what a report's own form says, for each in the fewest lines."""

from __future__ import annotations

import pytest

from fixaudit.reports.model import ReportFinding
from fixaudit.reports.reader import read_report_bytes

TASKS = """\
# Tasks
## Phase 1: Dead code
- [x] T001 [P] [US1] Remove unused `Limiter` class from `app/main.py` (per research.md)
- [ ] T002 [US1] Remove unused `identify` function from `app/agent.py`
"""
BANNERS = """\
REVIEW
================================================================
BUG #1: hangs for ever
================================================================
Severity: CRITICAL
Location: a.py, line 27

================================================================
BUG #2: leaks a process
================================================================
Severity: HIGH
Location: b.py, line 9
"""
RECORDS = """\
# Improvements
## Quick Wins
### 1. Remove clutter
**Priority**: 🟡 Medium | **Status**: ❌ Not Started
- Old scripts are still there
### 2. Performance Quick Wins
**Priority**: 🔴 High | **Status**: ❌ Not Started
- Tables are drawn twice
"""
PARTS = """\
# Catalogue
## DÉBITO #1: Permissões excessivas 🔴
### Identificação
No `ci.yml`.
### Resolução
**Status:** RESOLVIDO
## DÉBITO #2: Auditoria ausente 🟡
### Identificação
Em `cli.py:4`.
### Resolução
Criar.
## DÉBITO #3: Ganchos duplicados 🟢
### Identificação
Em `hooks.py`.
### Resolução
Unir.
"""
CHAPTERS = """\
# Audit
## 1. Scope
All of `src/app.py`.
## 2. Findings
| ID | Severity | Finding | Status |
|---|---|---|---|
| F-1 | High | Key in the code | Open |
| F-2 | Low | No lock file | Open |
| F-3 | Low | Scanner finds nothing | PASS |
## 3. Static analysis
Report: `reports/bandit.txt`.
"""
REMOVED = """\
# Dead code
## Safe to remove
They were removed in the first patch.
- `a.py`
  - Unused import `x`
## To review
- `b.py`
  - Unused import `y`
  - This may be intentional
"""
TRACKER = """\
# Tracker
## HIGH (P2)
| ID | Description | File | Status |
|---|---|---|---|
| P2-1 | **Stub:** the class does nothing | `db/core.py` | 🟡 Open |
"""
BELOW_FIXED = """\
# Bare excepts
## ✅ P0 - CRITICAL (core) - FIXED
**Files:** 2
1. **core/a.py:16**
   - **Before:** `except:`
   - **After:** `except ValueError:`
2. **core/b.py:29**
   - **Before:** `except:`
   - **After:** `except OSError:`
"""


def _rows(text: str) -> list[tuple[str, str, str | None, str]]:
    return [_row(found) for found in read_report_bytes("x.md", text.encode()).findings]


def _row(found: ReportFinding) -> tuple[str, str, str | None, str]:
    places = " ".join(
        f"{at.path}:{at.ranges[0][0]}" if at.ranges else str(at.path) for at in found.locations
    )
    return found.id, places, found.severity, found.disposition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TASKS, [("T001", "app/main.py", None, "fixed"), ("T002", "app/agent.py", None, "open")]),
        (BANNERS, [("1", "a.py:27", "critical", "open"), ("2", "b.py:9", "high", "open")]),
        (RECORDS, [("1", "", "medium", "open"), ("2", "", "high", "open")]),
        (
            PARTS,
            [
                ("1", "ci.yml", "critical", "fixed"),
                ("2", "cli.py:4", "medium", "open"),
                ("3", "hooks.py", "low", "open"),
            ],
        ),
        (
            CHAPTERS,
            [("F-1", "", "high", "open"), ("F-2", "", "low", "open"), ("F-3", "", "low", "none")],
        ),
        (REMOVED, [("L5", "a.py", None, "fixed"), ("L8", "b.py", None, "open")]),
        (TRACKER, [("P2-1", "db/core.py", "high", "open")]),
        (
            BELOW_FIXED,
            [
                ("1", "core/a.py:16", "critical", "fixed"),
                ("2", "core/b.py:29", "critical", "fixed"),
            ],
        ),
    ],
    ids=["tasks", "banners", "records", "parts", "chapters", "removed", "tracker", "below-fixed"],
)
def test_form_of_entries(text: str, expected: list[tuple[str, str, str | None, str]]) -> None:
    assert _rows(text) == expected


def test_a_red_mark_means_the_highest_level_that_a_report_names() -> None:
    text = "# Scan\n- High severity: 1\n### 🔴 eval\n**File**: `a.py`\n**Line**: 3\n"
    (found,) = read_report_bytes("x.md", text.encode()).findings
    assert found.severity == "high"


def test_a_bold_lead_in_a_cell_is_the_title() -> None:
    (found,) = read_report_bytes("x.md", TRACKER.encode()).findings
    assert found.title == "Stub"
