"""Files that are read only where they are what they seem: regular, no link, of one name, bounded."""

from __future__ import annotations

import errno
import os
import stat

_READ = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for a writer
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_BESIDE = ("", "-wal", "-shm", "-journal")


def read_plain(path: str | os.PathLike[str], most: int) -> bytes:
    """The content of a regular file of at most `most` bytes.

    Raises OSError: also for a link, a pipe, a device, and a file that is larger.
    """
    name = os.fspath(path)
    if stat.S_ISLNK(os.lstat(name).st_mode):  # where the system has no flag for it
        raise OSError(errno.ELOOP, "is a symbolic link", name)
    handle = os.open(name, _READ)
    with open(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "is no regular file", name)
        if found.st_size > most:
            raise OSError(errno.EFBIG, f"is larger than {most:,} bytes", name)
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"is larger than {most:,} bytes", name)
    return content


def odd_beside(database: str | os.PathLike[str]) -> str | None:
    """The SQLite file, or the first of its companions, that is a link, has a second name or is no
    regular file; None where all that are there are plain."""
    for end in _BESIDE:
        path = os.fspath(database) + end
        try:
            found = os.lstat(path)
        except OSError:
            continue
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            return path
    return None
