"""`fixaudit campaign sync`: learn from the remote what became of the batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.campaigns.campaign import Campaign
    from fixaudit.campaigns.synchronising import SyncDone

Look = Annotated[
    bool,
    typer.Option(
        "--look", help="Only learn how the batches stand: run, push and open nothing, ask no host."
    ),
]


def command(
    name: shared.Name,
    root: shared.Root = None,
    look: Look = False,
    local_code: options.LocalCode = None,
    jobs: options.Jobs = None,
    executor: shared.Executor = "local",
    insecure: shared.Insecure = False,
    workers_share: shared.Shared = None,
    output_format: options.TextOrJson = "text",
) -> int:
    """Learn from the remote what was merged, compute anew what is stale, and publish what may be.

    What was lost with this machine's state is made anew from the branches.
    """
    from fixaudit_cli.campaigns.figures import sync_data
    from fixaudit_cli.commands.campaign.run import Printer

    options.check_format(output_format)
    campaign = shared.opened(name, root, local_code, options.speed(options.SpeedOptions(jobs)))
    asked = shared.run_options(None, None, jobs, executor, insecure, None, workers_share)
    printer = Printer(output_format)
    found: list[SyncDone] = []
    rows: list[dict[str, Any]] = []

    def act(one: Campaign) -> None:
        found.append(one.sync(asked, lambda run: printer.take(one, run), acting=not look))
        if output_format == "text":
            _tell(found[-1], one)
        rows.append({"repository": one.repository.top.name, **sync_data(found[-1])})

    code = shared.all_done(campaign, act)
    if output_format == "json":
        shared.print_document({"repositories": rows})
    failed = any(each.published is not None and each.published.failed for each in found)
    return 2 if failed else code


def _tell(done: SyncDone, campaign: Campaign) -> None:
    from fixaudit_cli.campaigns.run_text import state_line, sync_line
    from fixaudit_cli.commands.campaign.publish import tell
    from fixaudit_cli.output.terminal import write

    states = campaign.store.states()
    width = max(map(len, states), default=0)
    told = {run.batch.name for run in done.runs}  # each has had its line
    for name in done.found.changed:
        state = states.get(name)
        if state is not None and name not in told:
            write(state_line(state, width) + "\n")
    write(sync_line(done) + "\n")
    if done.published is not None:
        tell(done.published, campaign)
