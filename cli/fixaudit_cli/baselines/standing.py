"""What each finding of a run is against a baseline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fixaudit.model.outcome import Failed, LocatedFinding, Outcome

if TYPE_CHECKING:
    from fixaudit.baseline.baseline import Baseline
    from fixaudit.baseline.matching import Comparison

NEW, KNOWN, APART = "new", "known", "apart"


@dataclass(frozen=True, slots=True)
class Against:
    """A comparison, and by fingerprint what each finding to act on is: new, known or apart."""

    baseline: Baseline
    comparison: Comparison
    standing: dict[str, str]

    @property
    def slack(self) -> int:
        """What the baseline says too much: resolved findings, and lines said again."""
        return sum(entry.count for entry in self.comparison.resolved) + self.baseline.repeated

    def narrowed(self, outcome: Outcome) -> Outcome:
        """The outcome without the findings that the baseline knows."""
        if isinstance(outcome, Failed):
            return outcome
        return replace(outcome, sites=tuple(filter(self._is_told, outcome.sites)))

    def _is_told(self, site: LocatedFinding) -> bool:
        return self.standing.get(site.fingerprint) != KNOWN
