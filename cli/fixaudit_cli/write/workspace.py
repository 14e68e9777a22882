"""The folder `.fixaudit/` below a project root, which keeps itself out of git."""

from __future__ import annotations

from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit.files.atomic_write import keep_out_of_git

FOLDER = ".fixaudit"


class WorkspaceError(FixauditError):
    """`.fixaudit/` cannot be made or written."""


def state_folder(root: Path) -> Path:
    """`<root>/.fixaudit`, made with its own `.gitignore` if it was not there.

    Raises WorkspaceError where the root cannot be written.
    """
    folder = root / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        keep_out_of_git(folder)
    except OSError as error:
        raise WorkspaceError(f"cannot write {folder}: {error.strerror}") from error
    return folder
