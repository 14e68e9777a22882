"""`fixaudit campaign retry`: have batches that failed be run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.campaigns.campaign import Campaign


def command(
    name: shared.Name,
    root: shared.Root = None,
    batch: shared.Batches = None,
    output_format: options.TextOrJson = "text",
) -> int:
    """Have batches that failed be run again by the next `run`: all of them, or the named ones."""
    from fixaudit_cli.output.terminal import note, write

    options.check_format(output_format)
    campaign = shared.opened(name, root, None)
    found: list[str] = []

    def act(one: Campaign) -> None:
        found.extend(one.retry(shared.names(batch)))

    code = shared.all_done(campaign, act)
    if output_format == "json":
        shared.print_document({"batches": found})
        return code
    write("".join(f"{each}\n" for each in found))
    if not found:
        note(f"{name}: no batch has failed")
    return code
