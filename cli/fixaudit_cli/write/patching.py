"""`apply --patch FILE`: one patch in place of written files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit.model.outcome import Changed
from fixaudit_cli.output.preview import patch_of


class PatchError(FixauditError):
    """The patch cannot be written."""


def write_patch(path: Path, changes: Iterator[Changed]) -> None:
    """Write the changes as the patch that a dry run prints; a patch that was there is replaced.

    The file appears whole, when all changes are in it. Raises PatchError.
    """
    twin = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        try:
            with twin.open("wb") as file:
                for change in changes:
                    file.write(patch_of(change))
            os.replace(twin, path)
        finally:
            twin.unlink(missing_ok=True)
    except OSError as error:
        raise PatchError(f"cannot write {path}: {error.strerror}") from error
