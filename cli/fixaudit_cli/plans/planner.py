"""The plan of reports over a surveyed tree, made again whenever what is settled about them changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit_cli.output.formats.plan_rows import PlanView
from fixaudit_cli.plans import planning

if TYPE_CHECKING:
    from fixaudit.plan.model import AuditPlan
    from fixaudit.plan.selection import Choice
    from fixaudit.plan.stored import PlanFile
    from fixaudit.plan.tree_findings import Survey
    from fixaudit.reports.model import Report
    from fixaudit_cli.options.selection_request import Selection
    from fixaudit_cli.plans.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Shown:
    """How a plan is shown: which findings, with all evidence, as a walk through `every` one; and the
    command line that it was asked for with, for the commands that are told."""

    reports: Sequence[Path]
    paths: Sequence[Path]
    selection: Selection
    wanted: Choice
    unsafe: bool = False
    output: Path | None = None
    verbose: bool = False
    every: bool = False


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes and shows the plan. `earlier` is a plan file that it is compared with."""

    read: Sequence[Report]
    found: Survey
    settled: Remembered
    shown: Shown
    trust_report: bool = False
    with_kept: bool = False
    earlier: PlanFile | None = None

    def plan(self) -> AuditPlan:
        """The plan of all findings."""
        plan = planning.planned(
            *(self.read, self.found),
            trust_report=self.trust_report,
            with_kept=self.with_kept,
            settled=self.settled,
        )
        if self.earlier is None:
            return plan
        from fixaudit.plan.recheck import reexamine

        return reexamine(plan, self.earlier, self.found.tree, unsafe=self.found.unsafe)

    def view(self, plan: AuditPlan) -> PlanView:
        """The wanted findings of a plan, as they are shown."""
        shown = self.shown
        flags = {
            "--unsafe": shown.unsafe,
            "--trust-report": self.trust_report,
            "--with-kept": self.with_kept,
        }
        apply, again = planning.commands(
            shown.reports, shown.paths, shown.selection, flags, shown.output
        )
        return PlanView(
            *(planning.narrowed(plan, shown.wanted), self.found.unsafe),
            apply=apply,
            again=again,
            narrowing=planning.narrowing(shown.wanted),
            verbose=shown.verbose,
            root=self.found.tree.root,
            every=shown.every,
        )
