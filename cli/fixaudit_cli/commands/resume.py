"""`fixaudit resume`: finish a run that a kill, an interrupt or a full disk ended early."""

from __future__ import annotations

from typing import Annotated

import typer

from fixaudit_cli.options import options
from fixaudit_cli.output.ignored_state import mention_ignored
from fixaudit_cli.output.terminal import note

RunNumber = Annotated[
    int | None,
    typer.Argument(
        metavar="[RUN]",
        help="A run of `fixaudit runs`; the newest unfinished one by default.",
        show_default=False,
    ),
]


def command(run: RunNumber = None, wait: options.Wait = 0.0, root: options.Root = None) -> int:
    """Finish a run that was interrupted, be it an apply or an undo."""
    from fixaudit_cli.output.reporting import report_run
    from fixaudit_cli.write.ledger import writing
    from fixaudit_cli.write.leftover_locks import free_locks
    from fixaudit_cli.write.resuming import resume

    tree = options.ledger_root(root)
    mention_ignored(tree)
    if not options.has_ledger(tree):
        note("nothing to resume: no run is recorded here")
        return 0
    with writing(tree, wait) as ledger:
        free_locks(ledger)
        report = resume(ledger, run)
        if report is None:
            note("nothing to resume" + (f": run {run} is finished" if run is not None else ""))
            return 0
        return report_run(report, "brought to the end of the run", "resume")
