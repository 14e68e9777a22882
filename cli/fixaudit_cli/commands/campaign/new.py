"""`fixaudit campaign new`: write the file of a campaign."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from fixaudit.config.toml import shown
from fixaudit.errors import ConfigError
from fixaudit_cli.commands.campaign import shared
from fixaudit_cli.options import options

Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="CODEMODS",
        help="Its codemods: names, codes, prefixes such as FA1, sets.",
        show_default=False,
    ),
]


def command(
    name: shared.Name,
    select: Select = None,
    root: shared.Root = None,
    output_format: options.TextOrJson = "text",
) -> int:
    """Write campaigns/NAME.toml with what the repository suggests, to be reviewed and committed."""
    from fixaudit.campaigns.core import repository_of_user
    from fixaudit.campaigns.new_campaign import new_campaign
    from fixaudit_cli.output.terminal import note, write

    options.check_format(output_format)
    chosen = options.words(select)
    if not chosen:
        raise ConfigError(
            "campaign new: --select says which codemods it is about (`fixaudit list`)"
        )
    path = new_campaign(repository_of_user(root or Path(".")).top, name, chosen)
    if output_format == "json":
        shared.print_document({"path": str(path)})
        return 0
    write(f"{shown(path)}\n")
    note(
        f"read it, commit it; then `fixaudit campaign plan {name}`, and `fixaudit trust {shlex.quote(shown(path))}`"
        " before anything of it is run"
    )
    return 0
