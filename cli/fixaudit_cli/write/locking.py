"""One writer a tree: a lock that the operating system releases when its process ends."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit_cli.write.workspace import state_folder

POLL = 0.05
_BUSY = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
_NOTE_SIZE = 64


class LockedError(FixauditError):
    """Another run holds the tree; `pid` is its process where it could be read."""

    def __init__(self, message: str, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


@contextmanager
def tree_lock(root: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the tree below `root` for writing; wait up to `wait` seconds for another run to end.

    The lock belongs to the open file, so a killed process leaves nothing to clean up, and the lock
    file itself is never removed (removing it would let two runs lock two different files).
    Raises LockedError, WorkspaceError.
    """
    path = state_folder(root) / "lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise LockedError(f"cannot open {path}: {error.strerror}", None) from error
    try:
        _acquire(handle, path, wait)
        _sign(handle)
        try:
            yield
        finally:
            _release(handle)
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            _try_lock(handle)
            return
        except OSError as error:
            if error.errno not in _BUSY:
                raise LockedError(f"cannot lock {path}: {error.strerror}", None) from error
        if time.monotonic() >= deadline:
            raise _refusal(handle)
        time.sleep(POLL)


def _refusal(handle: int) -> LockedError:
    os.lseek(handle, 0, os.SEEK_SET)
    note = os.read(handle, _NOTE_SIZE).split()
    pid = int(note[0]) if note and note[0].isdigit() else None
    who = "another run" if pid is None else f"another run (pid {pid})"
    return LockedError(f"{who} is writing this tree; wait for it to end, or stop it", pid)


def _sign(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, b"%d\n" % os.getpid())


if sys.platform == "win32":
    import msvcrt

    # Windows locks are mandatory: lock a byte behind the note, or other processes could not read the pid.
    def _try_lock(handle: int) -> None:
        os.lseek(handle, _NOTE_SIZE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _release(handle: int) -> None:
        os.lseek(handle, _NOTE_SIZE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
