"""Files that are read only where they are what they seem: regular, no link, of one name, bounded."""

from __future__ import annotations

import errno
import os
import stat

_READ = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for a writer
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
MOST_SOURCE_BYTES = 64_000_000
"""What is read of a file of the tree at most: one of gigabytes can be kilobytes on the disk."""
SQLITE_ENDINGS = ("", "-wal", "-shm", "-journal")


def read_regular(
    path: str | os.PathLike[str], most: int = -1, flags: int = 0, *, dir_fd: int | None = None
) -> bytes:
    """The first `most` bytes of a regular file, by default all. Raises OSError: also for a pipe."""
    with open(os.open(path, _READ | flags, dir_fd=dir_fd), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "is no regular file", os.fspath(path))
        return file.read(most)


def read_source(path: str | os.PathLike[str]) -> bytes:
    """The content of a source; of one above `MOST_SOURCE_BYTES` so many bytes and one. Raises OSError."""
    return read_regular(path, MOST_SOURCE_BYTES + 1)


def read_plain(path: str | os.PathLike[str], most: int, *, dir_fd: int | None = None) -> bytes:
    """The content of a regular file of at most `most` bytes; `dir_fd` is that of its folder.

    Raises OSError: also for a link, a pipe, a device, and a file that is larger.
    """
    name = os.fspath(path)
    found = os.stat(name, dir_fd=dir_fd, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):  # where the system has no flag for it
        raise OSError(errno.ELOOP, "is a symbolic link", name)
    content = read_regular(name, most + 1, getattr(os, "O_NOFOLLOW", 0), dir_fd=dir_fd)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"is larger than {most:,} bytes", name)
    return content


def odd_beside(database: str | os.PathLike[str]) -> str | None:
    """The SQLite file, or the first of its companions, that is a link, has a second name or is no
    regular file; None where all that are there are plain."""
    for end in SQLITE_ENDINGS:
        path = os.fspath(database) + end
        try:
            found = os.lstat(path)
        except OSError:
            continue
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            return path
    return None
