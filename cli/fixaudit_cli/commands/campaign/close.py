"""`fixaudit campaign close`: end a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit_cli.commands.campaign import shared

if TYPE_CHECKING:
    from fixaudit.campaigns.campaign import Campaign

Force = Annotated[bool, typer.Option("--force", help="Though batches are not merged yet.")]


def command(name: shared.Name, root: shared.Root = None, force: Force = False) -> int:
    """End a campaign: what was remembered goes, and its branches here that were merged.

    Branches at the remote, and those that are not merged, stay.
    """
    from fixaudit.campaigns.following import close
    from fixaudit_cli.output.terminal import write

    campaign = shared.opened(name, root, None)

    def act(one: Campaign) -> None:
        write("".join(f"{line}\n" for line in close(one, force=force)))

    return shared.all_done(campaign, act)
