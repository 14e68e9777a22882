"""A Markdown report to findings."""

from __future__ import annotations

from fixaudit.reports.deduplicate import closed, settle
from fixaudit.reports.entry import entries_of
from fixaudit.reports.markdown_parser import parse
from fixaudit.reports.markdown_repair import mended
from fixaudit.reports.model import Report
from fixaudit.reports.mojibake import repair
from fixaudit.reports.walk import account, walk


def read_markdown(name: str, text: str) -> Report:
    """Reads a report from its text (any newlines). Raises `ReportError`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = repair(text)
    document = entries_of(parse(name, mended(whole)))
    sink = walk(document)
    for candidate in sink.candidates:
        for line in candidate.body.kept:
            sink.exclude([line], line.number, line.number, candidate.where.section)
    findings, refused = settle(sink.candidates)
    sink.not_taken.extend(refused)
    spans = [(f.line, f.end_line) for f in findings]
    spans += [(m.line, m.end_line) for f in findings for m in f.mentions]
    spans += [(e.line, e.end_line) for e in sink.exclusions]
    spans += [(n.line, n.end_line) for n in sink.not_taken]
    account(document, spans, sink)
    sink.exclusions.extend(closed(findings))
    warnings = ["the text was mangled (UTF-8 read as another code page) and was repaired"]
    return Report(
        source=name,
        format="markdown",
        findings=tuple(findings),
        exclusions=tuple(sorted(sink.exclusions, key=lambda e: e.line)),
        not_taken=tuple(sorted(sink.not_taken, key=lambda n: n.line)),
        warnings=tuple(warnings if whole != text else ()),
    )
