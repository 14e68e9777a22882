"""Where findings stand: lines, columns, fingerprints, and the comments that excuse them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Edit, Finding, Span, Verdict
from fixaudit.model.outcome import LocatedEdit, LocatedFinding
from fixaudit.source.source import Source
from fixaudit.suppress.suppressions import Suppressions


def place(
    source: Source,
    findings: Sequence[Finding],
    codemods: Mapping[str, Codemod],
    suppressions: Suppressions | None = None,
) -> list[LocatedFinding]:
    """Findings with their lines, columns, fingerprints and suppressions; codemods by name.

    `suppressions` are those of the source where they are known.
    """
    sites = []
    for finding, fingerprint in zip(findings, fingerprints(source, findings), strict=True):
        line, column = source.positions.line_column(finding.span.start)
        end_line, end_column = source.positions.line_column(finding.span.end)
        suppressed = None
        if finding.verdict is not Verdict.LEAVE or finding.withheld is not None:
            last = heading_end(source, finding.span, line, end_line)
            # Reading comments is dear: only once one could count.
            suppressions = suppressions or Suppressions.of(source)
            suppressed = suppressions.lookup(line, last, codemods[finding.codemod])
        edits = tuple(_placed(source, e) for e in sorted(finding.edits, key=lambda e: e.span))
        place = (line, column, end_line, end_column)
        sites.append(
            LocatedFinding(finding, *place, fingerprint, suppressed, edits=edits, path=source.path)
        )
    return sites


_COMPOUND = (
    b"def ",
    b"async ",
    b"class ",
    b"@",
    b"if ",
    b"for ",
    b"while ",
    b"try",
    b"with ",
    b"except",
)


def heading_end(source: Source, span: Span, line: int, end_line: int) -> int:
    """The last line a comment for the finding may stand on: the heading of a `def`, a `for`, …"""
    if not source.body.startswith(_COMPOUND, span.start):
        return end_line
    for number in range(line, end_line):
        if source.line_text(number).partition("#")[0].rstrip().endswith(":"):
            return number
    return end_line


def _placed(source: Source, edit: Edit) -> LocatedEdit:
    start = source.positions.line_column(edit.span.start)
    return LocatedEdit(*start, *source.positions.line_column(edit.span.end), edit.text)


def fingerprints(source: Source, findings: Sequence[Finding]) -> Iterator[str]:
    """A 16-digit hexadecimal name a finding: of codemod, path, the site's text and its ordinal."""
    seen: Counter[str] = Counter()
    for finding in findings:
        text = " ".join(source.slice(finding.span).split())[:400]
        key = "\0".join((finding.codemod, source.path, text))
        ordinal = seen[key]
        seen[key] += 1
        yield hashlib.sha256(f"{key}\0{ordinal}".encode("utf-8", "surrogateescape")).hexdigest()[
            :16
        ]
