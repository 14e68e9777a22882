"""Write into what a path of the user's stands for: a file, a pipe, a device, a descriptor.

Serves the files that an option names (`--patch`, `--output`, `--annotate`, `--decisions`). A regular
file is replaced whole or not at all, where a link leads to one, that one; everything else is
written as a shell's `>` writes it, and stays what it is.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from fixaudit.files.atomic_write import write_and_rename

_DESCRIPTORS = re.compile(r"/proc/(?:self|thread-self|\d+(?:/task/\d+)?)/fd|/dev/fd")
_MOST_LINKS = 40
_IN_PLACE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV})
"""Why a file that may be written may not be replaced: its folder, or that something is mounted on it."""


def write_into(path: str | os.PathLike[str], content: bytes | Iterable[bytes]) -> None:
    """Let what `path` stands for hold `content`: bytes, or pieces of bytes that are made one by one.

    A regular file keeps its mode, and its old content until all of the new one is written. Where
    the path is this process's own standard output or another open descriptor, the content goes
    there, behind what was written before. Raises OSError, and whatever making the pieces raises.
    """
    pieces = (content,) if isinstance(content, bytes) else content
    name = os.fspath(path)
    descriptor = descriptor_of(name)
    if descriptor is not None:
        with _duplicate(descriptor) as handle:
            _pour(handle, pieces)
        return
    target = os.path.realpath(name)
    found = _status(target)
    if found is None or stat.S_ISREG(found.st_mode):
        _replace(target, found, pieces)
    elif stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
    else:
        with _opened(target, os.O_WRONLY) as handle:
            _pour(handle, pieces)


def is_stream(path: str | os.PathLike[str]) -> bool:
    """True where what is written to `path` goes on to somebody: a pipe, a device, a descriptor."""
    if descriptor_of(path) is not None:
        return True
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except OSError:  # not there, or not to be reached: the write will tell
        return False


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def descriptor_of(path: str | os.PathLike[str]) -> int | None:
    """The open descriptor of this process that a path names: `/dev/stdout`, `/dev/fd/63`, …

    Also the file that standard output or error go to, by its name: it is not to be replaced under
    what is being written there.
    """
    current = os.fspath(path)
    for _ in range(_MOST_LINKS):
        folder, name = os.path.split(current)
        if name.isdecimal() and _is_ours(os.path.realpath(folder)):
            return int(name)
        try:
            link = os.readlink(current)
        except OSError:
            break
        current = os.path.join(folder, link)
    with suppress(OSError):
        found = os.stat(path)
        for number in (1, 2) if stat.S_ISREG(found.st_mode) else ():
            if os.path.samestat(found, os.fstat(number)):
                return number
    return None


def _is_ours(folder: str) -> bool:
    if not _DESCRIPTORS.fullmatch(folder):
        return False
    return folder == "/dev/fd" or folder.startswith((f"/proc/{os.getpid()}/", "/proc/self/"))


@contextmanager
def _duplicate(descriptor: int) -> Iterator[int]:
    handle = os.dup(descriptor)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _opened(path: str, flags: int) -> Iterator[int]:
    handle = os.open(path, flags | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        yield handle
    finally:
        os.close(handle)


def _pour(handle: int, pieces: Iterable[bytes]) -> None:
    # Buffered by nothing: a full device or an ended reader is an error here, not at the close.
    for piece in pieces:
        left = memoryview(piece)
        while left:
            left = left[os.write(handle, left) :]


def _replace(target: str, found: os.stat_result | None, pieces: Iterable[bytes]) -> None:
    """Write a regular file whole or not at all; into it where only that is allowed."""
    part = f"{target}.{os.getpid()}.tmp"
    mode = 0o666 if found is None else stat.S_IMODE(found.st_mode)
    whole: list[bytes] = []
    made = False

    def kept() -> Iterator[bytes]:
        nonlocal made
        for piece in pieces:
            if found is not None:
                whole.append(piece)  # to be written in place, should the file not be replaceable
            yield piece
        made = True

    def like_before(handle: int) -> None:
        if found is not None and hasattr(os, "fchmod"):
            with suppress(OSError):
                os.fchown(handle, found.st_uid, found.st_gid)
            os.fchmod(handle, mode)

    with suppress(FileNotFoundError, PermissionError):
        os.unlink(part)  # of a killed process with the same number
    content = kept()
    try:
        write_and_rename(part, target, content, mode=mode & 0o666, prepare=like_before)
    except OSError as error:
        if found is None or error.errno not in _IN_PLACE:
            raise
        for _ in content:
            pass  # raises what making the pieces raises
        if not made:
            raise
        with _opened(target, os.O_WRONLY | os.O_TRUNC) as handle:
            _pour(handle, whole)
