"""What `fixaudit apply` does with the outcomes: limit, review, print and write them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fixaudit.config.request import Request
from fixaudit.model.outcome import Changed, Outcome
from fixaudit.pipeline.execution import Speed
from fixaudit_cli.options.scope import Scope, ScopeOptions, changed_scope
from fixaudit_cli.options.write_options import Mode, ReviewOptions, WriteOptions
from fixaudit_cli.output.formats import text
from fixaudit_cli.output.formats.document import collector, put
from fixaudit_cli.output.preview import Preview, Row
from fixaudit_cli.output.tally import Tally
from fixaudit_cli.output.terminal import Painter, give_up, write, write_bytes
from fixaudit_cli.review.decisions import Decisions, load
from fixaudit_cli.run import Run
from fixaudit_cli.write.patching import write_patch

if TYPE_CHECKING:
    from fixaudit_cli.options.options import OutputOptions


@dataclass(slots=True)
class Limits:
    """What a run is limited to: changed files and lines, and what was rejected in reviews.

    `wanted` are the fingerprints of the sites of a plan; None where there is none.
    """

    scope: ScopeOptions
    review: ReviewOptions
    wanted: frozenset[str] | None = None
    decisions: Decisions = field(init=False)

    def run(self, request: Request, stdin_filename: str | None, speed: Speed | None = None) -> Run:
        """The limited run. Raises ConfigError, GitError, DecisionsError, NoTerminalError."""
        if self.review.interactive:
            from fixaudit_cli.review.keyboard import dialog_stream

            dialog_stream()  # without a terminal, fail before anything is read
        return Run(request, stdin_filename, self._scope, speed)

    def _scope(self, request: Request) -> Scope:
        named = self.review.decisions
        self.decisions = load(
            request.base, named, must=named is not None and not self.review.interactive
        )
        rejected = {} if self.review.ask_again else self.decisions.rejected()
        scope = replace(changed_scope(self.scope, request), rejected=rejected, wanted=self.wanted)
        return replace(scope, files=frozenset()) if self.wanted == frozenset() else scope

    def outcomes(self, run: Run, tally: Tally, store: bool) -> Iterator[Outcome]:
        """The outcomes of the run, after a review where one is wanted.

        `store` says whether its decisions are written to their file. What a named file accepts is
        accepted again without a question.
        """
        if not self.review.interactive:
            return run.outcomes(tally)
        from fixaudit_cli.review.interactive import Review

        replayed = self.review.decisions is not None and not self.review.ask_again
        accepted = frozenset(self.decisions.accepted()) if replayed else frozenset[str]()
        return Review(run, self.decisions, replay=accepted, store=store).outcomes(tally)


@dataclass(slots=True)
class Sink:
    """Where the changes go. `take` pulls them one by one and holds none of them.

    `argv` is the command line, for the ledger.
    """

    run: Run
    tally: Tally
    options: WriteOptions
    argv: tuple[str, ...] = ()

    def take(self, changes: Iterator[Changed]) -> None:
        """Use up all changes. Raises FixauditError where they cannot be written."""
        if self.options.mode is Mode.WRITE:
            from fixaudit_cli.write.transaction import Transaction

            Transaction(self.run, self.options, self.argv).write(changes, self.tally)
        elif self.options.mode is Mode.PATCH and self.options.patch is not None:
            write_patch(self.options.patch, changes, self.run.answers)
        for _ in changes:
            pass


def emit(outcomes: Iterable[Outcome], sink: Sink, output: OutputOptions) -> None:
    """Print the outcomes in the wanted format, and let the sink take the changes."""
    writing = sink.options
    shown = writing.dry_run if output.diff is None else output.diff
    report = writing.dry_run or writing.check or output.diff
    if output.output_format != "text":
        as_document(outcomes, sink, output.output_format)
    elif output.stdin_filename is not None and not report:
        as_filter(sink.run, outcomes)
    else:
        as_text(outcomes, sink, output, diff=bool(shown))


def as_filter(run: Run, outcomes: Iterable[Outcome]) -> None:
    """Standard input to standard output: the changed text, or the text as it came."""
    for outcome in outcomes:
        write_bytes(outcome.after if isinstance(outcome, Changed) else run.stdin_data)


def as_document(outcomes: Iterable[Outcome], sink: Sink, format: str) -> None:
    """One of the formats for programs, after the changes are written."""
    collected = collector(format, sink.tally, sink.run.worker, sink.run.answers)

    def changes() -> Iterator[Changed]:
        for outcome in outcomes:
            collected.add(outcome)
            if isinstance(outcome, Changed):
                yield outcome

    sink.take(changes())
    collected.settle()
    put(format, collected)


def as_text(outcomes: Iterable[Outcome], sink: Sink, output: OutputOptions, *, diff: bool) -> None:
    """The sites with their reasons, and the diff where it is wanted.

    A run that writes shows them when it has written: some edits may not have stayed.
    """
    preview = Preview(verbose=output.verbose, patches=diff, answers=sink.run.answers)
    held: list[Row] = []

    def changes() -> Iterator[Changed]:
        for outcome in outcomes:
            if not output.statistics:
                held.append(preview.row(outcome))
                if sink.options.mode is not Mode.WRITE:
                    _show(preview, held.pop(), sink.options.mode)
            if isinstance(outcome, Changed):
                yield outcome

    sink.take(changes())
    for row in held:
        _show(preview, row.told(sink.tally), sink.options.mode)
    if output.statistics:
        write(text.statistics(sink.tally, Painter(sys.stdout)))


def _show(preview: Preview, row: Row, mode: Mode) -> None:
    try:
        preview.show(row)
    except BrokenPipeError:
        if mode is Mode.SHOW:
            raise
        # The reader of standard output (`head`) has ended; the changes are written all the same.
        give_up(sys.stdout)
