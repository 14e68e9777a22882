"""Which codemods a person pairs with the findings of reports: given now, in a plan file, or before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit_cli.plans.remembered import Remembered

if TYPE_CHECKING:
    from fixaudit.plan.named_pairs import Settled
    from fixaudit.plan.stored import PlanFile
    from fixaudit.plan.tree_findings import Survey
    from fixaudit.reports.model import Report


def settled(
    reports: Sequence[Report],
    found: Survey,
    given: Sequence[str] | None,
    earlier: PlanFile | None = None,
) -> Remembered:
    """What a person has settled about the findings; pairs that are given now are remembered and told.

    Raises:
        ConfigError: `--pair` names a finding or a codemod nobody knows.
        RememberedError: what is remembered cannot be read or written.
    """
    from fixaudit.plan.named_pairs import named_pairs

    result = Remembered(found.tree.root, reports)
    keys = [(report.source, finding.id) for report in reports for finding in report.findings]
    for entry in earlier.findings if earlier is not None else ():
        if entry.by_hand and (entry.report, entry.id) in keys:
            result.pair(entry.report, entry.id, tuple(name for name, _ in entry.codemods))
    named = named_pairs(given or (), keys, found.codemods)
    for (source, key), names in named.items():
        result.pair(source, key, names)
    if named:
        result.save()
        _tell(named, len(reports) > 1)
    return result


def earlier_plan(path: Path | None) -> PlanFile | None:
    """The plan file that a plan is compared with, if any. Raises ConfigError."""
    from fixaudit.plan.stored import load

    return None if path is None else load(path)


def _tell(named: Settled, several: bool) -> None:
    from fixaudit_cli.output.terminal import note

    for (source, key), names in named.items():
        finding = f"{source}:{key}" if several else key
        if names is None:
            note(f"{finding}: what you have paired is forgotten")
        else:
            what = ", ".join(f"`{name}`" for name in names) or "nothing"
            note(f"{finding}: paired by you with {what}; remembered until `--pair {finding}=auto`")
