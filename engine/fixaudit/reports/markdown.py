"""A Markdown report to findings."""

from __future__ import annotations

from fixaudit.reports.collect import exclude
from fixaudit.reports.deduplicate import settle
from fixaudit.reports.entries import walk
from fixaudit.reports.markdown_parser import parse
from fixaudit.reports.markdown_tree import Paragraph
from fixaudit.reports.model import Report
from fixaudit.reports.mojibake import repair

_HEAD_LINES = 60
"""First lines that may name the revision or the day the report was written at."""


def read_markdown(name: str, text: str) -> Report:
    """Reads a report from its text (any newlines). Raises `ReportError`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = repair(text)
    sink = walk(parse(name, whole))
    for candidate in sink.candidates:
        for line in candidate.body.kept:
            exclude(line.number, (Paragraph((line,)),), candidate.where.section, sink)
    findings, refused = settle(sink.candidates)
    warnings = ["the text was mangled (UTF-8 read as another code page) and was repaired"]
    not_taken = sorted([*sink.not_taken, *refused], key=lambda n: n.line)
    return Report(
        source=name,
        format="markdown",
        findings=tuple(findings),
        exclusions=tuple(sorted(sink.exclusions, key=lambda e: e.line)),
        not_taken=tuple(not_taken),
        warnings=tuple(warnings if whole != text else ()),
        head="\n".join(text.split("\n", _HEAD_LINES)[:_HEAD_LINES]),
    )
