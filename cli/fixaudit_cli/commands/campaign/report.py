"""`fixaudit campaign report`: what was done, dropped and left."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options

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
    from fixaudit_cli.output.terminal import write_document

    found, code = shared.figures_of(name, root, output_format)
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
