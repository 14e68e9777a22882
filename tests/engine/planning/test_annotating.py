"""The report comes back byte for byte, with one line under each finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixaudit.errors import ReportError
from fixaudit.plan.annotate import annotate, bare
from fixaudit.reports.reader import read_report_bytes

ROOT = Path(__file__).resolve().parents[3]
REPORTS = [
    *sorted((ROOT / "tests/engine/audit/reports").glob("*.md")),
    *sorted((ROOT / "tests/engine/audit/forms").glob("*.md")),
    ROOT / "examples/catalog_service/AUDIT.md",
]


def annotated(data: bytes, word: str = "left alone") -> bytes:
    findings = read_report_bytes("AUDIT.md", bare(data)).findings
    return annotate(bare(data), findings, {entry.id: f"{word} {entry.id}" for entry in findings})


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_annotating_adds_lines_only_and_again_changes_nothing(path: Path, newline: bytes) -> None:
    data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", newline)
    once = annotated(data)
    count = len(read_report_bytes("AUDIT.md", data).findings)
    assert once.count(b"> **fixaudit:** left alone") == count > 0
    assert bare(once) == data
    assert annotated(once) == once
    assert bare(annotated(once, "fixed")) == data


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_an_annotated_report_has_the_same_findings(path: Path) -> None:
    """Tables are not cut in two, list items not ended, paragraphs not swallowed."""
    data = path.read_bytes()
    before = read_report_bytes("AUDIT.md", data).findings
    after = read_report_bytes("AUDIT.md", annotated(data)).findings
    titles = [
        (entry.title, entry.severity, entry.locations and entry.locations[0].written)
        for entry in before
    ]
    assert [
        (entry.title, entry.severity, entry.locations and entry.locations[0].written)
        for entry in after
    ] == titles


def test_a_file_without_a_last_newline_keeps_none() -> None:
    data = b"# Audit\n\n- **Weak hash** in `app/keys.py:7`"
    once = annotated(data)
    assert once.startswith(data + b"\n")
    assert not once.endswith(b"\n")
    assert bare(once) == data


@given(st.binary(max_size=60), st.booleans())
def test_any_text_without_our_lines_is_left_as_it_is(data: bytes, ours: bool) -> None:
    text = data.replace(b"fixaudit", b"").rstrip(b"\r")
    assert bare(text + (b"\n> **fixaudit:** fixed" if ours else b"")) == text


def test_utf_16_is_refused() -> None:
    data = "# Audit\n".encode("utf-16")
    with pytest.raises(ReportError, match="UTF-16"):
        annotate(data, read_report_bytes("a.md", data).findings, {})
