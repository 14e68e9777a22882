"""A report in prose, Markdown or HTML, to findings."""

from __future__ import annotations

import re
from dataclasses import replace

from fixaudit.reports.conservation import account
from fixaudit.reports.deduplicate import closed, settle
from fixaudit.reports.entry import ReportEntry
from fixaudit.reports.entry_builder import entries_of
from fixaudit.reports.html import parse_html
from fixaudit.reports.markup import section_of
from fixaudit.reports.model import Format, Report, ReportFinding
from fixaudit.reports.mojibake import repair
from fixaudit.reports.reportness import leave_out_other_documents, place_loose_lines
from fixaudit.reports.severity import red_is_high
from fixaudit.reports.walk import walk

_HEAD_LINES = 60
"""First lines that may name the revision or the day the report was written at."""


def read_markdown(name: str, text: str, form: Format = "markdown") -> Report:
    """Reads a report from its text (any newlines); `form` is Markdown or HTML. Raises `ReportError`."""
    text = with_newlines(text)
    whole = repair(text)
    mangled = "the text was mangled (UTF-8 read as another code page) and was repaired"
    warnings = (mangled,) if whole != text else ()
    return _report(name, form, document_of(name, whole, form), warnings, text)


def with_newlines(text: str) -> str:
    """The text with one kind of newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def document_of(name: str, text: str, form: Format = "markdown") -> ReportEntry:
    """The tree of entries of a report, none of which is judged yet; its text is repaired. Raises
    `ReportError`."""
    return entries_of(parse_html(name, text) if form == "html" else section_of(name, text))


def _high_by_mark(finding: ReportFinding) -> ReportFinding:
    by_mark = finding.severity == "critical" and not re.search(r"\w", finding.severity_text)
    return replace(finding, severity="high") if by_mark else finding


def _report(
    name: str, form: Format, document: ReportEntry, warnings: tuple[str, ...], text: str
) -> Report:
    sink = walk(document, name)
    leave_out_other_documents(document, name, sink)
    place_loose_lines(document, sink)
    for candidate in sink.candidates:
        sink.exclude_kept(candidate)
    # A passage that only speaks for places is no finding.
    told = [c for c in sink.candidates if c.text or not c.body.kept]
    findings, refused = settle(told)
    if red_is_high(text):
        findings = [_high_by_mark(finding) for finding in findings]
    sink.not_taken.extend(refused)
    spans = [(f.line, f.end_line) for f in findings]
    spans += [(m.line, m.end_line) for f in findings for m in f.mentions]
    spans += [(e.line, e.end_line) for e in sink.exclusions]
    spans += [(n.line, n.end_line) for n in sink.not_taken]
    account(document, spans, sink)
    sink.exclusions.extend(closed(findings))
    return Report(
        source=name,
        format=form,
        findings=tuple(findings),
        exclusions=tuple(sorted(sink.exclusions, key=lambda e: e.line)),
        not_taken=tuple(sorted(sink.not_taken, key=lambda n: n.line)),
        warnings=warnings,
        head="\n".join(text.split("\n", _HEAD_LINES)[:_HEAD_LINES]),
    )
