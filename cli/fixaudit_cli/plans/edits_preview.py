"""The patch that some edits of a plan make: a run with these alone, over the files they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fixaudit.config.request import Request
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.runner import Worker
from fixaudit.plan.model import AuditPlan
from fixaudit.plan.named_finding import answers, of_plan
from fixaudit.plan.selection import PlannedEdit
from fixaudit_cli.output.preview import patch_of


def patch_of_edits(request: Request, plan: AuditPlan, rows: Sequence[PlannedEdit]) -> bytes:
    """The patch, unsafe edits among them; empty where there are no edits.

    `request` is the one the plan was made for, with its root. A file that cannot be read has no part in it.
    """
    wanted = {row.site.fingerprint: row.site.finding.verdict for row in rows}
    if not wanted:
        return b""
    worker = Worker(
        replace(
            request,
            select=tuple(sorted({row.site.finding.codemod for row in rows})),
            unsafe=True,
            write=True,
            cited=wanted,
            accept=lambda site: site.fingerprint in wanted,
        )
    )
    edits = ((row.site.fingerprint, row.findings, row.cited) for row in rows)
    known = answers(of_plan(plan), edits)
    paths = dict.fromkeys(row.site.path for row in rows)
    outcomes = [worker.outcome(worker.root / path) for path in paths]
    return b"".join(patch_of(each, known) for each in outcomes if isinstance(each, Changed))
