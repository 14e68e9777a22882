"""One writer a tree: locks that the operating system releases when their process ends.

The top folder itself is locked where the system can do that, which keeps out other users and
containers too and leaves no file in the tree. A file in the user's state folder is locked besides:
it holds the process id for the message, and is all there is elsewhere.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit.files.state_folders import own_state

POLL = 0.05
LOCK = "lock"
_BUSY = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
_NOTE_SIZE = 64
_FLAGS = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)


class LockedError(FixauditError):
    """Another run holds the tree; `pid` is its process where it could be read."""

    def __init__(self, message: str, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


@contextmanager
def tree_lock(root: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the tree below `root` for writing; wait up to `wait` seconds for another run to end.

    The locks belong to open files, so a killed process leaves nothing to clean up, and the file is
    never removed (removing it would let two runs lock two different files).
    Raises LockedError, WorkspaceError.
    """
    with state_lock(own_state(root), wait, top=root):
        yield


@contextmanager
def state_lock(folder: Path, wait: float = 0.0, *, top: Path | None = None) -> Iterator[None]:
    """Hold a tree's state folder, and the tree at `top` if given. Raises LockedError."""
    path = folder / LOCK
    with ExitStack() as held:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
        except OSError as error:
            raise LockedError(f"cannot open {path}: {error.strerror}", None) from error
        held.callback(os.close, handle)
        outer = None if top is None else _opened(top)
        if outer is not None:
            held.callback(os.close, outer)
        _acquire(handle, outer, path, wait)
        try:
            _sign(handle)
            yield
        finally:  # closing is not enough: processes forked meanwhile hold the same open files
            _release(handle)
            if outer is not None:
                _release_top(outer)


def _acquire(handle: int, outer: int | None, path: Path, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        free = outer is None or _try_top(outer)
        try:
            _try_lock(handle)
            if free:
                return
            _release(handle)
            pid = None  # of another user's run, or of one in a container
        except OSError as error:
            if error.errno not in _BUSY:
                raise LockedError(f"cannot lock {path}: {error.strerror}", None) from error
            pid = _signature(handle)
        if free and outer is not None:
            _release_top(outer)
        if time.monotonic() >= deadline:
            raise _refusal(pid)
        time.sleep(POLL)


def _refusal(pid: int | None) -> LockedError:
    who = "another run" if pid is None else f"another run (pid {pid})"
    return LockedError(f"{who} is writing this tree; wait for it to end, or stop it", pid)


def _signature(handle: int) -> int | None:
    os.lseek(handle, 0, os.SEEK_SET)
    note = os.read(handle, _NOTE_SIZE).split()
    return int(note[0]) if note and note[0].isdigit() else None


def _sign(handle: int) -> None:
    with suppress(OSError):  # a full disk: the note is for a message only
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

    def _opened(top: Path) -> int | None:
        return None

    def _try_top(handle: int) -> bool:
        return True

    def _release_top(handle: int) -> None:
        return None

else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)

    def _opened(top: Path) -> int | None:
        """The tree's top, open for its lock; None where this user may not open it."""
        try:
            return os.open(os.path.realpath(top), os.O_RDONLY | os.O_DIRECTORY | _FLAGS)
        except OSError:
            return None

    def _try_top(handle: int) -> bool:
        """False where another run holds the tree; True also where folders cannot be locked."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:  # network file systems lock no folders
            return error.errno not in _BUSY
        return True

    def _release_top(handle: int) -> None:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)
