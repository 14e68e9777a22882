"""Places that a finding has from what stands above it, and from code it quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.reports.reader import read_report

FINDINGS = {
    "words of a heading": (
        (
            "# Audit\n\n## 1. relay.py — all of its bugs\n\n"
            "- **C1 / line 12-19** — The relay never closes its socket.\n"
            "- **C2 / line 40** — Messages are sent twice after a timeout.\n"
        ),
        [("relay.py", ((12, 19),)), ("relay.py", ((40, 40),))],
    ),
    "title of the report": (
        (
            "# relay.py analysis\n\n### Issue 1: Socket leak\n\n**Severity: high**\n\n**Location**: Line 77\n\n"
            "### Issue 2: Names are unclear\n\n**Severity: low**\n\nNames tell nothing.\n"
        ),
        [("relay.py", ((77, 77),)), None],
    ),
    "lines in words of their own": (
        (
            "# Review\n\n### S1. Empty list is read\n**File**: `src/quiz.py`\n**Location**: lines 92-95\n"
            "**Severity**: high\n**Problem**: The list may be empty.\n"
        ),
        [("src/quiz.py", ((92, 95),))],
    ),
    "upper case": (
        (
            "# Review\n\n### Issue 1: Wrong address\n**File**: SRC/UTILS/CLIENT.JS:15\n**Severity**: high\n\n"
            "### Issue 2: `Mode.HTML` is not set\n**Severity**: low\n\n### Issue 3: Runs as root\n**File**: Dockerfile\n**Severity**: high\n"
        ),
        [("SRC/UTILS/CLIENT.JS", ((15, 15),)), None, ("Dockerfile", ())],
    ),
}


@pytest.mark.parametrize(("text", "wanted"), FINDINGS.values(), ids=FINDINGS.keys())
def test_places_from_above(
    tmp_path: Path, text: str, wanted: list[tuple[str, object] | None]
) -> None:
    (tmp_path / "report.md").write_text(text, encoding="utf-8")
    read = read_report(tmp_path / "report.md").findings
    places = [
        next(((at.path, at.ranges) for at in found.locations if at.path), None) for found in read
    ]
    assert places == wanted
