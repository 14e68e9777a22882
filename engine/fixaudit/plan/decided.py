"""What a person has decided about findings of reports, and what of the tree that leaves alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from fixaudit.plan.model import Kept, Planned
from fixaudit.plan.pairing import ByHand, Row

Choice = Literal["accepted", "left", "false-positive", "keep"]
CHOICES: tuple[Choice, ...] = ("accepted", "left", "false-positive", "keep")
_SAYS: dict[Choice, str] = {
    "accepted": "accepted by you",
    "left": "left by you",
    "false-positive": "you call this a false positive",
    "keep": "you keep this as it is",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about one finding, with a note; `sites` are fingerprints of the accepted edits."""

    choice: Choice
    note: str = ""
    sites: tuple[str, ...] = ()

    @property
    def excludes(self) -> bool:
        """True where nothing is edited at the finding's places any more."""
        return self.choice in ("false-positive", "keep")

    @property
    def told(self) -> str:
        return _SAYS[self.choice] + (f": {self.note}" if self.note else "")


@dataclass(frozen=True, slots=True)
class Settled:
    """What a person has settled about the findings of one report, by their ids: the codemods that answer
    them, and what was decided about them."""

    pairs: ByHand = field(default_factory=dict)
    decided: Mapping[str, Decided] = field(default_factory=dict)


BySource = Mapping[str, Settled]
"""What is settled, by the name of a report."""


def decided_about(settled: BySource, report: str, key: str) -> Decided | None:
    """What was decided about a finding, if anything."""
    known = settled.get(report)
    return None if known is None else known.decided.get(key)


def as_decided(entry: Planned, settled: BySource) -> Planned:
    """The finding with what a person has decided about it."""
    known = decided_about(settled, entry.report, entry.finding.id)
    if known is None:
        return entry
    if not known.excludes:
        return replace(entry, decided=known.told)
    return replace(
        entry,
        elsewhere=(),
        verdict="suppressed",
        says=known.told,
        notes=(),
        settings=(),
        offers=(),
        decided=known.told,
        set_aside=True,
    )


def set_aside(rows: Iterable[Row], settled: BySource) -> tuple[Kept, ...]:
    """The sites at the places of findings that a person wants left as they are."""
    found: dict[str, Kept] = {}
    for row in rows:
        known = decided_about(settled, row.report.source, row.finding.id)
        if known is not None and known.excludes:
            warning = f"finding {row.finding.id}: {known.told}"
            for anchor in row.anchors:
                for site in anchor.sites:
                    found.setdefault(site.fingerprint, Kept(site, warning, by_hand=True))
    return tuple(found.values())


def without(rows: Iterable[Row], kept: Iterable[Kept]) -> list[Row]:
    """The rows with the sites that are set aside suppressed, in whichever of them they stand."""
    words = {entry.site.fingerprint: entry.warning for entry in kept}
    if not words:
        return list(rows)
    found = []
    for row in rows:
        anchors = tuple(
            replace(
                anchor,
                sites=tuple(
                    replace(site, suppressed=site.suppressed or words.get(site.fingerprint))
                    for site in anchor.sites
                ),
            )
            for anchor in row.anchors
        )
        found.append(row._replace(anchors=anchors))
    return found
