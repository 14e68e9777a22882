"""The sections of a verb's help, and the option that stands in one of them."""

from __future__ import annotations

from typing import Any

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
