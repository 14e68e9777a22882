"""The edits of a pass, each with the findings that need it."""

from __future__ import annotations

from collections.abc import Sequence

from fixaudit.edits.needed_names import is_met
from fixaudit.model.finding import Edit
from fixaudit.model.outcome import LocatedFinding
from fixaudit.source.source import Source
from fixaudit.text.source_map import MappedEdit, Owner


def owned_rounds(
    chosen: Sequence[LocatedFinding], settled: list[Edit], middle: Source
) -> tuple[list[MappedEdit], ...]:
    """The edits of findings, then those that bring the names they need, each with who needs it.

    `middle` is the text that the latter count in.
    """
    first = []
    for site in chosen:
        owners: tuple[Owner, ...] = ((site.fingerprint, site.finding.codemod),)
        first += [_traced(edit, owners) for edit in site.finding.edits]
    return first, [_traced(edit, _wishing(chosen, edit, middle)) for edit in settled]


def _wishing(chosen: Sequence[LocatedFinding], edit: Edit, middle: Source) -> tuple[Owner, ...]:
    """Who needs what an edit brings or takes away; everyone who needs a name where none can be told."""
    gone = middle.body[edit.span.start : edit.span.end].decode("utf-8", "replace")
    everyone = [site for site in chosen if site.finding.needed_names]
    these = [
        s for s in everyone if any(is_met(edit, gone, needed) for needed in s.finding.needed_names)
    ]
    return tuple((site.fingerprint, site.finding.codemod) for site in these or everyone)


def _traced(edit: Edit, owners: tuple[Owner, ...]) -> MappedEdit:
    return MappedEdit(edit.span.start, edit.span.end, edit.text.encode("utf-8"), owners)
