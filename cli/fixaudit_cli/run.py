"""One run of the command line over files or standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.model.outcome import Outcome, Problem
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.local_settings import configurations, notes, withheld
from fixaudit.pipeline.runner import Request, Worker
from fixaudit_cli.git.foreign import foreign_note
from fixaudit_cli.options.scope import Scope
from fixaudit_cli.output.exit_codes import EXIT_DONE, EXIT_ERROR, EXIT_FINDINGS
from fixaudit_cli.output.ignored_state import mention_ignored
from fixaudit_cli.output.tally import Tally
from fixaudit_cli.output.terminal import note, progress

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Names


class Run:
    """Discovers the files of a request and yields their outcomes, counting as it goes.

    `scope` gives the limits of the run for its request; lines of `said` are not said again. `answers`
    names the findings of reports that a plan's edits answer, by fingerprint.
    """

    def __init__(
        self,
        request: Request,
        stdin_filename: str | None = None,
        scope: Callable[[Request], Scope] | None = None,
        speed: Speed | None = None,
    ) -> None:
        if stdin_filename is not None:
            request = _for_stdin(request, stdin_filename)
        self.scope = Scope()
        if scope is not None:
            self.scope = scope(request)
            if self.scope.limits_sites:
                request = replace(request, accept=self.scope)
        self.request = request
        self.stdin_path = Path(os.path.abspath(stdin_filename)) if stdin_filename else None
        self.worker = Worker(request)
        self.speed = speed or Speed()
        self.stdin_data = b""
        self.said: set[str] = set()
        self.answers: Names = {}

    def outcomes(self, tally: Tally) -> Iterator[Outcome]:
        """Every file's outcome in path order; paths that cannot be listed are counted as problems."""
        for outcome in self.raw(tally):
            narrowed = self.scope.narrowed(outcome)
            tally.add(narrowed)
            yield narrowed

    def raw(self, tally: Tally, *, quiet: bool = False) -> Iterator[Outcome]:
        """The outcomes before the scope narrows them, uncounted.

        A `quiet` run shows no progress, and no file imports what another one defines: some of them may
        not be taken.
        """
        if self.stdin_path is not None:
            self._check_set_up()
            self._say_withheld([self.stdin_path], tally)
            self.stdin_data = sys.stdin.buffer.read()
            self.worker.will_judge([self.stdin_path])
            yield self.worker.outcome_of(self.stdin_path, self.stdin_data)
            return
        say_of_tree(self.worker.root)
        execution = Execution(self.worker, self.speed)
        if not execution.is_known:
            self._check_set_up()
        said = execution.trouble
        if said is not None:
            note(said)
        found = self.worker.discover()
        for problem in found.problems:
            path = self.worker.relative(problem.path)
            tally.add_problem(Problem(path, problem.kind, problem.message, problem.line))
        self._say(found.left_alone(self.worker.relative))
        files = execution.part(self.scope.kept(found.files))
        self._say_withheld(files, tally)
        outcomes = execution.outcomes(files, apart=quiet)
        if self.speed.profile:
            from fixaudit_cli.output.reporting import profiled

            outcomes = profiled(outcomes, self.worker.project)
        yield from outcomes if quiet else progress(outcomes, len(files), "files")
        if execution.trouble is not None and execution.trouble != said:
            note(execution.trouble)  # the cache was torn in the middle

    def _say_withheld(self, files: Sequence[Path], tally: Tally) -> None:
        """Count what the selection would run in these files and may not: code nobody trusts."""
        configs = list(configurations(self.worker, files))
        self._say(notes(configs))
        tally.problems += (p for p in withheld(self.worker, configs) if p not in tally.problems)

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            if line not in self.said:
                self.said.add(line)
                note(line)

    def _check_set_up(self) -> None:
        """Refuse a wrong selector or option before any file is read, even where none is found."""
        config = self.worker.resolver.for_path(self.request.paths[0])
        self.worker.selected(config, Path(os.path.abspath(self.request.paths[0])))


def say_of_tree(root: Path) -> None:
    """Say of a tree, once a run, what is not opened or asked in it."""
    mention_ignored(root)
    without_git = foreign_note(root)
    if without_git is not None:
        note(without_git)


def exit_code(tally: Tally, *, acting: bool) -> int:
    """2 where a file could not be processed, 1 where there is something to act on, else 0."""
    if tally.problems:
        return EXIT_ERROR
    return EXIT_FINDINGS if acting else EXIT_DONE


def _for_stdin(request: Request, filename: str) -> Request:
    return replace(request, paths=(Path(filename),))
