"""The files of a tree that a run may write: below its top, through no link, never git's own."""

from __future__ import annotations

import os
from pathlib import Path

_GIT = {".git", "git~1"}
"""The folder's name, and the short one that Windows gives it, in lower case."""
_IGNORED_BY_SYSTEMS = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF]
)
"""Characters that some file systems leave out of names when they compare them."""


class PathRefusedError(Exception):
    """A path that no run writes to; the message says why."""


def refusal(name: str) -> str | None:
    """Why a path below a tree's top (with `/`) is not written to; None where nothing is against it."""
    parts = name.split("/")
    if not name or "\0" in name or os.path.isabs(name) or os.path.splitdrive(name)[0]:
        return "is no path below the tree"
    if any(part in ("", ".", "..") for part in parts) or (os.sep != "/" and os.sep in name):
        return "is no plain path below the tree"
    if any(_is_git(part) for part in parts):
        return "lies in git's own folder"
    return None


def real_name(root: Path, path: Path) -> str:
    """The path of a file, links resolved, below the tree at `root`, with `/`.

    Raises PathRefusedError where it leads out of the tree or into git's folder.
    """
    real = Path(os.path.realpath(path))
    try:
        name = real.relative_to(os.path.realpath(root)).as_posix()
    except ValueError:
        raise PathRefusedError(f"leads out of the tree, to {real}") from None
    reason = refusal(name)
    if reason is not None:
        raise PathRefusedError(reason)
    return name


def _is_git(part: str) -> bool:
    plain = part.translate(_IGNORED_BY_SYSTEMS).partition(":")[0].rstrip(". ")
    return plain.casefold() in _GIT
