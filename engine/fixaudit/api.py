"""For scripts: `fixaudit.run(paths, select=…)` gives a Report; nothing is written to disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Changed, Failed, LocatedFinding, Outcome, Problem
from fixaudit.pipeline.sharing import shared


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found; `outcomes` in path order, paths relative to `root`."""

    root: Path
    outcomes: tuple[Outcome, ...]
    missing: tuple[Problem, ...] = ()

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
) -> Report:
    """Judge files and folders and work out their new contents.

    Repositories inside of the one that owns a folder are left out, unless they are named.

    Args:
        paths: files and folders; relative ones count from the current folder.
        select: names, codes, prefixes or sets of codemods; None for the configured ones.
        ignore: selectors of codemods that are not to run.
        unsafe: whether unsafe edits are part of the new contents; None for what is configured.
        isolated: read no configuration file.

    Raises:
        ConfigError: a selector or a configuration that cannot be used.
        CodemodError: a codemod that cannot be loaded.
    """
    from fixaudit.pipeline.runner import Request, Worker

    asked = Request(
        paths=tuple(Path(path) for path in paths),
        select=None if select is None else tuple(select),
        ignore=tuple(ignore),
        unsafe=unsafe,
        isolated=isolated,
    )
    worker = Worker(asked)
    found = worker.discover()
    missing = tuple(
        Problem(worker.relative(entry.path), entry.kind, entry.message, entry.line)
        for entry in found.problems
    )
    outcomes = shared(worker, worker.outcomes(found.files), worker.outcomes)
    return Report(worker.root, tuple(outcomes), missing)
