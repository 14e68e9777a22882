"""Reads an audit report of any form: Markdown, SARIF, JSON or CSV."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fixaudit.errors import ReportError
from fixaudit.reports.decode import DATA_LIMIT, sniff, text_of
from fixaudit.reports.markdown import read_markdown
from fixaudit.reports.markdown_parser import LIMIT
from fixaudit.reports.model import Report
from fixaudit.reports.sarif import read_sarif
from fixaudit.reports.tabular import read_csv, read_json


def read_report(path: Path) -> Report:
    """Reads the report at `path`; no other file is ever opened.

    Raises `ReportError` where it cannot be read: missing, too large, binary, HTML, empty, broken.
    """
    try:
        with path.open("rb") as file:
            data = file.read(DATA_LIMIT + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ReportError(f"{path}: cannot read the report: {why}; check the path") from error
    return read_report_bytes(str(path), data)


def read_report_bytes(name: str, data: bytes) -> Report:
    """Reads a report from memory; `name` stands in messages and helps to tell the form."""
    if len(data) > DATA_LIMIT:
        raise ReportError(f"{name}: larger than {DATA_LIMIT >> 20} MB; split the report")
    text, warnings = text_of(name, data)
    form, value = sniff(name, text)
    match form:
        case "sarif":
            report = read_sarif(name, value)
        case "json":
            report = read_json(name, value)
        case "csv":
            report = read_csv(name, text)
        case _:
            report = _markdown(name, text, len(data))
    if not report.findings:
        warnings.append("no finding was recognised in this report; see docs/audit-formats.md")
    return replace(report, warnings=(*warnings, *report.warnings))


def _markdown(name: str, text: str, size: int) -> Report:
    if size > LIMIT:
        line = text.count("\n", 0, LIMIT) + 1
        raise ReportError(
            f"{name}:{line}: {size / 1e6:.0f} MB of Markdown, more than the {LIMIT >> 20} MB a report may have; "
            "split it, or give the tool's SARIF or JSON instead"
        )
    return read_markdown(name, text)
