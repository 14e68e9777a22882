"""Write a file whole or not at all: under a temporary name first, then renamed into place.

Serves every file that fixaudit writes for itself or on request (caches, decisions, plans, patches).
Source files of a tree go through the command line's transaction, which compares their content
before it replaces them; it shares `write_and_rename`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress

_NEW_FILE = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
)


def write_atomically(path: str | os.PathLike[str], content: bytes | Iterable[bytes]) -> None:
    """Let `path` hold `content`: bytes, or pieces of bytes that are made one by one.

    The file gets the mode of a new one; a symlink at `path` is replaced, not followed. Raises
    OSError and whatever making the pieces raises; `path` is as it was then, and no temporary file
    stays behind.
    """
    name = os.fspath(path)
    part = f"{name}.{os.getpid()}.tmp"
    with suppress(FileNotFoundError):
        os.unlink(part)  # of a killed process with the same number
    write_and_rename(part, name, (content,) if isinstance(content, bytes) else content)


def write_and_rename(
    part: str | os.PathLike[str],
    target: str | os.PathLike[str],
    pieces: Iterable[bytes],
    *,
    mode: int = 0o666,
    prepare: Callable[[int], None] | None = None,
    dir_fd: int | None = None,
) -> None:
    """Write the pieces to the new file `part` and rename it to `target`.

    `dir_fd` is the descriptor of the folder that relative names are in, the current one by default.
    `prepare` is called with the open file's descriptor before the rename, after all bytes are
    written. Raises OSError, also where `part` exists already, and whatever `pieces` or `prepare`
    raise; `part` is removed then.
    """
    handle = os.open(part, _NEW_FILE, mode, dir_fd=dir_fd)
    try:
        with open(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            if prepare is not None:
                prepare(handle)
        os.replace(part, target, src_dir_fd=dir_fd, dst_dir_fd=dir_fd)
    except BaseException:
        with suppress(OSError):
            os.unlink(part, dir_fd=dir_fd)
        raise


def keep_out_of_git(folder: str | os.PathLike[str]) -> None:
    """Put a `.gitignore` into `folder` that ignores all of it, itself included, if there is none.

    Raises OSError.
    """
    with suppress(FileExistsError):
        handle = os.open(os.path.join(folder, ".gitignore"), _NEW_FILE, 0o644)
        with open(handle, "wb") as file:
            file.write(b"*\n")
