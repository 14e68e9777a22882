"""Which of git's locks a killed run of fixaudit left, and the line that tells of the others.

A lock is a file that does not say who made it. So each lock that a commit takes gets a second name
(a hard link), in a folder of git's named after the user's own ledger: a lock that is one file with
such a second name is ours, and while that name is there no other file gets its inode. Who holds the
lock of the ledger's tree knows that no process of ours is at work, so such a lock was left behind.
"""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fixaudit.files.git_repository import Repository

_PREFIX = "fixaudit-"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class SecondNames:
    """Second names of the locks of one commit, in a folder of git's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, lock: Path) -> None:
        """Make the lock, under its second name first. Raises OSError: also where it is there."""
        second = self._folder / lock.stem
        if not second.exists():
            os.close(os.open(second, _NEW, 0o666))
        try:
            os.link(second, lock)
        except FileExistsError:
            raise
        except OSError:  # no hard links there: a kill leaves a lock that nobody can tell apart
            os.close(os.open(lock, _NEW, 0o666))

    def note(self, locks: tuple[Path, ...]) -> None:
        """Give second names to those of the locks that are there: git holds them for us now."""
        for number, lock in enumerate(locks):
            with suppress(OSError):
                os.link(lock, self._folder / f"{number}")


@contextmanager
def second_names(repository: Repository, token: str, commit: str) -> Iterator[SecondNames]:
    """A folder for second names while the branch moves to `commit`; `token` is the ledger's.

    Raises OSError.
    """
    home = index_file(repository).parent
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{token}-{commit}-", dir=home))
    try:
        yield SecondNames(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def index_file(repository: Repository) -> Path:
    """The index of the work tree, a link followed."""
    return Path(os.path.realpath(repository.git_path("index")))


def index_lock(index: Path) -> Path:
    """Where git locks an index."""
    return index.with_name(index.name + ".lock")


def branch_locks(repository: Repository) -> tuple[Path, ...]:
    """Where git locks HEAD and its branch. Raises GitError."""
    branch = os.fsdecode(repository.attempt("symbolic-ref", "--quiet", "HEAD").stdout.strip())
    names = ("HEAD", branch) if branch else ("HEAD",)
    return tuple(repository.git_path(f"{name}.lock") for name in names)


def free_own_locks(repository: Repository, token: str) -> list[Path]:
    """Remove the locks that a killed run of the ledger left; return them.

    The caller holds the lock of the ledger's tree. Where the branch had moved already, the index
    follows it: its lock holds the new one. Raises GitError, OSError.
    """
    index = index_file(repository)
    freed: list[Path] = []
    for folder in _left(index.parent, token):
        for lock in branch_locks(repository):
            if _is_second(folder, lock):
                lock.unlink(missing_ok=True)
                freed.append(lock)
        lock = index_lock(index)
        if _is_second(folder, lock):
            head = repository.attempt("rev-parse", "--verify", "--quiet", "HEAD").stdout.strip()
            if os.fsdecode(head) == _commit(folder):
                os.replace(lock, index)
            else:
                lock.unlink()
            freed.append(lock)
        shutil.rmtree(folder)
    return freed


def told_locks(repository: Repository, token: str) -> Iterator[str]:
    """A line with the remedy for each lock of git's that is there. Raises GitError."""
    index = index_file(repository)
    for lock in (index_lock(index), *branch_locks(repository)):
        if os.path.lexists(lock):
            yield _told_lock(lock, index, token)


def _told_lock(lock: Path, index: Path, token: str) -> str:
    """What a lock is and how it goes, in one line."""
    if any(_is_second(folder, lock) for folder in _left(index.parent, token)):
        return f"a killed run of fixaudit left {lock}; `fixaudit resume` removes it"
    return (
        f"another git process is at work here, or was killed; it holds {lock}:"
        f" when none runs any more, `rm {shlex.quote(os.fspath(lock))}`"
    )


def _left(home: Path, token: str) -> list[Path]:
    return sorted(folder for folder in home.glob(f"{_PREFIX}{token}-*") if not folder.is_symlink())


def _commit(folder: Path) -> str:
    return folder.name.removeprefix(_PREFIX).split("-")[1]


def _is_second(folder: Path, lock: Path) -> bool:
    with suppress(OSError):
        held = lock.lstat()
        return any(os.path.samestat(held, second.lstat()) for second in folder.iterdir())
    return False
