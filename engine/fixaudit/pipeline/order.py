"""What waits for what among the findings of one file, and how that is told.

An edit may take away what another verdict rests on, or change the code of another site. Who goes
first is decided by the codes of the codemods; the other waits, and says for whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding

UNSOUND = "its edit is not made"
TAKEN_BACK = "its edit would be taken back by"
MADE_AGAIN = "its edit would be made again without end"
_ALONE = "Decide that one first, or run this codemod without the other."
_BY_HAND = "Make it by hand: what stands inside or around keeps the edit from fitting."


@dataclass(frozen=True, slots=True)
class Order:
    """Reasons by fingerprint: `held` sites are never written, `waiting` ones once the edits of
    others made them sites to act on; those of `behind` go after the sites named there."""

    held: Mapping[str, str] = field(default_factory=dict)
    waiting: Mapping[str, str] = field(default_factory=dict)
    behind: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def hold(self, reasons: Mapping[str, str]) -> Order:
        return replace(self, held={**self.held, **reasons})

    def wait(self, reasons: Mapping[str, str]) -> Order:
        return replace(self, waiting={**self.waiting, **reasons})

    def put_behind(self, site: LocatedFinding, first: LocatedFinding) -> Order:
        known = self.behind.get(site.fingerprint, frozenset())
        return replace(self, behind={**self.behind, site.fingerprint: known | {first.fingerprint}})

    def told(self, site: LocatedFinding) -> LocatedFinding:
        """The site as it is shown: `review` with the reason where it waits."""
        reason = self.held.get(site.fingerprint) or self.waiting.get(site.fingerprint)
        if reason is None:
            return site
        finding = replace(
            site.finding,
            verdict=Verdict.REVIEW,
            reason=reason,
            edits=(),
            needed_names=(),
            withheld=None,
            guidance=_BY_HAND if reason.startswith(UNSOUND) else _ALONE,
        )
        return replace(site, finding=finding, edits=())

    def first(self, todo: Sequence[LocatedFinding]) -> list[LocatedFinding]:
        """Those of the sites that wait for none of the others."""
        open_ones = {site.fingerprint for site in todo}
        return [
            site for site in todo if not self.behind.get(site.fingerprint, frozenset()) & open_ones
        ]


def unsound(site_reason: str) -> str:
    return f"{UNSOUND}: {site_reason}"


def rests(other: LocatedFinding) -> str:
    """For an edit that takes away what the verdict of another codemod rests on."""
    return f"it waits for {_named(other)}: the verdict there rests on this"


def decides(other: LocatedFinding) -> str:
    """For a site that another codemod's edit makes one to act on."""
    return f"it waits for {_named(other)}: the edit there changes what is right here"


def overlaps(other: LocatedFinding) -> str:
    """For a site whose code another codemod's edit changes."""
    return f"it waits for {_named(other)}, which changes this code"


def circles(codemods: Sequence[str]) -> str:
    """For a site whose edit is taken back in a later pass, and made again."""
    others = ", ".join(f"`{name}`" for name in codemods)
    return f"{TAKEN_BACK} {others}" if others else MADE_AGAIN


def _named(site: LocatedFinding) -> str:
    return f"`{site.finding.codemod}` ({site.finding.code}) in line {site.line}"
