"""`check` with a baseline: what is told, and what closes the gate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fixaudit.errors import ConfigError
from fixaudit.model.outcome import Outcome

if TYPE_CHECKING:
    from fixaudit_cli.baselines.standing import Against
    from fixaudit_cli.output.formats.document import Collected
    from fixaudit_cli.output.tally import Tally
    from fixaudit_cli.run import Run


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


def told(found: Against, locked: bool) -> int:
    """Say on stderr what was found, and how many findings and entries close the gate."""
    from fixaudit_cli.baselines.telling import summary_lines
    from fixaudit_cli.output.terminal import note

    for line in summary_lines(found, locked):
        note(line)
    return len(found.comparison.new) + (found.slack if locked else 0)


def mark(collected: Collected, found: Against | None) -> None:
    """Have a document tell of the comparison."""
    if found is not None:
        from fixaudit_cli.baselines.telling import as_data

        collected.baseline, collected.standing = as_data(found), found.standing
