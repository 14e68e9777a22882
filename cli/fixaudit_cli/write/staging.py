"""The temporary files beside a file that is replaced: writing them, and removing a killed run's."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fixaudit.files.atomic_write import write_and_rename
from fixaudit.files.plain_file import read_regular
from fixaudit_cli.write.atomic_exchange import exchange
from fixaudit_cli.write.changes import digest


@dataclass(frozen=True, slots=True)
class Staging:
    """Two names in the file's own folder.

    `part` is incomplete. `swap` is complete: before the exchange with the file it holds the new
    content, after it what the file held, which may be another program's write.
    """

    part: Path
    swap: Path

    @classmethod
    def beside(cls, target: Path, stamp: str) -> Staging:
        """The names for `target`; `stamp` must be unique and the same after a kill."""
        return cls(
            target.with_name(f".fixaudit-{stamp}.part"), target.with_name(f".fixaudit-{stamp}.swap")
        )

    def sweep(self, target: Path, known: frozenset[str]) -> Path | None:
        """Remove a killed run's files; content that hashes to none of `known` is never removed.

        Returns the file another program's write was kept in, where it could not be put back.
        """
        self.part.unlink(missing_ok=True)
        if not self.swap.exists():
            return None
        if not self._holds(self.swap, known) and self._holds(target, known):
            # Killed between the exchange and the look at what it displaced.
            exchange(self.swap, target)
        if self._holds(self.swap, known):
            self.swap.unlink()
            return None
        return self.keep(target)

    def keep(self, target: Path) -> Path:
        """Rename `swap` so that nothing removes it, and return the new name."""
        number = 0
        while (kept := target.with_name(f"{target.name}.fixaudit-kept-{number}")).exists():
            number += 1
        os.rename(self.swap, kept)
        return kept

    @staticmethod
    def _holds(path: Path, known: frozenset[str]) -> bool:
        return path.exists() and digest(read_regular(path)) in known


def stage(staging: Staging, content: bytes, like: Path, status: os.stat_result) -> None:
    """Write `content` to `staging.swap`, flushed, with the mode, owner and attributes of `like`.

    Raises OSError, and leaves no file behind then.
    """

    def prepare(handle: int) -> None:
        _copy_status(handle, staging.part, like, status)
        os.fsync(handle)

    write_and_rename(staging.part, staging.swap, (content,), mode=0o600, prepare=prepare)


def _copy_status(handle: int, part: Path, like: Path, status: os.stat_result) -> None:
    mode = stat.S_IMODE(status.st_mode)
    if sys.platform == "win32":
        os.chmod(part, mode)
        return
    if not _same_owner(handle, status):
        mode &= 0o777  # a set-user-id bit must not pass to another owner
    os.fchmod(handle, mode)
    _copy_attributes(handle, like)


def _copy_attributes(handle: int, like: Path) -> None:
    if sys.platform != "linux":
        return
    with suppress(OSError):  # not every file system has them
        for name in os.listxattr(like):
            with suppress(OSError):  # some are the kernel's own
                os.setxattr(handle, name, os.getxattr(like, name))


def _same_owner(handle: int, status: os.stat_result) -> bool:
    if sys.platform == "win32":
        return True
    mine = os.fstat(handle)
    if (mine.st_uid, mine.st_gid) == (status.st_uid, status.st_gid):
        return True
    try:
        os.fchown(handle, status.st_uid, status.st_gid)
    except OSError:
        with suppress(OSError):  # the group alone is often allowed
            os.fchown(handle, -1, status.st_gid)
        return False
    return True
