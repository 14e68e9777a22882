"""The user's index under git's own lock: other git processes wait, or are waited for."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from fixaudit.files.git_objects import entries, set_entries
from fixaudit.files.git_repository import Repository
from fixaudit_cli.git.own_locks import SecondNames, index_file, index_lock

_WAITS = (0.1, 0.4, 1.5, 0.0)  # seconds: an editor's git looks at the index every now and then


class IndexLock:
    """The lock held; `replace` puts the new index in place, or the lock goes without a trace."""

    def __init__(self, index: Path) -> None:
        self.index = index
        self.path = index_lock(index)

    def write(self, own: Path) -> None:
        """Let the lock's file hold the new index."""
        shutil.copyfile(own, self.path)
        # By its time git knows which files may have changed since: it must not be younger.
        times = own.stat()
        os.utime(self.path, ns=(times.st_atime_ns, times.st_mtime_ns))
        if self.index.exists():
            shutil.copymode(self.index, self.path)

    def replace(self) -> None:
        """Put the new index in place."""
        os.replace(self.path, self.index)


@contextmanager
def index_locked(repository: Repository, names: SecondNames) -> Iterator[IndexLock]:
    """Hold git's lock of the index. Raises FileExistsError where another process keeps it, OSError."""
    lock = IndexLock(index_file(repository))
    for wait in _WAITS:
        try:
            names.create(lock.path)
            break
        except FileExistsError:
            if not wait:
                raise
            time.sleep(wait)
    try:
        yield lock
    finally:
        with suppress(FileNotFoundError):
            os.unlink(lock.path)


@contextmanager
def index_copy(repository: Repository, index: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """A copy of the index, and the environment by which git takes it for the index."""
    with tempfile.TemporaryDirectory(prefix="fixaudit-") as folder:
        own = Path(folder) / "index"
        environment = {"GIT_INDEX_FILE": str(own)}
        if index.exists():
            shutil.copy2(index, own)
        else:
            repository.run("read-tree", "--empty", environment=environment)
        yield own, environment


def follow(repository: Repository, old: str, new: str, environment: Mapping[str, str]) -> None:
    """Give an index the versions of `new` of every file that it holds as `old` does.

    What was staged in a file otherwise stays staged, and the marks of files stay. `old` and `new`
    are ids of commits or trees.
    """
    asked = ("diff-tree", "-r", "--raw", "--no-abbrev", "--no-renames", "-z")
    fields = repository.run(*asked, old, new).split(b"\0")
    index = entries(repository, environment)
    lines: list[bytes] = []
    marked: dict[str, list[bytes]] = {}
    for head, name in zip(fields[:-1:2], fields[1::2], strict=True):
        _, mode, before, after, _ = head.split(b" ")
        held = index.get(name)
        if (held.blob if held else "0" * len(before)) != before.decode():
            continue
        lines.append(b"%s %s\t%s\0" % (mode, after, name))
        if held is not None and held.mark is not None:
            marked.setdefault(held.mark, []).append(name + b"\0")
    set_entries(repository, lines, environment)
    for mark, names in marked.items():
        stdin = b"".join(names)
        repository.run(
            *("update-index", f"--{mark}", "-z", "--stdin"), stdin=stdin, environment=environment
        )
    # Their times, or every one of them would be read again by the next `git status`.
    repository.attempt("update-index", "-q", "--refresh", environment=environment)
