"""The repository that owns each file a run may write, and what that one has against it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fixaudit.errors import FixauditError
from fixaudit.files.git_errors import OwnershipError
from fixaudit.files.git_objects import entries
from fixaudit.files.git_repository import Repository, find_repository
from fixaudit.files.nearest_ancestor import NearestAncestor
from fixaudit.files.repositories import repository_above
from fixaudit_cli.git.commit import refuse_halfway
from fixaudit_cli.git.dirt import Dirt, dirty
from fixaudit_cli.git.own_locks import told_locks

T = TypeVar("T")


class DirtyError(FixauditError):
    """Files to write have uncommitted changes, or cannot be committed; nothing was written."""

    def __init__(self, refused: tuple[Dirt, ...]) -> None:
        only = all(row.kind == "dirty" for row in refused)
        what = "with uncommitted changes" if only else "refused"
        super().__init__(f"{len(refused)} {'file' if len(refused) == 1 else 'files'} {what}")
        self.refused = refused


@dataclass(slots=True)
class OwningRepositories:
    """Answers by file, for one run; each repository is looked up once. Raises GitError.

    Files of a repository that git does not read because of its owner count as in none, unless
    `must_read` is set.
    """

    must_read: bool = False
    _above: NearestAncestor[str] = field(default_factory=repository_above)
    _known: dict[str | None, Repository | None] = field(default_factory=lambda: {None: None})

    def of(self, path: Path) -> Repository | None:
        """The repository that owns a file, a link's target being meant; None where none does."""
        folder = os.path.dirname(os.path.realpath(path))
        top = self._above.of(folder)
        if top not in self._known:
            self._known[top] = self._found(Path(folder))
        return self._known[top]

    def _found(self, folder: Path) -> Repository | None:
        try:
            return find_repository(folder)
        except OwnershipError:
            if self.must_read:
                raise
            return None  # the run has said so

    def grouped(self, contents: Mapping[Path, T]) -> dict[Repository | None, dict[Path, T]]:
        """The files by their owner, in order."""
        groups: dict[Repository | None, dict[Path, T]] = {}
        for path, content in contents.items():
            groups.setdefault(self.of(path), {})[path] = content
        return groups

    def refuse(self, paths: Iterable[Path], *, to_commit: bool) -> None:
        """Raise DirtyError for files with uncommitted changes, or that cannot be committed.

        Raises GitError where a repository cannot commit at all now.
        """
        found: list[Dirt] = []
        for repository, files in self.grouped(dict.fromkeys(paths)).items():
            if repository is None:
                reason = "is in no git repository"
                found += [Dirt(path, "commit", reason) for path in files if to_commit]
                continue
            if to_commit:
                refuse_halfway(repository)
            found += dirty(repository, files, to_commit=to_commit)
        if found:
            raise DirtyError(tuple(sorted(found, key=lambda row: row.path)))

    def blobs(self, paths: Iterable[Path]) -> dict[Path, str]:
        """The ids of the files' contents in the index of their owner, by real path."""
        found: dict[Path, str] = {}
        real = {Path(os.path.realpath(path)): None for path in paths}
        for repository, files in self.grouped(real).items():
            index = {} if repository is None else entries(repository)
            names = [] if repository is None else repository.names(files)
            for path, name in zip(files, names, strict=False):
                if name in index:
                    found[path] = index[name].blob
        return found

    def told_locks(self, token: str) -> Iterator[str]:
        """A line with the remedy for each lock of git's in the repositories found so far.

        `token` is that of the ledger, whose lock of the tree is held. Raises GitError.
        """
        for repository in self._known.values():
            if repository is not None:
                yield from told_locks(repository, token)
