"""Severity, title and state of a finding, wherever and however a report says them."""

from __future__ import annotations

import pytest

from fixaudit.reports.model import ReportFinding
from fixaudit.reports.reader import read_report_bytes


def _findings(text: str) -> tuple[ReportFinding, ...]:
    return tuple(read_report_bytes("x.md", text.encode()).findings)


_FIELDS = "**File:** `app/a.py:3`\n**Problem:** It leaks a handle.\n"


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (f"# Audit\n### [HIGH-1] Handle leaks\n{_FIELDS}", "high"),
        (f"# Audit\n### P0-5: Handle leaks\n{_FIELDS}", "critical"),
        (f"# Audit\n### B1: Handle leaks (`severity: LOW / NIT`)\n{_FIELDS}", "low"),
        (f"# Audit\n### B1: Handle leaks [WARN] MEDIUM\n{_FIELDS}", "medium"),
        (f"# Audit\n### B1: Handle leaks\n{_FIELDS}Seen twice. **Impact: high. Effort: low.**\n", "high"),
        (f"# Audit\n## 主流程的问题（严重）\n### 1. Handle leaks\n{_FIELDS}", "critical"),
        (f"# Audit\n## High-Impact Issues\n### 1. Handle leaks\n{_FIELDS}", "high"),
        (f"# Audit\n## Low / latent (documented, low impact)\n### 1. Handle leaks\n{_FIELDS}", "low"),
        (f"# Audit\n## Suggestions\n### 1. Handle leaks\n{_FIELDS}", None),
        (f"# Audit\n## Minuses and critical bugs\n### 1. Handle leaks\n{_FIELDS}", None),
        ("# Audit\n### S2. Handle leaks\n**文件**: `app/a.py`\n**風險級別**: 🔴 高\n", "high"),
        (
            (f"# Audit\n### 1. Handle leaks\n{_FIELDS}\n| Severity | Reason | Fix |\n|---|---|---|\n"
            "| Medium | One handle a call | Close it |\n"),
            "medium",
        ),
    ],
)  # fmt: skip
def test_severity(text: str, severity: str | None) -> None:
    assert [found.severity for found in _findings(text)] == [severity]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (f"# Bug Fix Report\n## Bugs\n### Bug 1: Handle leaks\n{_FIELDS}", "fixed"),
        (f"# Audit\nFive bugs were identified and fixed.\n### Bug 1: Handle leaks\n{_FIELDS}", "fixed"),
        (f"# Audit\nLes 4 constats de ce rapport ont été corrigés.\n### B1: Fuite\n{_FIELDS}", "fixed"),
        (f"# Audit\n### B1: Handle leaks\n{_FIELDS}Stale since May. **FIXED** (closed now).\n", "fixed"),
        (f"# Audit\n### B1: Handle leaks\n{_FIELDS}- Status:\n  Fixed by closing it.\n", "fixed"),
        (f"# Audit\n### B1: Handle leaks\n{_FIELDS}**Статус**: [x]\n", "fixed"),
        (f"# Audit\n### B1: Handle leaks\n{_FIELDS}**狀態**：✅ 已修改\n", "fixed"),
        (f"# Audit\n## Items not fixed (noted for later)\n### B1: Handle leaks\n{_FIELDS}", "deferred"),
    ],
)  # fmt: skip
def test_state(text: str, state: str) -> None:
    assert [found.disposition for found in _findings(text)] == [state]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            (
                "# Audit\n## `app/a.py`\n### Critical\n- **C1 / line 3–8** — Handle leaks on every call\n"
                "- **C2 / line 12** — Lock is never released\n"
            ),
            "Handle leaks on every call",
        ),
        (
            (
                "# Bugs\n- [FIXED 1.2, task 4] Handle leaks in `app/a.py:3`\n"
                "- [FIXED 1.3, task 5] Lock is never released in `app/b.py:9`\n"
            ),
            "Handle leaks",
        ),
        (
            (
                "# Commands to remove\n| Command | File | Reason |\n|---|---|---|\n"
                "| `show-old` | app/a.py | Duplicate of another |\n| `stats` | app/b.py | Not used |\n"
            ),
            "show-old",
        ),
        (
            "# Audit\n### F-1: Handle leaks — `app/a.py:3-9` / `app/b.py:4`.\n**Problem:** It leaks.\n",
            "Handle leaks",
        ),
    ],
)
def test_title(text: str, title: str) -> None:
    assert _findings(text)[0].title == title
