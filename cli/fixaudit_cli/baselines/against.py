"""A run's findings against the baseline of its tree."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.baseline.baseline import Baseline, RunFindings
from fixaudit.baseline.baseline_format import NAME, BaselineError
from fixaudit.model.outcome import Outcome
from fixaudit.pipeline.run_findings import run_findings
from fixaudit_cli.baselines.standing import APART, KNOWN, NEW, Against
from fixaudit_cli.git.renames import renamed_since

if TYPE_CHECKING:
    from fixaudit_cli.run import Run


def existing(root: Path) -> Baseline:
    """The baseline of a tree. Raises BaselineError, also where there is none."""
    found = of_tree(root)
    if not found.files:
        raise BaselineError(
            f"{root}: no {NAME} in it: `fixaudit baseline write` accepts the findings as they are now"
        )
    return found


def of_tree(root: Path) -> Baseline:
    """The baseline of a tree, be it that there is none. Raises BaselineError."""
    found = Baseline.read(root)
    files = [os.path.join(file.folder, NAME) for file in found.files]
    return replace(found, renamed=partial(renamed_since, root, files))


def against(baseline: Baseline, run: Run, outcomes: Sequence[Outcome]) -> Against:
    """What a run's outcomes are against a baseline."""
    comparison = baseline.compare(judged(run, outcomes))
    standing = {match.site.fingerprint: KNOWN for match in comparison.known}
    standing |= {site.fingerprint: NEW for site in comparison.new}
    standing |= {site.fingerprint: APART for site in comparison.apart}
    return Against(baseline, comparison, standing)


def judged(run: Run, outcomes: Iterable[Outcome]) -> RunFindings:
    """What a run tells of its tree. Of lines that were left out it tells nothing."""
    limited = run.scope.files is not None or run.speed.shard is not None
    whole = not limited and run.stdin_path is None
    found = run_findings(run.worker, outcomes, whole=whole)
    return found if run.scope.lines is None else replace(found, files=frozenset(), asked=())
