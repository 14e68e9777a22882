"""`fixaudit campaign run`: verify batches, and make branches of what stays green."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.errors import ConfigError
from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options
from fixaudit_cli.options.panels import SPEED, option

if TYPE_CHECKING:
    from fixaudit.campaigns.campaign import Campaign
    from fixaudit.campaigns.run_options import RunOptions
    from fixaudit.campaigns.running import BatchRun

Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", metavar="N", min=1, help="So many batches at most.", show_default=False
    ),
]
Shard = Annotated[
    str | None,
    option(
        SPEED,
        "--shard",
        metavar="I/N",
        help="Only the I-th of N parts; no branch is made, `merge` puts the parts together.",
    ),
]
Into = Annotated[
    Path,
    option(SPEED, "--into", metavar="FOLDER", help="Where a shard's file goes.", show_default=True),
]


def command(
    name: shared.Name,
    root: shared.Root = None,
    at: shared.At = None,
    batch: shared.Batches = None,
    limit: Limit = None,
    local_code: options.LocalCode = None,
    jobs: options.Jobs = None,
    executor: shared.Executor = "local",
    insecure: shared.Insecure = False,
    workers_share: shared.Shared = None,
    shard: Shard = None,
    into: Into = Path("shards"),
    no_cache: options.NoCache = False,
    cache_dir: options.CacheDir = None,
    output_format: options.TextOrJson = "text",
) -> int:
    """Verify batches in work trees of their own, and make branches of what stays green.

    Your tree, index and branch are not touched. Exit 1 where a batch could not be verified.
    """
    given = locals()  # before there are other names
    options.check_format(output_format)
    speed = options.speed(options.SpeedOptions(None, no_cache, cache_dir))
    campaign = shared.opened(name, root, local_code, speed)
    asked = shared.run_options(given["batch"], limit, jobs, executor, insecure, at, workers_share)
    if shard is not None:
        return _shard(campaign, shard, into, asked)
    failed: list[str] = []
    printer = Printer(output_format)

    def act(one: Campaign) -> None:
        runs = one.run(asked, lambda run: printer.take(one, run))
        failed.extend(run.batch.name for run in runs if not run.is_committed)
        printer.end(one, len(runs))

    code = shared.all_done(campaign, act)
    printer.close()
    return code or (1 if failed else 0)


class Printer:
    """Prints every batch at its end: a line of text, or all of them as JSON."""

    def __init__(self, output_format: str) -> None:
        self._format = output_format
        self._rows: list[object] = []

    def take(self, campaign: Campaign, run: BatchRun) -> None:
        from fixaudit_cli.campaigns.figures import run_data
        from fixaudit_cli.campaigns.run_text import run_lines
        from fixaudit_cli.output.terminal import give_up, write

        self._rows.append(run_data(run))
        if self._format == "text":
            width = max(map(len, campaign.store.states()))
            try:
                # A batch takes minutes: whoever reads a log is not to wait for the last one.
                write("".join(f"{line}\n" for line in run_lines(run, width)), at_once=True)
            except (
                BrokenPipeError
            ):  # the reader (`head`) has ended; the batches are run all the same
                give_up(sys.stdout)

    def end(self, campaign: Campaign, runs: int) -> None:
        from fixaudit_cli.output.terminal import note

        if runs == 0:
            note(f"{campaign.settings.name}: no batch is to be run; `fixaudit campaign status`")

    def close(self) -> None:
        if self._format == "json":
            shared.print_document({"batches": self._rows})


def _shard(campaign: Campaign, text: str, into: Path, asked: RunOptions) -> int:
    from fixaudit.pipeline.execution import parse_shard
    from fixaudit_cli.output.terminal import write

    shared.refuse_several(campaign, "--shard")
    if asked.batches or asked.limit is not None:
        raise ConfigError("--shard takes its part of all batches; leave out --batch and --limit")
    path = campaign.run_shard(parse_shard(text), into, asked)
    shared.tell_left(campaign)
    write(f"{path}\n")
    return 0
