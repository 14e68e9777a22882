"""Replace one file whole or not at all, and never over another program's write.

The new content is written beside the file, flushed to disk, given the file's mode, owner and
extended attributes, and only then takes its place; at every instant the name stands for all of the
old bytes or all of the new ones.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from fixaudit_cli.write.atomic_exchange import Watched, exchange
from fixaudit_cli.write.changes import digest
from fixaudit_cli.write.held_file import HeldFile, held_file
from fixaudit_cli.write.staging import Staging, stage
from fixaudit_cli.write.tree_paths import PathRefusedError

MOVED = "its folder was moved, or replaced by a link, while it was written"
CHANGED = "changed by another program since it was read"
OPEN = "open for writing in another program"


@dataclass(frozen=True, slots=True)
class Written:
    """The file holds the wanted bytes."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """The file was left as it is, on purpose; trying again would say the same."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The system refused (disk full, folder not writable); the file is as it was."""

    reason: str


WriteOutcome = Written | Skipped | Failed


@dataclass(frozen=True, slots=True)
class Replacement:
    """What to write: `goal` over the file at `path` while its content still hashes to `held`.

    `path` must lie below `tree`, with no link on the way. `stamp` names the temporary files, so
    that a killed run's are found again; `known` are the hashes of content that may be dropped.
    """

    path: Path
    tree: Path
    held: str
    goal: bytes
    stamp: str
    known: frozenset[str] = frozenset()


class _RefusalError(Exception):
    """Ends a replacement with `Skipped`."""


def replace_file(job: Replacement) -> WriteOutcome:
    """Carry out `job`; raises nothing the operating system can say."""
    try:
        with held_file(job.tree, job.path.relative_to(job.tree).as_posix()) as target:
            _replace(target, job)
    except (_RefusalError, PathRefusedError) as refused:
        return Skipped(str(refused))
    except FileNotFoundError:
        return Skipped("gone since it was read")
    except OSError as error:
        return Failed(error.strerror or str(error))
    return Written()


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` survive a power cut, where the system can."""
    try:
        # As a folder only: what stands in its place by now might be a pipe.
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    except OSError:  # some network file systems
        pass
    finally:
        os.close(handle)


def _replace(target: HeldFile, job: Replacement) -> None:
    staging = Staging.beside(target, job.stamp)
    goal = digest(job.goal)
    kept = staging.sweep(target, job.known | {job.held, goal})
    if kept is not None:
        raise _RefusalError(f"two programs wrote it at once; the older version is in {kept.name}")
    with Watched(target) as old:
        content = digest(old.read())
        if content == goal:
            return
        _refuse(old.status, target)
        if content != job.held:
            raise _RefusalError(CHANGED)
        stage(staging, job.goal, old)
        _swap_in(target, staging, old, job.held, goal)


def _refuse(status: os.stat_result, target: HeldFile) -> None:
    if status.st_nlink > 1:
        raise _RefusalError(f"has {status.st_nlink} hard links, which replacing it would part")
    # The bits too: root may write anything, but someone took the trouble to forbid it.
    if not status.st_mode & 0o222 or not target.may_be_written():
        raise _RefusalError("read-only")


def _swap_in(target: HeldFile, staging: Staging, old: Watched, held: str, goal: str) -> None:
    with Watched(staging.swap) as new:
        new.watch()
        old.watch()
        if not target.is_in_place() or not _untouched(old, target, held):
            staging.swap.unlink()
            raise _RefusalError(OPEN if old.contested else _what_happened(target))
        try:
            exchanged = exchange(staging.swap, target)
            if not exchanged:
                if sys.platform == "win32":  # which renames no open files
                    old.close()
                    new.close()
                staging.swap.replace(target)
        except OSError:
            staging.swap.unlink(missing_ok=True)
            raise
        if not exchanged:
            return
        if target.is_in_place() and _untouched(old, staging.swap, held):
            staging.swap.unlink()
            return
        _put_back(target, staging, new, goal)


def _untouched(file: Watched, at: HeldFile, content: str) -> bool:
    # `contested` last: whoever opens the file for writing after the read shows up in it.
    return file.is_at(at) and digest(file.read()) == content and not file.contested


def _what_happened(target: HeldFile) -> str:
    return CHANGED if target.is_in_place() else MOVED


def _put_back(target: HeldFile, staging: Staging, new: Watched, goal: str) -> None:
    """Give the place back to the write that was displaced; always raises."""
    try:
        exchange(staging.swap, target)
        if _untouched(new, staging.swap, goal):
            staging.swap.unlink()
            raise _RefusalError(_what_happened(target))
        exchange(staging.swap, target)  # a second program wrote in between: its write is newer
    except OSError as error:
        kept = staging.keep(target)
        raise _RefusalError(f"{CHANGED}; that version is in {kept.name}") from error
    kept = staging.keep(target)
    raise _RefusalError(f"two programs wrote it at once; the older version is in {kept.name}")
