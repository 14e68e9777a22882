"""The files of a tree that a run may write: below its top, through no link, never git's own."""

from __future__ import annotations

import os
import stat
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


def plain_path(root: Path, name: str) -> Path:
    """Where the file lies that is called `name` below the tree at `root`.

    Raises:
        PathRefusedError: it may not be written to, a link is on the way, or it is no regular file.
        OSError: it is not there.
    """
    reason = refusal(name)
    if reason is not None:
        raise PathRefusedError(reason)
    path = os.path.realpath(root)
    *folders, _ = parts = name.split("/")
    for number, part in enumerate(parts):
        path = os.path.join(path, part)
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            link = "/".join(parts[: number + 1])
            raise PathRefusedError(
                "is a symbolic link now"
                if number == len(folders)
                else f"lies behind the link {link}"
            )
        if number < len(folders) and not stat.S_ISDIR(mode):
            raise FileNotFoundError
    if not stat.S_ISREG(mode):  # before opening: a pipe would block
        raise PathRefusedError("not a regular file")
    return Path(path)


def _is_git(part: str) -> bool:
    plain = part.translate(_IGNORED_BY_SYSTEMS).partition(":")[0].rstrip(". ")
    return plain.casefold() in _GIT
