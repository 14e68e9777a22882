"""Copying what git does not track, and tests need, from the tree of the user to a work tree."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from fixaudit.campaigns.setup_run import SetupError
from fixaudit.files.git_repository import Repository, find_repository


def copy_untracked(source: Path | None, worktree: Path, globs: tuple[str, ...]) -> None:
    """Copy the files and folders that match, each to its place in the work tree.

    Raises:
        SetupError: one leads out of the tree, is tracked by git, or is not there.
    """
    if not globs:
        return
    if source is None:
        names = ", ".join(globs)
        raise SetupError(
            f"[worktree] copy: {names} cannot be copied, for the tree of the user is not here; let"
            " `setup` make it"
        )
    top = Path(os.path.realpath(source))
    repository = find_repository(top)
    for glob in globs:
        found = sorted(_matches(top, glob))
        if not found:
            raise SetupError(f"[worktree] copy: there is no `{glob}` in {top}")
        for path in found:
            _refuse_outside(path, top, glob)
            _refuse_tracked(path, top, repository)
        for path in found:
            _copy(path, worktree / path.relative_to(top), worktree)


def _matches(top: Path, glob: str) -> Iterator[Path]:
    parts = glob.replace(os.sep, "/").split("/")
    if os.path.isabs(glob) or ".." in parts or ".git" in parts or not glob.strip("/."):
        raise SetupError(f"[worktree] copy: `{glob}` is not a path inside of the tree")
    try:
        return top.glob(glob)
    except (ValueError, NotImplementedError) as error:
        raise SetupError(f"[worktree] copy: `{glob}`: {error}") from error


def _refuse_outside(path: Path, top: Path, glob: str) -> None:
    """Raise SetupError for a link that leads out of the tree, or would lead back into this one."""
    places = [path]
    if path.is_dir() and not path.is_symlink():
        places += (
            Path(folder, name)
            for folder, folders, files in os.walk(path)
            for name in (*folders, *files)
        )
    for place in places:
        real = Path(os.path.realpath(place))
        absolute = place.is_symlink() and os.path.isabs(os.readlink(place))
        if absolute or not real.is_relative_to(top):
            shown = place.relative_to(top).as_posix()
            raise SetupError(f"[worktree] copy: `{glob}`: {shown} is a link that leads to {real}")


def _refuse_tracked(path: Path, top: Path, repository: Repository | None) -> None:
    if repository is None:
        return
    shown = path.relative_to(top).as_posix()
    asked = ("ls-files", "-z", "--", f":(literal){shown}")
    tracked = Repository(top).run(*asked).split(b"\0")[0]
    if tracked:
        name = os.fsdecode(tracked)
        raise SetupError(f"[worktree] copy: {name} is tracked by git, and in the work tree already")


def _copy(path: Path, target: Path, worktree: Path) -> None:
    inside = Path(os.path.realpath(target.parent)).is_relative_to(os.path.realpath(worktree))
    if not inside or os.path.lexists(target):
        why = "is there already" if inside else "leads out of the work tree"
        raise SetupError(f"[worktree] copy: {target.relative_to(worktree).as_posix()} {why}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, target, symlinks=True)
        else:
            shutil.copy2(path, target, follow_symlinks=False)
    except (OSError, shutil.Error) as error:
        said = getattr(error, "strerror", None) or "not all of it can be read"
        raise SetupError(f"[worktree] copy: cannot copy {path}: {said}") from error
