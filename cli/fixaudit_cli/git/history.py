"""What the history of a repository tells of a report: files as it saw them, and what changed them since."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from fixaudit.files.git_repository import GitError, Repository, find_repository
from fixaudit.files.repositories import repository_of
from fixaudit.plan.past import FileChange
from fixaudit_cli.git.file_changes import changes, entries, renamed_to, said

_REVISION = re.compile(
    r"\b(?:commit|revision|sha|HEAD)\b\W{0,16}\b([0-9a-f]{7,40})\b", re.IGNORECASE
)
_DATE = re.compile(r"\b(20\d\d-[01]\d-[0-3]\d)\b")
_RENAMES = 4
"""Renames of a file that are followed forwards."""


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
        self._changes: dict[tuple[str, bool], tuple[FileChange, ...]] = {}
        self._listed: dict[str, frozenset[str]] = {}

    @cached_property
    def missing(self) -> str:
        """Why nothing can be told, as a phrase; empty where it can."""
        if self._repository is None:
            return "no history is there to tell whether it was fixed"
        if self._said("rev-parse", "--is-shallow-repository") == "true":
            return "the history is not there: this is a shallow clone"
        return ""

    @cached_property
    def written(self) -> str:
        """The date in the report's head, or of the commit that brought it in: the earlier one."""
        if self.missing:
            return ""
        dated = _DATE.search(self._head)
        brought = self._said("show", "-s", "--format=%cs", self._own[0]) if self._own else None
        return min(filter(None, (dated[1] if dated else None, brought)), default="")

    def versions(self, path: str) -> Iterator[bytes]:
        """The file as it was when the report was written: at the commit that it names, before the
        one that brought it in, then at that."""
        if not self.missing:
            seen = [self._content(revision, path) for revision in self._seen]
            yield from dict.fromkeys(data for data in seen if data is not None)

    def changes(self, path: str, *, follow: bool = True) -> tuple[FileChange, ...]:
        """The commits that changed the file, the newest first; with `follow` under each of its names.

        A change that is in the work tree only is none.
        """
        key = (path, follow)
        if key not in self._changes:
            self._changes[key] = () if self.missing else tuple(self._found(path, follow))
        return self._changes[key]

    def _found(self, path: str, follow: bool) -> Iterator[FileChange]:
        name = self._name(path)
        if name is None or self._repository is None:
            return
        here = name in self._names("HEAD")
        found = entries(self._repository, name, follow=follow and here)
        for _ in range(_RENAMES):
            if here or not (found and follow):
                break
            now = renamed_to(self._repository, found[0].commit, name)
            if now is None:
                break
            name, here = now, now in self._names("HEAD")
            found = entries(self._repository, name, follow=True)
        yield from changes(self._repository, found, self._own)

    # ---------------------------------------------------------------- when the report was written

    @cached_property
    def _seen(self) -> tuple[str, ...]:
        """The revisions that the report may have seen, the likeliest first; none where none is known."""
        found: list[str] = []
        named = _REVISION.search(self._head)
        if named is not None:
            found += self._resolved(f"{named[1]}^{{commit}}")
        if self._own:
            found += [*self._resolved(f"{self._own[0]}^"), self._own[0]]
        dated = _DATE.search(self._head)
        if not found and dated is not None:
            asked = ("rev-list", "-1", f"--before={dated[1]} 23:59:59", "HEAD")
            found += filter(None, [self._said(*asked)])
        return tuple(dict.fromkeys(found))

    def _resolved(self, name: str) -> Iterable[str]:
        return filter(None, [self._said("rev-parse", "--verify", "--quiet", name)])

    @cached_property
    def _own(self) -> tuple[str, ...]:
        """The commit that brought the report in as it is, else the one that first did; or none."""
        assert self._repository is not None
        try:
            name = self._report.relative_to(self._repository.top).as_posix()
            data = self._report.read_bytes()
        except (OSError, ValueError):
            return ()
        known = entries(self._repository, name, follow=name in self._names("HEAD"))
        done = self._repository.attempt("hash-object", "--stdin", stdin=data)
        blob = done.stdout.decode().strip()
        same = [entry.commit for entry in known if entry.after == blob]
        return tuple((same or [entry.commit for entry in known])[-1:])

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
        assert self._repository is not None
        return said(self._repository, *arguments)

    def _content(self, revision: str, path: str) -> bytes | None:
        key = (revision, path)
        if key not in self._files:
            assert self._repository is not None
            name = self._in(self._names(revision), path)
            self._files[key] = None
            if name is not None:
                done = self._repository.attempt("cat-file", "blob", f"{revision}:{name}")
                self._files[key] = done.stdout if done.returncode == 0 else None
        return self._files[key]

    def _name(self, path: str) -> str | None:
        """How git names a path of the tree or of a report: now, as the report saw it, or once."""
        for names in self._where(path):
            name = self._in(names, path)
            if name is not None:
                return name
        return None

    def _where(self, path: str) -> Iterator[frozenset[str]]:
        own = self._prefixed(path)
        yield frozenset({own}) & self._names("HEAD")
        for revision in self._seen:
            yield self._names(revision)
        yield self._names("HEAD")
        yield self._gone

    @cached_property
    def _gone(self) -> frozenset[str]:
        """The names of all files that some commit took away."""
        options = ("-z", "--format=", "--name-only", "--diff-filter=D", "--no-renames")
        return frozenset((self._said("log", *options, "HEAD") or "").split("\0"))

    def _prefixed(self, path: str) -> str:
        assert self._repository is not None
        prefix = os.path.relpath(self._root, self._repository.top).replace(os.sep, "/")
        return path if prefix == "." else f"{prefix}/{path}"

    def _in(self, names: frozenset[str], path: str) -> str | None:
        """The name a path means: itself, or the only one that ends in it or that it ends in."""
        own = self._prefixed(path)
        if own in names:
            return own
        ends = [n for n in names if n.endswith(f"/{path}") or ("/" in n and path.endswith(f"/{n}"))]
        return ends[0] if len(ends) == 1 else None

    def _names(self, revision: str) -> frozenset[str]:
        if revision not in self._listed:
            listed = self._said("ls-tree", "-r", "-z", "--name-only", "--full-tree", revision)
            self._listed[revision] = frozenset((listed or "").split("\0"))
        return self._listed[revision]
