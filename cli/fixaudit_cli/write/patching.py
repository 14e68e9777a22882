"""`apply --patch FILE`: one patch in place of written files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.errors import FixauditError
from fixaudit.model.outcome import Changed
from fixaudit_cli.output.formats.text import counted
from fixaudit_cli.output.named_files import say_written, write_named
from fixaudit_cli.output.preview import patch_of

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Names


class PatchError(FixauditError):
    """The patch cannot be written."""


def write_patch(path: Path, changes: Iterator[Changed], answers: Names) -> None:
    """Write the changes as the patch that a dry run prints, and say so; an old patch is replaced.

    `answers` names the findings of reports beside the hunks. A file appears whole, when all changes are in it. Raises PatchError.
    """
    files = 0

    def patches() -> Iterator[bytes]:
        nonlocal files
        for change in changes:
            files += 1
            yield patch_of(change, answers)

    try:
        write_named(path, patches())
    except OSError as error:
        raise PatchError(f"cannot write {path}: {error.strerror or error}") from error
    say_written(path, f"the patch of {counted(files, 'file')}" if files else "an empty patch")
