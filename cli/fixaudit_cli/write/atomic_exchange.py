"""Linux's means against a second writer: exchanging two names, and read leases.

A rename replaces whatever file has the name at that instant, so one that another program has just
put in place would be lost; after an exchange it is there under the other name and can be put back.
A read lease shows programs that have the file open for writing before or during the exchange: they
would go on writing to the replaced file. On other systems, and on file systems without them, the
caller compares the content once more before a rename.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
from contextlib import suppress
from functools import cache
from typing import Any

from fixaudit_cli.write.held_file import HeldFile

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM, errno.EXDEV}


def exchange(one: HeldFile, other: HeldFile) -> bool:
    """Swap two names of one folder in one step; False where this system or file system cannot.

    Raises OSError where it could but failed, as with a name that is gone.
    """
    renameat2 = _renameat2()
    if renameat2 is None:
        return False
    folder = _AT_FDCWD if one.folder is None else one.folder
    names = os.fsencode(one.place), os.fsencode(other.place)
    if renameat2(folder, names[0], folder, names[1], _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), one.name, None, other.name)


@cache
def _renameat2() -> Any:
    if sys.platform != "linux":
        return None
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is not None:
        function.argtypes = (
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_uint,
        )
    return function


class Watched:
    """A file held open for reading, and under a read lease where the system grants one.

    `contested` tells whether another program has the file open for writing, or has asked to since.
    Such a program waits (at most the kernel's lease-break time) until `close`.
    """

    def __init__(self, file: HeldFile) -> None:
        self._handle = file.open()
        self._leased = False
        self._busy = False

    def watch(self) -> None:
        """Ask for the lease; without one `contested` stays False."""
        if sys.platform != "linux":
            return
        import fcntl

        try:
            # The kernel reports a contender by SIGIO, which kills; SIGURG is ignored by default.
            fcntl.fcntl(self._handle, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(self._handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            self._leased = True
        except OSError as error:
            self._busy = error.errno == errno.EAGAIN

    @property
    def contested(self) -> bool:
        """True where another program has this file open for writing or waits to."""
        if self._leased and sys.platform == "linux":
            import fcntl

            return fcntl.fcntl(self._handle, fcntl.F_GETLEASE) != fcntl.F_RDLCK
        return self._busy

    @property
    def status(self) -> os.stat_result:
        """The open file's status, whatever its name is by now."""
        return os.fstat(self._handle)

    def read(self) -> bytes:
        """The whole content as it is now."""
        os.lseek(self._handle, 0, os.SEEK_SET)
        parts = []
        while part := os.read(self._handle, 1 << 20):
            parts.append(part)
        return b"".join(parts)

    def is_at(self, place: HeldFile) -> bool:
        """True where `place` is this very file."""
        try:
            return os.path.samestat(place.status(), self.status)
        except FileNotFoundError:
            return False

    def attributes(self) -> list[tuple[str, bytes]]:
        """The extended attributes, where the system and the file system have them."""
        found = []
        if sys.platform == "linux":
            with suppress(OSError):
                for name in os.listxattr(self._handle):
                    with suppress(OSError):
                        found.append((name, os.getxattr(self._handle, name)))
        return found

    def close(self) -> None:
        """Close the file, which ends its lease."""
        if self._handle >= 0:
            os.close(self._handle)
        self._handle = -1

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
