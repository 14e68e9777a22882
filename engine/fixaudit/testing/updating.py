"""Rewriting `after` from what the codemod gives, and showing what that changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit.config.borders import is_inside, top_of
from fixaudit.files.named_file import write_into
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Outcome
from fixaudit.testing.cases import Case, Specimen
from fixaudit.testing.results import sound, text_after


@dataclass(frozen=True, slots=True)
class Update:
    """A file of `after` that was written, removed (`new` is None), or refused for a reason."""

    label: str
    old: bytes | None
    new: bytes | None
    refused: str | None = None


def update(case: Case) -> Iterator[Update]:
    """Write the case's `after` files; only those that differ are written and reported.

    The after of a `leave_` or `review_` case is its before: what a codemod does to it all the same
    stays a failure. A run that is not sound writes nothing.
    """
    verdict = case.verdict
    border = top_of(case.after.parents[3])
    for specimen in case.specimens:
        target = case.after if specimen.relative == "." else case.after / specimen.relative
        label = target.as_posix()
        if not is_inside(target, border):
            yield Update(label, specimen.after, None, refused=f"a link leads out of {border}")
            continue
        if specimen.before is None:
            target.unlink()
            yield Update(label, specimen.after, None)
            continue
        troubles = [entry.message for entry in sound(_outcome(specimen, verdict))]
        if troubles:
            yield Update(label, specimen.after, None, refused=troubles[0])
            continue
        new = _expected(specimen, verdict)
        if new != specimen.after:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_into(target, new)
            yield Update(label, specimen.after, new)


def _outcome(specimen: Specimen, verdict: Verdict) -> Outcome:
    return specimen.calm if verdict is Verdict.FIX else specimen.bold


def _expected(specimen: Specimen, verdict: Verdict) -> bytes:
    before = specimen.before or b""
    if verdict in {Verdict.LEAVE, Verdict.REVIEW}:
        return before
    return text_after(_outcome(specimen, verdict), before)
