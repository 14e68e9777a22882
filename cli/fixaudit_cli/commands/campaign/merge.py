"""`fixaudit campaign merge`: put together what the shards of a run left."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILES",
        help="The files of all shards, or folders that hold them.",
        show_default=False,
    ),
]


def command(
    name: shared.Name,
    files: Files,
    root: shared.Root = None,
    local_code: options.LocalCode = None,
    jobs: options.Jobs = None,
    output_format: options.TextOrJson = "text",
) -> int:
    """Put together what the shards of a run left, and make the branches; all must be there."""
    from fixaudit_cli.commands.campaign.run import Printer

    options.check_format(output_format)
    campaign = shared.opened(name, root, local_code, options.speed(options.SpeedOptions(jobs)))
    shared.refuse_several(campaign, "merge")
    printer = Printer(output_format)
    runs = campaign.merge(files, lambda run: printer.take(campaign, run))
    printer.close()
    shared.tell_left(campaign)
    return 0 if all(run.is_committed for run in runs) else 1
