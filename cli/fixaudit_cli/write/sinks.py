"""What `fixaudit apply` does with the outcomes: limit, ask, print, and write them one way or other."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.config.request import Request
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Changed, Outcome
from fixaudit.pipeline.execution import Speed
from fixaudit_cli.options.scope import Scope, Since, changed_scope
from fixaudit_cli.options.write_options import Job
from fixaudit_cli.output.formats import text
from fixaudit_cli.output.formats.document import collector, render
from fixaudit_cli.output.preview import Preview
from fixaudit_cli.output.tally import Tally
from fixaudit_cli.output.terminal import Painter, note, write, write_bytes
from fixaudit_cli.review.decisions import Decisions, load
from fixaudit_cli.run import Run
from fixaudit_cli.write.patching import write_patch

if TYPE_CHECKING:
    from fixaudit_cli.review.interactive import Review


class Mode(Enum):
    """What becomes of the changes: shown only, written as one patch, or written to the files."""

    SHOW, PATCH, WRITE = range(3)


@dataclass(slots=True)
class Limits:
    """What a run is limited to: changed files and lines, and what was rejected in reviews.

    `wanted` are the fingerprints of the sites of a plan; None where there is none.
    """

    since: Since
    named: Path | None
    ask_again: bool
    interactive: bool
    wanted: frozenset[str] | None = None
    decisions: Decisions = field(init=False)

    def run(self, request: Request, stdin_filename: str | None, speed: Speed | None = None) -> Run:
        """The limited run. Raises ConfigError, GitError, DecisionsError, NoTerminalError."""
        if self.interactive:
            from fixaudit_cli.review.keyboard import dialog_stream

            dialog_stream()  # nobody there to answer: say so before anything is read
        return Run(request, stdin_filename, self._scope, speed)

    def _scope(self, root: Path) -> Scope:
        self.decisions = load(
            root, self.named, must=self.named is not None and not self.interactive
        )
        rejected = {} if self.ask_again else self.decisions.rejected()
        scope = replace(changed_scope(self.since, root), rejected=rejected, wanted=self.wanted)
        return replace(scope, files=frozenset()) if self.wanted == frozenset() else scope

    def reviewed(self, run: Run, store: bool) -> Review:
        """The run with its findings asked about; accepted ones are replayed from a named file."""
        from fixaudit_cli.review.interactive import Review

        replayed = self.named is not None and not self.ask_again
        accepted = frozenset(self.decisions.accepted()) if replayed else frozenset[str]()
        return Review(run, self.decisions, replay=accepted, store=store)


@dataclass(slots=True)
class Sink:
    """Where the changes go. `take` pulls them one by one and holds none of them."""

    run: Run
    tally: Tally
    job: Job
    mode: Mode
    patch: Path | None

    def take(self, changes: Iterator[Changed]) -> None:
        """Use up all changes. Raises FixauditError where they cannot be written."""
        if self.mode is Mode.WRITE:
            from fixaudit_cli.write.transaction import Transaction

            Transaction(self.run, self.job).write(changes, self.tally)
        elif self.mode is Mode.PATCH and self.patch is not None:
            write_patch(self.patch, changes)
        for _ in changes:
            pass


def as_filter(run: Run, outcomes: Iterable[Outcome]) -> None:
    """Standard input to standard output: the changed text, or the text as it came."""
    for outcome in outcomes:
        write_bytes(outcome.after if isinstance(outcome, Changed) else run.stdin_data)


def as_document(outcomes: Iterable[Outcome], tally: Tally, sink: Sink, format: str) -> None:
    """One of the formats for programs, after the changes are where they belong."""
    collected = collector(format, tally, sink.run.worker)

    def changes() -> Iterator[Changed]:
        for outcome in outcomes:
            collected.add(outcome)
            if isinstance(outcome, Changed):
                yield outcome

    sink.take(changes())
    for piece in render(format, collected):
        write(piece)


def as_text(
    outcomes: Iterable[Outcome],
    tally: Tally,
    sink: Sink,
    *,
    diff: bool,
    statistics: bool,
    verbose: bool,
) -> None:
    """The sites with their reasons, and the diff where it is wanted."""
    preview = Preview(verbose=verbose, patches=diff)

    def changes() -> Iterator[Changed]:
        for outcome in outcomes:
            if not statistics:
                _show(preview, outcome, sink.mode)
            if isinstance(outcome, Changed):
                yield outcome

    sink.take(changes())
    if statistics:
        write(text.statistics(tally, Painter(sys.stdout)))


def _show(preview: Preview, outcome: Outcome, mode: Mode) -> None:
    try:
        preview.show(outcome)
    except BrokenPipeError:
        if mode is Mode.SHOW:
            raise
        # Whoever read along went away (`head`); what was asked for is written all the same.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def summary(tally: Tally, mode: Mode) -> None:
    """What was done and what can be done next, on stderr."""
    verb = "changed" if mode is Mode.WRITE else "would change"
    note(
        f"{text.counted(tally.applied, 'edit')} in {text.counted(tally.changed, 'file')} {verb},"
        f" of {text.counted(tally.files, 'file')} looked at"
    )
    for name, counts in sorted(tally.codemods.items()):
        row = ", ".join(
            f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]
        )
        note(f"  {name}: {row}")
    if tally.problems:
        note(f"{text.counted(len(tally.problems), 'problem')}, named above")
    if tally.rejected:
        note(
            f"{text.counted(tally.rejected, 'site')} left alone that a review rejected;"
            " --ask-again does not heed that"
        )
    open_unsafe = tally.verdicts[Verdict.UNSAFE] - tally.applied_unsafe
    if open_unsafe > 0:
        note(f"next: {text.counted(open_unsafe, 'site')} more with --unsafe")
    if tally.verdicts[Verdict.REVIEW]:
        for_review = text.counted(tally.verdicts[Verdict.REVIEW], "site")
        note(f"next: {for_review} for review: `fixaudit check`")
    if tally.changed and mode is Mode.SHOW:
        note("next: the same without --dry-run writes it")
