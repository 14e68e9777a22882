"""A file named inside its folder, which is held open: what is done to it is done there, nowhere else.

Between a look at a path and a write to it, any folder on the way can become a symbolic link. Here each
folder is opened inside the one above, no link followed, and the file is named inside the last one
(`openat` and its kin). Where the system has no descriptors of folders (Windows), it is named by its
path.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from fixaudit.files.plain_file import read_plain
from fixaudit_cli.write.tree_paths import PathRefusedError, refusal

_BY_DESCRIPTOR = (
    hasattr(os, "O_DIRECTORY")
    and {os.open, os.stat, os.unlink, os.rename, os.access} <= os.supports_dir_fd
)
_FOLDER = (
    getattr(os, "O_PATH", os.O_RDONLY)  # a folder that may be entered need not be listable
    | getattr(os, "O_DIRECTORY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
_FILE = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for its other end
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


@dataclass(frozen=True, slots=True)
class HeldFile:
    """The file `name` in the folder `parts` below `top`, be it there or not. Its methods raise OSError.

    `folder` is the folder's descriptor, None where the system has none; `place` is what to give the
    system together with it (`dir_fd=`).
    """

    top: str
    parts: tuple[str, ...]
    folder: int | None
    name: str

    @property
    def place(self) -> str:
        if self.folder is None:
            return os.path.join(self.top, *self.parts, self.name)
        return self.name

    def with_name(self, name: str) -> HeldFile:
        """Another file of the folder."""
        return replace(self, name=name)

    def open(self) -> int:
        """A descriptor to read from; of no link."""
        return os.open(self.place, _FILE, dir_fd=self.folder)

    def read(self, most: int) -> bytes:
        """The content of a regular file of at most `most` bytes."""
        return read_plain(self.place, most, dir_fd=self.folder)

    def status(self) -> os.stat_result:
        """Of the name itself, not of what a link leads to."""
        return os.stat(self.place, dir_fd=self.folder, follow_symlinks=False)

    def exists(self) -> bool:
        """True where anything has the name, a link that leads nowhere too."""
        try:
            self.status()
        except FileNotFoundError:
            return False
        return True

    def may_be_written(self) -> bool:
        return os.access(self.place, os.W_OK, dir_fd=self.folder)

    def unlink(self, *, missing_ok: bool = False) -> None:
        with suppress(*[FileNotFoundError] if missing_ok else []):
            os.unlink(self.place, dir_fd=self.folder)

    def replace(self, other: HeldFile) -> None:
        """Take the name of another file of the folder, and its place."""
        os.replace(self.place, other.place, src_dir_fd=self.folder, dst_dir_fd=other.folder)

    def is_in_place(self) -> bool:
        """False where its path leads to another folder by now, or through a link."""
        if self.folder is None:
            return True
        try:
            with _held_folder(self.top, self.parts) as there:
                assert there is not None
                return os.path.samestat(os.fstat(there), os.fstat(self.folder))
        except (OSError, PathRefusedError):
            return False


@contextmanager
def held_file(root: Path, name: str) -> Iterator[HeldFile]:
    """The file that is called `name` below the tree at `root`; its folder is held within the `with`.

    Raises:
        PathRefusedError: it may not be written to, a link is on the way, or it is no regular file.
        OSError: it is not there.
    """
    reason = refusal(name)
    if reason is not None:
        raise PathRefusedError(reason)
    *parts, last = name.split("/")
    top = os.path.realpath(root)
    with _held_folder(top, parts) as folder:
        file = HeldFile(top, tuple(parts), folder, last)
        mode = file.status().st_mode
        if stat.S_ISLNK(mode):
            raise PathRefusedError("is a symbolic link now")
        if not stat.S_ISREG(mode):
            raise PathRefusedError("not a regular file")
        yield file


@contextmanager
def _held_folder(top: str, parts: Sequence[str]) -> Iterator[int | None]:
    """A descriptor of a folder below the real path `top`. Raises PathRefusedError and OSError."""
    handle = os.open(top, _FOLDER) if _BY_DESCRIPTOR else None
    try:
        for depth in range(len(parts)):
            below = _folder_below(top, parts[: depth + 1], handle)
            _close(handle)
            handle = below
        yield handle
    finally:
        _close(handle)


def _folder_below(top: str, parts: Sequence[str], above: int | None) -> int | None:
    name = os.path.join(top, *parts) if above is None else parts[-1]
    link = PathRefusedError(f"lies behind the link {'/'.join(parts)}")
    mode = os.stat(name, dir_fd=above, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        raise link
    if not stat.S_ISDIR(mode):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "/".join(parts))
    if above is None:
        return None
    try:
        return os.open(name, _FOLDER, dir_fd=above)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):  # it became a link after the look at it
            raise link from error
        raise


def _close(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)
