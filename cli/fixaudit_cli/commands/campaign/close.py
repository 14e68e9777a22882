"""`fixaudit campaign close`: end a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.campaigns.campaign import Campaign

Force = Annotated[bool, typer.Option("--force", help="Though batches are not merged yet.")]


def command(
    name: shared.Name,
    root: shared.Root = None,
    force: Force = False,
    output_format: options.TextOrJson = "text",
) -> int:
    """End a campaign: what was remembered goes, and its branches here that were merged.

    Branches at the remote, and those that are not merged, stay.
    """
    from fixaudit_cli.output.terminal import write

    options.check_format(output_format)
    campaign = shared.opened(name, root, None)
    lines: list[str] = []

    def act(one: Campaign) -> None:
        lines.extend(one.close(force=force))

    code = shared.all_done(campaign, act)
    if output_format == "json":
        shared.print_document({"done": lines})
    else:
        write("".join(f"{line}\n" for line in lines))
    return code
