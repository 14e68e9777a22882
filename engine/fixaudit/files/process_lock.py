"""A lock that the operating system releases when its process ends: nothing is left to clean up."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

_NOTE_SIZE = 4096
_FLAGS = (
    os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
)  # fmt: skip


class ProcessLock:
    """Holds the lock file at `path`, which is made and never removed: two runs could lock two files.

    It keeps out other processes, and other locks of this one. Its text is a note for others.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self, *, wait: bool = False) -> bool:
        """Take it; False where somebody holds it. With `wait` as long as that takes. Raises OSError."""
        handle = os.open(self._path, _FLAGS, 0o600)
        try:
            if not _lock(handle, wait):
                os.close(handle)
                return False
        except BaseException:
            os.close(handle)
            raise
        self._handle = handle
        return True

    def release(self) -> None:
        """Give it back; nothing where it is not held."""
        handle, self._handle = self._handle, None
        if handle is not None:
            # Closing is not enough: processes forked meanwhile hold the same open file.
            _unlock(handle)
            os.close(handle)

    def note(self) -> str:
        """The text that its last holder left."""
        with suppress(OSError, UnicodeDecodeError):
            return self._path.read_bytes()[:_NOTE_SIZE].decode()
        return ""

    def write_note(self, text: str) -> None:
        """Leave a text, at most 4 KiB long. Raises OSError."""
        assert self._handle is not None
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, text.encode()[:_NOTE_SIZE])


if sys.platform == "win32":
    import msvcrt

    # Windows locks are mandatory: lock a byte behind the note, or others could not read it.
    def _lock(handle: int, wait: bool) -> bool:
        os.lseek(handle, _NOTE_SIZE, os.SEEK_SET)
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
            else:
                return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, _NOTE_SIZE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: int, wait: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
