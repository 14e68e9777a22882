"""Where findings stand: lines, columns, fingerprints, and the comments that excuse them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Edit, Finding, Span, Verdict
from fixaudit.model.outcome import LocatedEdit, LocatedFinding
from fixaudit.pipeline.fingerprints import fingerprints
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
            LocatedFinding(
                *(finding, *place, fingerprint.name, suppressed),
                edits=edits,
                path=source.path,
                symbol=fingerprint.symbol,
                tokens=fingerprint.tokens,
            )
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
