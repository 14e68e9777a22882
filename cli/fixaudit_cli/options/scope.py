"""What a run is limited to: changed files and lines, sites of a plan, sites not yet rejected."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.errors import ConfigError
from fixaudit.files.discovery import discover
from fixaudit.model.outcome import Failed, LocatedFinding, Outcome

if TYPE_CHECKING:
    from fixaudit.config.request import Request
    from fixaudit.files.git_changed_lines import LineRanges
    from fixaudit.files.git_repository import Repository


@dataclass(frozen=True, slots=True)
class ScopeOptions:
    """The limiting options as given: at most one of the first three, the last with any or none."""

    changed: bool = False
    staged: bool = False
    since: str | None = None
    changed_lines: bool = False

    def __bool__(self) -> bool:
        return self.changed or self.staged or self.since is not None or self.changed_lines


@dataclass(frozen=True, slots=True)
class Scope:
    """The files, lines and sites that a run is limited to.

    `files` are real paths and `wanted` fingerprints of sites (None: all); `lines` are ranges by
    reported path (None: all lines); `rejected` gives the reason for each rejected fingerprint.
    Called with a placed site it answers whether its edits may be made. Frozen data, so that it can
    be sent to other processes.
    """

    files: frozenset[Path] | None = None
    lines: Mapping[str, LineRanges] | None = None
    rejected: Mapping[str, str] = field(default_factory=dict)
    wanted: frozenset[str] | None = None

    def __call__(self, site: LocatedFinding) -> bool:
        return site.fingerprint not in self.rejected and self.covers(site)

    @property
    def limits_sites(self) -> bool:
        """True where it leaves out sites, and not only files."""
        return self.lines is not None or self.wanted is not None or bool(self.rejected)

    def covers(self, site: LocatedFinding) -> bool:
        """True where the site is wanted and stands on a line of the scope."""
        if self.wanted is not None and site.fingerprint not in self.wanted:
            return False
        return self._on_lines(site.path, site.line, site.end_line)

    def _on_lines(self, path: str, first: int, last: int = 0) -> bool:
        if self.lines is None:
            return True
        last = max(first, last)
        return any(low <= last and first <= high for low, high in self.lines.get(path, ()))

    def kept(self, paths: Iterable[Path]) -> list[Path]:
        """Those of the discovered files that are in the scope."""
        if self.files is None:
            return list(paths)
        return [path for path in paths if real(path) in self.files]

    def narrowed(self, outcome: Outcome) -> Outcome:
        """The outcome with the sites of the scope only; rejected ones count as suppressed."""
        everything = self.lines is None and self.wanted is None and not self.rejected
        if isinstance(outcome, Failed) or everything:
            return outcome
        sites = tuple(self._marked(site) for site in outcome.sites if self.covers(site))
        notes = tuple(
            note
            for note in outcome.notes
            if note.line is None or self._on_lines(note.path, note.line)
        )
        return replace(outcome, sites=sites, notes=notes)

    def _marked(self, site: LocatedFinding) -> LocatedFinding:
        where = self.rejected.get(site.fingerprint)
        if where is None or site.suppressed is not None:
            return site
        return replace(site, suppressed=f"rejected, {where}", rejected=True)


def real(path: Path) -> Path:
    """The path as git sees it: folders resolved, a symlink at the end kept."""
    return Path(os.path.realpath(path.parent)) / path.name


def changed_scope(given: ScopeOptions, request: Request) -> Scope:
    """The scope of the options for the files of a request, each repository asked about its own.

    Raises:
        ConfigError: options that exclude each other, or no repository. GitError: no such revision.
    """
    if not given:
        return Scope()
    if given.changed + given.staged + (given.since is not None) > 1:
        raise ConfigError("--changed, --staged and --since exclude each other; give one")
    repositories = _repositories(request)
    if not repositories:
        raise ConfigError(
            f"--changed, --staged and --since need a git repository; {request.base} has none"
        )
    files: set[Path] = set()
    lines: dict[str, LineRanges] = {}
    for repository in repositories:
        files |= _files(given, repository)
        lines |= _lines(given, repository, request.base) if given.changed_lines else {}
    return Scope(frozenset(files), lines if given.changed_lines else None)


def _repositories(request: Request) -> list[Repository]:
    """Those that own the tree and the named paths, with `--recurse` also those inside of them."""
    from fixaudit.files.git_repository import find_repository

    folders = [request.base]
    folders += [path if path.is_dir() else path.parent for path in request.paths]
    if request.recurse:
        folders += map(Path, discover(request.paths, root=request.base).inner)
    found = (find_repository(folder) for folder in folders)
    return list(dict.fromkeys(repository for repository in found if repository is not None))


def _files(given: ScopeOptions, repository: Repository) -> frozenset[Path]:
    from fixaudit.files.git_repository import changed, since, staged

    if given.staged:
        return staged(repository)
    if given.since is not None:
        return since(repository, given.since)
    return changed(repository)


def decided(scope: Scope, root: Path, named: Path | None) -> Scope:
    """The scope without the sites that a named file of decisions rejects. Raises DecisionsError."""
    if named is None:
        return scope
    from fixaudit_cli.review.decisions import load

    return replace(scope, rejected=load(root, named, must=True).rejected())


def _lines(given: ScopeOptions, repository: Repository, root: Path) -> dict[str, LineRanges]:
    from fixaudit.files.git_changed_lines import changed_lines
    from fixaudit.files.git_repository import fork_point

    against = fork_point(repository, given.since) if given.since is not None else None
    found = changed_lines(repository, against, index=given.staged)
    top = Path(os.path.realpath(root))
    return {
        (path.relative_to(top) if path.is_relative_to(top) else path).as_posix(): ranges
        for path, ranges in found.items()
    }
