"""Audit reports as data: `read_report` takes Markdown, SARIF 2.1.0, JSON and CSV.

Nothing here looks at the audited tree: paths are only what the report says. Anchoring them is the
business of whoever holds a project.
"""

from __future__ import annotations

from fixaudit.reports.model import (
    Exclusion,
    Format,
    LineRange,
    Location,
    Mention,
    NotTaken,
    Report,
    ReportFinding,
    Role,
    Severity,
    Snippet,
)
from fixaudit.reports.reader import read_report, read_report_bytes

__all__ = [
    "Exclusion",
    "Format",
    "LineRange",
    "Location",
    "Mention",
    "NotTaken",
    "Report",
    "ReportFinding",
    "Role",
    "Severity",
    "Snippet",
    "read_report",
    "read_report_bytes",
]
