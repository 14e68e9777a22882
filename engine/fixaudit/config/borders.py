"""How far a configuration reaches: what it may name, and which files count at all."""

from __future__ import annotations

import os
from pathlib import Path

from fixaudit.config.toml import Where, shown
from fixaudit.files.ownership import owner_of
from fixaudit.files.user_folders import own_ids

_REPOSITORY = (".git", ".hg")
_PROJECT = ("pyproject.toml", "fixaudit.toml", "setup.py", "setup.cfg")


def top_of(folder: Path) -> Path:
    """The folder out of which a configuration in `folder` names nothing.

    The repository's top; without a repository the outermost project around the folder that has the
    same owner, else the folder itself.
    """
    repository = repository_above(folder)
    if repository is not None:
        return repository
    owner = owner_of(folder)
    top = folder
    for above in folder.parents:
        if owner_of(above) != owner:
            break
        if any((above / mark).is_file() for mark in _PROJECT):
            top = above
    return top


def repository_above(folder: Path) -> Path | None:
    """The nearest folder upward that is the top of a repository; None without one."""
    for above in (folder, *folder.parents):
        if any(os.path.lexists(above / mark) for mark in _REPOSITORY):
            return above
    return None


def inside(target: Path, top: Path | None, where: Where, key: str) -> Path:
    """`target`, which a key of a configuration names. Where `top` is None nothing is refused.

    Raises:
        ConfigError: it lies outside `top`, links followed, or no path can have that name.
    """
    if "\0" in str(target):
        raise where.error(f'"{key}" has a null byte, which no path has', key)
    if top is not None and not is_inside(target, top):
        raise where.error(
            f'"{key}" names {shown(target)}, which lies outside {os.path.realpath(top)};'
            " a configuration reaches no further than its repository",
            key,
        )
    return target


def is_inside(path: str | os.PathLike[str], top: Path) -> bool:
    """True for a path that is or lies below `top`, links followed."""
    border = os.path.realpath(top)
    real = os.path.realpath(path)
    return real == border or real.startswith(os.path.join(border, ""))


def counts_for(path: str, start: str) -> bool:
    """False for a configuration file above a tree that neither the user nor the tree's owner wrote.

    `start` is the folder from which it was found, going upward. In a repository all its own files count.
    """
    owner = owner_of(path)
    if owner is None or owner == 0 or owner in own_ids() or owner == owner_of(start):
        return True
    repository = repository_above(Path(start))
    return repository is not None and os.path.dirname(path).startswith(str(repository))
