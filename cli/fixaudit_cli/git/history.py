"""What the history of a repository tells of a report: files as it saw them, and what changed them since."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from fixaudit.files.repositories import repository_of
from fixaudit.plan.past import Removal
from fixaudit_cli.git.repository import GitError, Repository, find_repository

_REVISION = re.compile(
    r"\b(?:commit|revision|sha|HEAD)\b\W{0,16}\b([0-9a-f]{7,40})\b", re.IGNORECASE
)
_DATE = re.compile(r"\b(20\d\d-[01]\d-[0-3]\d)\b")
_LOG = ("log", "-1", "--no-ext-diff", "--no-textconv", "--format=%h%x00%cs%x00%B")


class GitHistory:
    """The history of the repository that holds a tree, asked for one report. See `Past`.

    Args:
        root: the tree's root, which paths count from.
        report: where the report lies; it need not be in the repository.
        head: the first lines of the report, which may name a commit or its date.
    """

    def __init__(self, root: Path, report: Path, head: str) -> None:
        self._root = Path(os.path.realpath(root))
        self._report = Path(os.path.realpath(report))
        self._head = head
        self._files: dict[tuple[str, str], bytes | None] = {}
        self._removed: dict[tuple[str, str], Removal | None] = {}

    @cached_property
    def missing(self) -> str:
        """Why nothing can be told, as a phrase; empty where it can."""
        if self._repository is None:
            return "no history is there to tell whether it was fixed"
        if self._said("rev-parse", "--is-shallow-repository") == "true":
            return "the history is not there: this is a shallow clone"
        return ""

    def versions(self, path: str) -> Iterator[bytes]:
        """The file as it was when the report was written; before that commit first, where it changed it."""
        if self.missing:
            return
        seen = [self._content(revision, path) for revision in self._seen]
        found = [data for data in reversed(seen) if data is not None]
        yield from dict.fromkeys(found)

    def removal(self, path: str, line: str) -> Removal | None:
        """The commit that took the last occurrence of a line out of a file."""
        key = (path, line)
        if key not in self._removed:
            self._removed[key] = None if self.missing else self._removal(path, line)
        return self._removed[key]

    def _removal(self, path: str, line: str) -> Removal | None:
        name = self._name(path) or path
        now = self._content("HEAD", path)
        if now is not None and line.encode() in now:
            return None  # gone from the work tree only
        said = self._said(*_LOG, f"-S{line}", "HEAD", "--", f":(top,literal){name}")
        commit, date, text = [*(said or "").split("\0", 2), "", ""][:3]
        return Removal(f"commit {commit}", date, text.strip()) if commit else None

    # ---------------------------------------------------------------- when the report was written

    @cached_property
    def _seen(self) -> tuple[str, ...]:
        """The revisions that the report may have seen, the later one first; none where none is known."""
        named = _REVISION.search(self._head)
        if named is not None:
            found = self._said("rev-parse", "--verify", "--quiet", f"{named[1]}^{{commit}}")
            if found:
                return (found,)
        added = self._added()
        if added:
            return (added, f"{added}^")
        dated = _DATE.search(self._head)
        if dated is not None:
            found = self._said("rev-list", "-1", f"--before={dated[1]} 23:59:59", "HEAD")
            if found:
                return (found,)
        return ()

    def _added(self) -> str | None:
        """The commit that brought the report in."""
        assert self._repository is not None
        try:
            name = self._report.relative_to(self._repository.top).as_posix()
        except ValueError:
            return None
        asked = ("log", "--follow", "--diff-filter=A", "--format=%H", "HEAD", "--", name)
        return (self._said(*asked) or "").rpartition("\n")[2] or None

    # ---------------------------------------------------------------- git

    @cached_property
    def _repository(self) -> Repository | None:
        if repository_of(os.fspath(self._root)) is None:
            return None
        try:
            return find_repository(self._root)
        except GitError:
            return None

    def _said(self, *arguments: str) -> str | None:
        """The output of a git command, without the last newline; None where it fails."""
        assert self._repository is not None
        try:
            done = self._repository.attempt(*arguments)
        except GitError:
            return None
        if done.returncode:
            return None
        return done.stdout.decode("utf-8", "replace").rstrip("\n")

    def _content(self, revision: str, path: str) -> bytes | None:
        key = (revision, path)
        if key not in self._files:
            assert self._repository is not None
            name = self._name(path, revision)
            self._files[key] = None
            if name is not None:
                done = self._repository.attempt("cat-file", "blob", f"{revision}:{name}")
                self._files[key] = done.stdout if done.returncode == 0 else None
        return self._files[key]

    def _name(self, path: str, revision: str = "HEAD") -> str | None:
        """How git names a path of the tree, or the only file of a revision that ends in it."""
        assert self._repository is not None
        prefix = os.path.relpath(self._root, self._repository.top).replace(os.sep, "/")
        own = path if prefix == "." else f"{prefix}/{path}"
        names = self._names(revision)
        if own in names:
            return own
        ends = [name for name in names if name.endswith(f"/{path}")]
        return ends[0] if len(ends) == 1 else None

    def _names(self, revision: str) -> frozenset[str]:
        known: dict[str, frozenset[str]] = self.__dict__.setdefault("_listed", {})
        if revision not in known:
            listed = self._said("ls-tree", "-r", "-z", "--name-only", "--full-tree", revision)
            known[revision] = frozenset((listed or "").split("\0"))
        return known[revision]
