"""The sections of a verb's help, and the option that stands in one of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

FILES = "Which files"
CHANGES = "What to change"
REPORTS = "Reports"
REVIEW = "Review"
WRITING = "Writing"
GIT = "Git"
VALIDATION = "Validation"
SPEED = "Speed"
OUTPUT = "Output"


def option(panel: str, *names: str, help: str, show_default: bool = False, **settings: Any) -> Any:
    """A Typer option in a section of the help; the default is shown only where it is wanted."""
    return typer.Option(
        *names, help=help, show_default=show_default, rich_help_panel=panel, **settings
    )


LocalCode = Annotated[
    bool | None,
    option(
        CHANGES,
        "--trust/--no-local-code",
        help="Run the repository's own codemods and commands this once, or none of them; else what `fixaudit trust` knows.",
    ),
]
