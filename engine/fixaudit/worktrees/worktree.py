"""Work trees of a commit, outside of the tree of the user, which is never touched.

A work tree is as git leaves it: submodules are empty folders. Unless hooks are wanted, `post-checkout`
does not run and no filter does: files in LFS are pointers, encrypted ones stay so. What the tests need of
it is the matter of the campaign's `[worktree] setup`.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fixaudit.files.git_repository import GitError, Repository
from fixaudit.files.process_lock import ProcessLock
from fixaudit.files.remove_tree import remove_tree
from fixaudit.files.user_folders import make_private
from fixaudit.worktrees.registered import Registered

_SLOT = re.compile(r"[A-Za-z0-9_-]+")
_LOCK = ".lock"
# What git says where another git, or another of our work trees, was in the way for a moment.
_BUSY = re.compile(rb"\.lock'|File exists|could not create|unable to create|cannot lock")
_ATTEMPTS = 6
_PAUSE = 0.05


class WorktreeInUseError(GitError):
    """A slot is held by a process, this one or another."""


@dataclass(slots=True)
class _Slot:
    lock: ProcessLock
    path: Path
    in_use: bool = True
    pointer: bytes = b""


class Worktrees:
    """Work trees of `repository` in `folder`, one a slot, each held by the process that uses it.

    With `hooks` those of the repository run where git checks out, and so do filters. As a context
    manager it removes on leaving what was kept.

    Attributes:
        left: one line for each work tree that could not be removed.

    Raises:
        GitError: the folder lies in the tree of the user. FolderError: it is not the user's own.
    """

    def __init__(self, repository: Repository, folder: Path, *, hooks: bool = False) -> None:
        self._folder = Path(os.path.realpath(folder))
        if not repository.bare and self._folder.is_relative_to(repository.top):
            raise GitError(f"work trees must lie outside of {repository.top}, not in {folder}")
        make_private(os.fspath(self._folder))
        self._repository = repository
        self._hooks = hooks
        self._registered = Registered(repository)
        self._held: dict[str, _Slot] = {}
        self.left: list[str] = []

    def __enter__(self) -> Worktrees:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def at(
        self, commit: str, slot: str, *, keep: bool = False, spare: Sequence[str] = ()
    ) -> Iterator[Path]:
        """A work tree that holds exactly `commit`, without a branch, at `folder/slot`.

        Args:
            keep: leave it for the next call with this slot, until `close`.
            spare: of one that was kept: names that stay although git does not track them (patterns as
                in `.gitignore`). All else that earlier tests left goes.

        Raises:
            GitError: no such commit, git or the disk fails. WorktreeInUseError: another process has the slot.
        """
        held = self._claimed(slot)
        try:
            self._check_out(held, self._full(commit), spare)
            yield held.path
        except BaseException:
            self._leave(slot, keep and bool(held.pointer))
            raise
        self._leave(slot, keep)

    def close(self) -> None:
        """Remove the work trees that were kept and are not in use."""
        for slot in [name for name, held in self._held.items() if not held.in_use]:
            self._leave(slot, keep=False)

    def remove_leftovers(self) -> tuple[str, ...]:
        """Remove what killed processes left behind in the folder; the slots that were cleared.

        Those that are in use stay. `left` says what could not be removed.
        """
        # Other folders in there are somebody else's.
        names = {path.name.removesuffix(_LOCK) for path in self._folder.glob(f"*{_LOCK}")}
        names |= self._registered.inside(self._folder)
        cleared = []
        for name in sorted(names):
            if name in self._held or not _SLOT.fullmatch(name) or not self._is_left(name):
                continue
            try:
                held = self._claimed(name)
            except GitError:
                continue
            self._leave(name, keep=False)
            if not os.path.lexists(held.path):
                cleared.append(name)
        return tuple(cleared)

    def _is_left(self, name: str) -> bool:
        path = self._folder / name
        return bool(os.path.lexists(path) or self._registered.of(path) or self._half_made(name))

    def _half_made(self, name: str, lock: ProcessLock | None = None) -> list[str]:
        """The entries without a tree that appeared after the slot's last holder began to add one."""
        note = (lock or ProcessLock(self._folder / f"{name}{_LOCK}")).note().splitlines()
        if len(note) < 2:
            return []
        known = note[1].split()
        return [each for each in self._registered.unfinished(name) if each not in known]

    def _claimed(self, slot: str) -> _Slot:
        if not _SLOT.fullmatch(slot):
            raise ValueError(f"not a name for a slot: {slot!r}")
        held = self._held.get(slot)
        if held is not None and held.in_use:
            raise WorktreeInUseError(f"worktree in use: {held.path}, by this process")
        if held is not None:
            held.in_use = True
            return held
        path = self._folder / slot
        lock = ProcessLock(self._folder / f"{slot}{_LOCK}")
        try:
            free = lock.acquire()
        except OSError as error:
            raise GitError(f"cannot lock {path}{_LOCK}: {error.strerror}") from error
        if not free:
            holder = lock.note().partition("\n")[0]
            by = f"process {holder}" if holder.isdigit() else "another process"
            told = f"worktree in use: {path}, by {by}; wait for it to end, or stop it"
            raise WorktreeInUseError(told)
        self._held[slot] = _Slot(lock, path)
        return self._held[slot]

    def _leave(self, slot: str, keep: bool) -> None:
        held = self._held[slot]
        held.in_use = False
        if keep:
            return
        try:
            self._remove(held)
        except OSError as error:
            what = error.filename or held.path
            self.left.append(f"cannot remove {what}: {error.strerror}; remove {held.path} by hand")
        finally:
            del self._held[slot]
            held.lock.release()

    def _remove(self, held: _Slot) -> None:
        held.pointer = b""
        remove_tree(held.path)
        self._registered.remove(held.path, self._half_made(held.path.name, held.lock))

    def _full(self, commit: str) -> str:
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
        done = self._repository.attempt(*asked)
        if done.returncode:
            raise GitError(f"git knows no commit `{commit}` in {self._repository.top}")
        return done.stdout.decode().strip()

    def _check_out(self, held: _Slot, commit: str, spare: Sequence[str]) -> None:
        if held.pointer and self._was_reset(held, commit, spare):
            return
        for attempt in range(_ATTEMPTS):
            self._cleared(held)
            done = self._repository.attempt(
                *("worktree", "add", "--quiet", "--detach", "--", os.fspath(held.path), commit),
                hooks=self._hooks,
            )
            if done.returncode == 0:
                held.pointer = (held.path / ".git").read_bytes()
                return
            if not _BUSY.search(done.stderr):
                break
            time.sleep(_PAUSE * 2**attempt)
        self._cleared(held)
        said = _one_line(done.stderr) or f"exit code {done.returncode}"
        raise GitError(f"cannot check out {commit[:12]} at {held.path}: {said}")

    def _cleared(self, held: _Slot) -> None:
        try:
            self._remove(held)
            known = " ".join(self._registered.unfinished(held.path.name))
            held.lock.write_note(f"{os.getpid()}\n{known}\n")
        except OSError as error:
            what = error.filename or held.path
            raise GitError(f"cannot clear {what}: {error.strerror}; remove it by hand") from error

    def _was_reset(self, held: _Slot, commit: str, spare: Sequence[str]) -> bool:
        """True where a work tree that was kept holds the commit again; False where it is odd."""
        try:
            if (held.path / ".git").read_bytes() != held.pointer:
                return False
        except OSError:
            return False
        inside = Repository(held.path)
        # On a branch `reset` would move that.
        if inside.attempt("symbolic-ref", "--quiet", "HEAD").returncode != 1:
            return False
        spared = [word for name in spare for word in ("-e", name)]
        asked = (
            ("reset", "--quiet", "--hard", commit),
            ("clean", "--quiet", "-ffdx", *spared),
        )
        if any(inside.attempt(*each, hooks=self._hooks).returncode for each in asked):
            return False
        return inside.run("rev-parse", "HEAD").decode().strip() == commit


def _one_line(output: bytes) -> str:
    """The first complaint of git, which makes one for each file where a disk is full."""
    lines = output.decode(errors="replace").splitlines()
    told = [line.strip() for line in lines if line.startswith(("fatal:", "error:"))]
    first, *more = dict.fromkeys(told) if told else (" ".join(" ".join(lines).split()),)
    return f"{first} (and {len(more)} more)" if more else first
