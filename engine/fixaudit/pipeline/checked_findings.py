"""What a codemod may yield: findings of its own, with places in the file and texts that can be written."""

from __future__ import annotations

from itertools import pairwise

from fixaudit.errors import CodemodError
from fixaudit.model.evidence import Evidence
from fixaudit.model.finding import Edit, Finding, Span, Verdict
from fixaudit.source.source import Source


def check_finding(finding: object, codemod: str, source: Source) -> None:
    """Raises CodemodError where a codemod yielded what nothing behind it can work with."""
    if type(finding) is not Finding:
        raise CodemodError(f"it yielded a {type(finding).__name__}, not a Finding")
    if finding.codemod != codemod:
        raise CodemodError(f"it yielded a finding of {finding.codemod!r}")
    if not isinstance(finding.verdict, Verdict):
        raise CodemodError(f"its finding has no verdict but {finding.verdict!r}")
    for word, text in (("reason", finding.reason), ("code", finding.code)):
        if type(text) is not str:
            raise CodemodError(f"the {word} of its finding is a {type(text).__name__}, not text")
    if finding.guidance is not None and type(finding.guidance) is not str:
        raise CodemodError(f"its guidance is a {type(finding.guidance).__name__}, not text")
    for entry in finding.evidence:
        if type(entry) is not Evidence or type(entry.text) is not str or entry.line < 1:
            raise CodemodError("what its finding rests on is no Evidence with a line and a text")
    _check_span(finding.span, source)
    for edit in finding.edits:
        if type(edit) is not Edit or type(edit.text) is not str:
            raise CodemodError("an edit of its finding is no Edit with a text")
        _check_span(edit.span, source)
    spans = sorted(edit.span for edit in finding.edits)
    if any(after.start < before.end for before, after in pairwise(spans)):
        raise CodemodError("the edits of its finding overlap")


def _check_span(span: Span, source: Source) -> None:
    size = len(source.body)
    if type(span) is not Span or not 0 <= span.start <= span.end <= size:
        raise CodemodError(f"{span!r} is no place in a file of {size} bytes")
