"""What waits for what among the findings of one file, and how that is told.

An edit may take away what another verdict rests on, or change the code of another site. Who goes
first is decided by the codes of the codemods; the other waits, and says for whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixaudit.model.evidence import Evidence, Reach, Strength
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Held, LocatedFinding

_ALONE = "Decide that one first, or run this codemod without the other."
_BY_HAND = "Make it by hand: what stands inside or around keeps the edit from fitting."
_TOGETHER = (
    "Let all of them change, or change all of them by hand: a part of them breaks the program."
)
_GUIDANCE = {Held.UNSOUND: _BY_HAND, Held.TOGETHER: _TOGETHER}


@dataclass(frozen=True, slots=True)
class Unsound:
    """What is wrong with edits; `is_defect` where the check of their result failed itself."""

    trouble: str
    is_defect: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a site is not written, or not yet, and how that is told; `other` is the one it waits for."""

    kind: Held
    reason: str
    other: LocatedFinding | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """By fingerprint: `held` sites are never written, `waiting` ones once the edits of
    others made them sites to act on; those of `behind` go after the sites named there."""

    held: Mapping[str, Hold] = field(default_factory=dict)
    waiting: Mapping[str, Hold] = field(default_factory=dict)
    behind: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def hold(self, reasons: Mapping[str, Hold]) -> Order:
        return replace(self, held={**self.held, **reasons})

    def wait(self, reasons: Mapping[str, Hold]) -> Order:
        return replace(self, waiting={**self.waiting, **reasons})

    def put_behind(self, site: LocatedFinding, first: LocatedFinding) -> Order:
        known = self.behind.get(site.fingerprint, frozenset())
        return replace(self, behind={**self.behind, site.fingerprint: known | {first.fingerprint}})

    def told(self, site: LocatedFinding) -> LocatedFinding:
        """The site as it is shown: `review` with the reason where it waits."""
        hold = self.held.get(site.fingerprint) or self.waiting.get(site.fingerprint)
        if hold is None:
            return site
        finding = replace(
            site.finding,
            verdict=Verdict.REVIEW,
            reason=hold.reason,
            edits=(),
            needed_names=(),
            evidence=(_proof(hold, site),),
            withheld=None,
            guidance=_GUIDANCE.get(hold.kind, _ALONE),
        )
        return replace(site, finding=finding, edits=(), held=hold.kind)

    def first(self, todo: Sequence[LocatedFinding]) -> list[LocatedFinding]:
        """Those of the sites that wait for none of the others."""
        open_ones = {site.fingerprint for site in todo}
        return [
            site for site in todo if not self.behind.get(site.fingerprint, frozenset()) & open_ones
        ]


def unsound(trouble: str) -> Hold:
    """For an edit that verification refuses."""
    return Hold(Held.UNSOUND, f"its edit is not made: {trouble}")


def rests(other: LocatedFinding) -> Hold:
    """For an edit that takes away what the verdict of another codemod rests on."""
    return _waits(other, f"for {_named(other)}: the verdict there rests on this")


def decides(other: LocatedFinding) -> Hold:
    """For a site that another codemod's edit makes one to act on."""
    return _waits(other, f"for {_named(other)}: the edit there changes what is right here")


def overlaps(other: LocatedFinding) -> Hold:
    """For a site whose code another codemod's edit changes."""
    return _waits(other, f"for {_named(other)}, which changes this code")


def circles(codemods: Sequence[str]) -> Hold:
    """For a site whose edit is taken back in a later pass, and made again."""
    others = ", ".join(f"`{name}`" for name in codemods)
    if others:
        return Hold(Held.TAKEN_BACK, f"its edit would be taken back by {others}")
    return Hold(Held.MADE_AGAIN, "its edit would be made again without end")


def parted(reason: str) -> Hold:
    """For a site that goes together with one that stays."""
    return Hold(Held.TOGETHER, reason)


def _waits(other: LocatedFinding, reason: str) -> Hold:
    return Hold(Held.WAITS, f"it waits {reason}", other)


def _proof(hold: Hold, site: LocatedFinding) -> Evidence:
    """What was tried on the text itself: it stands where the other edit is made."""
    place = hold.other or site
    return Evidence(Strength.PROOF, Reach.STATEMENT, place.path, place.line, hold.reason)


def _named(site: LocatedFinding) -> str:
    return f"`{site.finding.codemod}` ({site.finding.code}) in line {site.line}"
