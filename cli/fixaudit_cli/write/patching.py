"""`apply --patch FILE`: one patch in place of written files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit.files.atomic_write import write_atomically
from fixaudit.model.outcome import Changed
from fixaudit_cli.output.preview import patch_of


class PatchError(FixauditError):
    """The patch cannot be written."""


def write_patch(path: Path, changes: Iterator[Changed]) -> None:
    """Write the changes as the patch that a dry run prints; a patch that was there is replaced.

    The file appears whole, when all changes are in it. Raises PatchError.
    """
    try:
        write_atomically(path, map(patch_of, changes))
    except OSError as error:
        raise PatchError(f"cannot write {path}: {error.strerror}") from error
