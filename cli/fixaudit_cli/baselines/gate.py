"""`check` with a baseline: what is told, and what closes the gate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fixaudit.errors import ConfigError
from fixaudit.model.outcome import Failed, LocatedFinding, Outcome

if TYPE_CHECKING:
    from fixaudit.baseline.baseline import Baseline
    from fixaudit.baseline.matching import Comparison
    from fixaudit_cli.output.tally import Tally
    from fixaudit_cli.run import Run

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

    def told(self, locked: bool) -> int:
        """Say on stderr what was found, and how many findings and entries close the gate."""
        from fixaudit_cli.baselines.telling import summary_lines
        from fixaudit_cli.output.terminal import note

        for line in summary_lines(self, locked):
            note(line)
        return len(self.comparison.new) + (self.slack if locked else 0)

    def as_data(self) -> dict[str, Any]:
        """The counts and the entries without a finding, for JSON."""
        from fixaudit_cli.baselines.telling import as_data

        return as_data(self)


def outcomes_of(
    run: Run, tally: Tally, *, with_baseline: bool, locked: bool
) -> tuple[Iterable[Outcome], Against | None]:
    """The outcomes of a run and, once all are there, what they are against the baseline.

    Raises BaselineError before any file is judged, ConfigError.
    """
    if not with_baseline:
        if locked:
            raise ConfigError("--locked is about a baseline: give --baseline with it")
        return run.outcomes(tally), None
    from fixaudit_cli.baselines.against import against, existing

    baseline = existing(run.worker.root)
    outcomes = list(run.outcomes(tally))
    return outcomes, against(baseline, run, outcomes)
