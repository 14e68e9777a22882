"""`fixaudit campaign report`: what was done, dropped and left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.campaigns.campaign import Campaign
    from fixaudit_cli.campaigns.figures import Figures

Patch = Annotated[
    Path | None,
    typer.Option(
        "--patch",
        metavar="FILE",
        help="Write what all verified batches change as one patch.",
        show_default=False,
    ),
]
Ledger = Annotated[
    Path | None,
    typer.Option(
        "--ledger",
        metavar="FILE",
        help="Write what became of every batch, one JSON line each, equal for equal runs.",
        show_default=False,
    ),
]


def command(
    name: shared.Name,
    root: shared.Root = None,
    patch: Patch = None,
    ledger: Ledger = None,
    output_format: shared.Formats = "text",
) -> int:
    """Report what was done, dropped and left, with the end of the logs."""
    from fixaudit_cli.campaigns.documents import document
    from fixaudit_cli.campaigns.figures import figures
    from fixaudit_cli.output.terminal import write_document

    options.check_format(output_format, ("text", "json", "markdown", "html"))
    campaign = shared.opened(name, root, None)
    found: list[Figures] = []

    def act(one: Campaign) -> None:
        found.append(figures(one))

    code = shared.all_done(campaign, act)
    if patch is not None:
        content = b"".join(each.patch for each in found)
        options.write_file(patch, content, "what the verified batches change")
    if ledger is not None:
        options.write_file(
            ledger, b"".join(each.ledger for each in found), "what became of batches"
        )
    if patch is None and ledger is None:
        write_document(document(found, output_format, is_whole=True))
    return code
