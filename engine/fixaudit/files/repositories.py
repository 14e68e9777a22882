"""Which repository owns a file: the nearest `.git` above it, by looking only."""

from __future__ import annotations

import os
import re

from fixaudit.files.nearest_ancestor import NearestAncestor

_HEAD = re.compile(rb"ref:\s*refs/|[0-9a-f]{40}")
_LONGEST_POINTER = 8192


def repository_above() -> NearestAncestor[str]:
    """Answers, by real folder, with the top of the repository that owns the files in it."""
    return NearestAncestor(lambda folder: folder if git_folder(folder) else None, lambda _: False)


def repository_of(folder: str) -> str | None:
    """The top of the repository that owns the files in `folder`, a real path."""
    return repository_above().of(folder)


def git_folder(top: str) -> str | None:
    """The real path of the git folder of the repository whose top is `top`; None where it is none.

    What git passes over on its way upward (an empty `.git`, one without a HEAD) is none here either.
    """
    path = os.path.join(top, ".git")
    target = path if os.path.isdir(path) else _pointed_to(path)
    if target is None or not _is_git_folder(target):
        return None
    return os.path.realpath(target)


def misplaced(top: str) -> str | None:
    """The git folder of `top` where nothing but the tree itself says that it is its own.

    A tree that was unpacked can name any git folder of the user's by a `.git` file, a link or a
    `commondir`. A folder of its own, a linked work tree that its repository knows, and a submodule
    kept by the repository around it are at their places.
    """
    path = os.path.join(top, ".git")
    folder = git_folder(top)
    if folder is None:
        return None
    if os.path.isdir(path) and not os.path.islink(path):
        return folder if common_folder(folder) != folder else None
    if _first_line(os.path.join(folder, "gitdir")):
        return None if _is_linked(folder, path) else folder
    around = repository_of(os.path.dirname(top)) if os.path.dirname(top) != top else None
    return None if around is not None and _is_module(folder, around) else folder


def common_folder(folder: str) -> str:
    """The git folder that holds branches and objects for this one; itself, unless linked."""
    line = _first_line(os.path.join(folder, "commondir"))
    return os.path.realpath(os.path.join(folder, line)) if line else folder


def _is_linked(folder: str, path: str) -> bool:
    """True where the repository of a linked work tree names the `.git` file at `path` as its own."""
    back = os.path.join(folder, _first_line(os.path.join(folder, "gitdir")) or "")
    same = os.path.realpath(back) == os.path.realpath(path)
    return same and os.path.dirname(folder) == os.path.join(common_folder(folder), "worktrees")


def _is_module(folder: str, around: str) -> bool:
    outer = git_folder(around)
    if outer is None or misplaced(around) is not None:
        return False
    places = (os.path.join(place, "modules", "") for place in (outer, common_folder(outer)))
    return any(folder.startswith(place) for place in places)


def _pointed_to(path: str) -> str | None:
    line = _first_line(path) or ""
    if not line.startswith("gitdir: "):
        return None
    return os.path.join(os.path.dirname(path), line.removeprefix("gitdir: "))


def _is_git_folder(folder: str) -> bool:
    common = common_folder(folder)
    parts = (os.path.join(common, name) for name in ("objects", "refs"))
    head = os.path.join(folder, "HEAD")
    if not all(map(os.path.isdir, parts)):
        return False
    return os.path.islink(head) or _HEAD.match(os.fsencode(_first_line(head) or "")) is not None


def _first_line(path: str) -> str | None:
    """The first line of a small regular file; None where there is none."""
    try:
        if not os.path.isfile(path):  # a pipe would hold the run
            return None
        with open(path, "rb") as file:
            return os.fsdecode(file.read(_LONGEST_POINTER).partition(b"\n")[0].rstrip())
    except OSError:
        return None
