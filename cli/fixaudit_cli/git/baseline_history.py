"""The baseline files of each commit that changed one, along the first parents of a revision."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fixaudit.baseline.baseline_format import NAME, BaselineError, read
from fixaudit.baseline.burndown import Point
from fixaudit.baseline.entries import BaselineFile
from fixaudit.files.git_errors import GitError
from fixaudit.files.git_repository import Repository, find_repository

_MARK = b"commit "
_GONE = b"0" * 40


@dataclass(slots=True)
class BaselineHistory:
    """The points, oldest first, and what could not be read.

    `is_cut` says that the clone is shallow: what was before its oldest commit is not known.
    """

    points: list[Point] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_cut: bool = False


def history_of(root: Path, revision: str = "HEAD") -> BaselineHistory:
    """The history of the baseline of a tree. Raises GitError: no repository, no commit."""
    repository = find_repository(root)
    if repository is None:
        raise GitError(f"{root}: no git repository: a burndown is read from the baseline's history")
    if repository.attempt("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").returncode:
        raise GitError(f"{root}: git knows no commit {revision}: commit the baseline first")
    below = os.path.relpath(os.path.realpath(root), repository.top)
    prefix = "" if below == "." else f"{Path(below).as_posix()}/"
    found = BaselineHistory()
    found.is_cut = repository.run("rev-parse", "--is-shallow-repository").strip() == b"true"
    changes = list(_changes(repository, revision, prefix))
    contents = _contents(repository, {blob for _, _, rows in changes for _, blob in rows})
    files: dict[str, BaselineFile] = {}
    known: dict[tuple[str, bytes], BaselineFile | None] = {}
    for commit, when, rows in changes:
        files = dict(files)
        for name, blob in rows:
            folder = name[len(prefix) :].rpartition("/")[0]
            if blob == _GONE[: len(blob)]:
                files.pop(folder, None)
                continue
            if (folder, blob) not in known:
                known[folder, blob] = _read(
                    contents.get(blob), folder, f"{commit[:10]}:{name}", found
                )
            file = known[folder, blob]
            if file is not None:  # else as it was before
                files[folder] = file
        found.points.append(Point(when, commit, files))
    return found


def _read(
    data: bytes | None, folder: str, shown: str, found: BaselineHistory
) -> BaselineFile | None:
    if data is None:
        found.problems.append(f"{shown}: git does not have it: what was known before counts on")
        return None
    try:
        return read(data, folder, shown)
    except BaselineError as error:
        found.problems.append(f"{error} (what was known before counts on)")
        return None


def _changes(
    repository: Repository, revision: str, prefix: str
) -> Iterator[tuple[str, dt.datetime, list[tuple[str, bytes]]]]:
    """Each commit with its date and the baseline files that it changed, oldest first."""
    told = repository.run(
        *(
            "log",
            "--first-parent",
            "--diff-merges=first-parent",
            "--reverse",
            "--raw",
            "--no-abbrev",
        ),
        *("--no-renames", "--no-ext-diff", "-z", "--format=commit %H %ct"),
        *(revision, "--", f":(top,glob){_escaped(prefix)}**/{NAME}"),
    )
    commit, when, rows = "", dt.datetime.min, list[tuple[str, bytes]]()
    parts = iter(told.split(b"\0"))
    for part in parts:
        part = part.lstrip(b"\n")
        if part.startswith(_MARK):
            if commit:
                yield commit, when, rows
            _, name, seconds = part.split()
            commit, rows = name.decode("ascii"), []
            when = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
        elif part.startswith(b":"):
            rows.append((os.fsdecode(next(parts)), part.split()[3]))
    if commit:
        yield commit, when, rows


def _escaped(prefix: str) -> str:
    """A folder as a pattern of git that means only itself."""
    return "".join(f"\\{letter}" if letter in "*?[\\" else letter for letter in prefix)


def _contents(repository: Repository, blobs: set[bytes]) -> dict[bytes, bytes]:
    wanted = sorted(blob for blob in blobs if blob.strip(b"0"))
    told = repository.run("cat-file", "--batch", stdin=b"".join(blob + b"\n" for blob in wanted))
    found: dict[bytes, bytes] = {}
    at = 0
    for blob in wanted:
        end = told.index(b"\n", at)
        head = told[at:end].split()
        at = end + 1
        if head[-1] != b"missing":
            size = int(head[2])
            found[blob] = told[at : at + size]
            at += size + 1
    return found
