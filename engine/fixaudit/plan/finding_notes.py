"""What a reader should know about a finding besides what happens: the codemods' advice, and the report's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.model import Offer, Weight
from fixaudit.plan.options_said import settings
from fixaudit.plan.pairing import Row
from fixaudit.plan.quoted_sites import advice_source
from fixaudit.plan.references import REFERS
from fixaudit.plan.wording import guidance


def notes(row: Row, here: Sequence[LocatedFinding], codemods: Sequence[Codemod]) -> tuple[str, ...]:
    """The notes on a finding with sites `here`, each once."""
    return tuple(dict.fromkeys((*row.settlement(), *_notes(row, here, codemods))))


def lines_to_set(
    row: Row,
    here: Sequence[LocatedFinding],
    codemods: Sequence[Codemod],
    offered: Sequence[Offer] = (),
) -> tuple[str, ...]:
    """The lines of a `fixaudit.toml` that it calls for: of codemods that have something to do `here`, and
    of those that are `offered`."""
    open_ = {
        site.finding.codemod
        for site in here
        if site.finding.verdict is not Verdict.LEAVE and not site.suppressed
    }
    wanted = {
        *(offer.codemod for offer in offered),
        *(open_ & {*row.acting}),
        *waiting(row, codemods),
    }
    acting = [known for known in codemods if known.name in wanted]
    sites = [*here, *(site for offer in offered for site in offer.sites)]
    return tuple(settings(row.finding, acting, sites))


def waiting(row: Row, codemods: Sequence[Codemod]) -> tuple[str, ...]:
    """The codemods that its words speak for, or its advice where they speak for none, that find nothing
    until their options are set, and whose options it says."""
    return tuple(
        known.name
        for known in codemods
        if known.only_as_configured
        and known.name in row.looking
        and known.options == type(known)().options
        and any(settings(row.finding, [known], ()))
    )


def _referred(row: Row) -> Iterable[str]:
    """What answers a finding that this one refers to, where its own words are about something else."""
    for pair in row.pairs:
        if not pair.acts and pair.weight == Weight.HINT:
            for other in re.findall(rf"{REFERS} (\S+?)(?:;|$)", pair.reason):
                told = f"the report refers to {other} here, which `{pair.codemod}` answers"
                yield f"{told}: see there; of what this finding says itself that tells nothing"


def _notes(row: Row, here: Sequence[LocatedFinding], codemods: Sequence[Codemod]) -> Iterable[str]:
    yield from guidance(here)
    yield from _referred(row)
    finding = row.finding
    for snippet in finding.snippets:
        if snippet.role == "offending":
            continue
        advice = advice_source(snippet)
        for codemod in codemods:
            if advice is not None and codemod.name in row.meant:
                objection = codemod.objection(advice)
                if objection:
                    yield f"the report's advice (line {snippet.line}) would do harm: {objection}"
    # A box in a list elsewhere may be of another finding, or of the list's own step.
    if finding.checked and not any(mention.checked for mention in finding.mentions):
        yield "its box is ticked in the report"
