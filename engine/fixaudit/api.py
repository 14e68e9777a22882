"""For scripts: `fixaudit.run(paths, select=…)` gives a Report; nothing is written to disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixaudit.baseline.baseline import Baseline
from fixaudit.baseline.baseline_format import BaselineError
from fixaudit.baseline.entries import BaselineEntry
from fixaudit.baseline.matching import Comparison
from fixaudit.executors.choose import Executor, opened
from fixaudit.files.git_repository import GitError, find_repository
from fixaudit.files.git_repository import since as since_revision
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Changed, Failed, LocatedFinding, Outcome, Problem, needs_action
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.run_findings import run_findings
from fixaudit.pipeline.runner import Request, Worker


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found; `outcomes` in path order, paths relative to `root`.

    `comparison` is with the baseline that the run was given, if any.
    """

    root: Path
    outcomes: tuple[Outcome, ...]
    missing: tuple[Problem, ...] = ()
    comparison: Comparison | None = None

    @property
    def changed(self) -> tuple[Changed, ...]:
        """The files that would become others, each with its bytes `before` and `after`."""
        return tuple(entry for entry in self.outcomes if isinstance(entry, Changed))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that could not be done: paths, files, codemods, dropped edits."""
        found = list(self.missing)
        for outcome in self.outcomes:
            found += [outcome.problem] if isinstance(outcome, Failed) else outcome.problems
        return tuple(found)

    def sites(self, *verdicts: Verdict) -> Iterator[tuple[str, LocatedFinding]]:
        """(path, site) of every finding, or of those with one of the verdicts."""
        for outcome in self.outcomes:
            for site in () if isinstance(outcome, Failed) else outcome.sites:
                if not verdicts or site.finding.verdict in verdicts:
                    yield outcome.path, site

    @property
    def new(self) -> tuple[LocatedFinding, ...]:
        """The findings to act on that the run's baseline does not know; all, where it had none."""
        if self.comparison is not None:
            return tuple(self.comparison.new)
        return tuple(site for _, site in self.sites() if needs_action(site))

    @property
    def known(self) -> tuple[LocatedFinding, ...]:
        """The findings to act on that the run's baseline knows."""
        found = () if self.comparison is None else self.comparison.known
        return tuple(match.site for match in found)

    @property
    def resolved(self) -> tuple[BaselineEntry, ...]:
        """What the run's baseline has beyond the findings, of the files that were judged or are gone."""
        return () if self.comparison is None else tuple(self.comparison.resolved)

    @property
    def patch(self) -> bytes:
        """All changes as one patch that `git apply` takes at `root`."""
        from fixaudit.text.unified_diff import unified

        return b"".join(unified(e.path, e.before, e.after).patch for e in self.changed)


def run(
    paths: Iterable[str | os.PathLike[str]],
    *,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    unsafe: bool | None = None,
    isolated: bool = False,
    jobs: int | None = 1,
    cache: bool | str | os.PathLike[str] = False,
    since: str | None = None,
    baseline: Baseline | bool = False,
    executor: str | Executor | None = None,
) -> Report:
    """Judge files and folders and work out their new contents.

    Repositories inside of the one that owns a folder are left out, unless they are named.

    Args:
        paths: files and folders; relative ones count from the current folder.
        select: names, codes, prefixes or sets of codemods; None for the configured ones.
        ignore: selectors of codemods that are not to run.
        unsafe: whether unsafe edits are part of the new contents; None for what is configured.
        isolated: read no configuration file.
        jobs: processes at most; None for as many as pay. A script that gives another number than 1
            keeps its own code under `if __name__ == "__main__":`, as `multiprocessing` asks for.
        cache: whether outcomes are taken from, and kept for, other runs: in the user's cache folder,
            or in the folder given.
        since: only files that differ from where this branch left that revision, and untracked ones.
        baseline: what the findings are compared with; True for the one of the tree.
        executor: where files are judged, in place of `jobs` processes: `local`, `dask`,
            `dask://host:port`, `tls://host:port`, an entry point of the group `fixaudit.executors`, or
            an executor, which is not closed.

    Raises:
        ConfigError: a selector or a configuration that cannot be used.
        BaselineError: a baseline file that cannot be used, or none where one is asked for.
        GitError: no repository, or no such revision.
        CodemodError: a codemod that cannot be loaded.
        ExecutorError: an executor that cannot be reached, or whose workers differ from this process.
    """
    asked = Request(
        paths=tuple(Path(path) for path in paths),
        select=None if select is None else tuple(select),
        ignore=tuple(ignore),
        unsafe=unsafe,
        isolated=isolated,
    )
    worker = Worker(asked)
    known = _baseline(worker.root, baseline)
    found = worker.discover()
    files = found.files if since is None else _changed(found.files, worker.root, since)
    missing = tuple(
        Problem(worker.relative(entry.path), entry.kind, entry.message, entry.line)
        for entry in found.problems
    )
    folder = None if isinstance(cache, bool) else Path(cache)
    with opened(executor, jobs) as at_hand:
        execution = Execution(worker, Speed(jobs, cache is not False, folder, executor=at_hand))
        outcomes = tuple(execution.outcomes(files))
    told = None if known is None else run_findings(worker, outcomes, whole=since is None)
    return Report(
        worker.root,
        outcomes,
        missing,
        None if known is None or told is None else known.compare(told),
    )


def _baseline(root: Path, given: Baseline | bool) -> Baseline | None:
    if given is True:
        found = Baseline.read(root)
        if not found.files:
            raise BaselineError(
                f"{root}: there is no baseline: `fixaudit baseline write` makes one"
            )
        return found
    return None if given is False else given


def _changed(files: Sequence[Path], root: Path, revision: str) -> list[Path]:
    repository = find_repository(root)
    if repository is None:
        raise GitError(f"{root}: `since` needs a git repository, there is none")
    wanted = since_revision(repository, revision)
    return [path for path in files if Path(os.path.realpath(path.parent)) / path.name in wanted]
