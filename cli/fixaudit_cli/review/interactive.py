"""`apply --interactive`: ask about every finding that would be applied, then apply the accepted ones.

The file is processed twice: once to show all findings, once with the accepted ones alone, so that
imports and formatting fit what is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from fixaudit.model.outcome import Changed, Failed, Outcome, Problem, Unchanged
from fixaudit.pipeline.together import units, why_it_stays
from fixaudit.text.source_map import MappedEdit
from fixaudit_cli.output.tally import Tally
from fixaudit_cli.output.terminal import note
from fixaudit_cli.review.decisions import Decisions
from fixaudit_cli.review.dialog import Answer, Dialog, FileReview
from fixaudit_cli.review.hunks import Hunk, spliced, together
from fixaudit_cli.review.keyboard import Keyboard, dialog_stream
from fixaudit_cli.review.soundness import unsound
from fixaudit_cli.run import Run


@dataclass(slots=True)
class _Choice:
    """The result of a file's review: findings accepted whole, and edits made by hand or in part."""

    accepted: set[str] = field(default_factory=set)
    custom: dict[str, tuple[MappedEdit, ...]] = field(default_factory=dict)


class Review:
    """A run with a question about each finding; its outcomes hold the accepted ones.

    `replay` are fingerprints accepted before, which get no question. `store` says whether the
    decisions are written to their file.

    Raises:
        NoTerminalError: standard input or output is no terminal.
    """

    def __init__(
        self, run: Run, decisions: Decisions, *, replay: frozenset[str], store: bool
    ) -> None:
        self._run = run
        self._decisions = decisions
        self._replay = replay
        self._store = store
        stream = dialog_stream()
        self._dialog = Dialog(Keyboard(stream), stream, _trouble, run.answers)

    def outcomes(self, tally: Tally) -> Iterator[Outcome]:
        """As `Run.outcomes`, after the review."""
        entries: list[Outcome | FileReview] = []
        try:
            self._dialog.run(self._reviews(tally, entries))
        finally:
            choices = {id(entry): self._choice(entry) for entry in _reviewed(entries)}
            self._leave_halves([(entry, choices[id(entry)]) for entry in _reviewed(entries)])
            if self._store and choices:
                self._decisions.save()
        scope = replace(
            self._run.scope, rejected={**self._run.scope.rejected, **self._decisions.rejected()}
        )
        for entry in entries:
            if isinstance(entry, FileReview):
                entry = self._final(entry, choices[id(entry)])
            narrowed = scope.narrowed(entry)
            tally.add(narrowed)
            yield narrowed

    def _reviews(self, tally: Tally, entries: list[Outcome | FileReview]) -> Iterator[FileReview]:
        worker = self._run.worker
        request = worker.request
        # Formatting belongs to no single finding: the final outcome has it.
        worker.request = replace(request, format=False)
        try:
            for outcome in self._run.raw(tally, quiet=True):
                if isinstance(outcome, Changed):
                    review = FileReview.of(outcome, self._replay)
                    entries.append(review)
                    yield review
                else:
                    entries.append(outcome)
        finally:
            worker.request = request

    def _choice(self, review: FileReview) -> _Choice:
        """The findings and edits that a file's answers accept; the answers are added to the decisions."""
        choice = _Choice(set(review.replayed))
        for hunks, answers in _by_finding(review):
            site = hunks[0].site
            if any(answer is None for answer in answers):
                continue
            edits = [
                edit
                for hunk, answer in zip(hunks, answers, strict=True)
                for edit in _made(hunk, answer)
            ]
            if all(answer is True for answer in answers):
                choice.accepted.add(site.fingerprint)
            elif edits:
                choice.custom[site.fingerprint] = tuple(edits)
            self._decisions.decide(site, "accepted" if edits else "rejected")
        return choice

    def _leave_halves(self, reviews: list[tuple[FileReview, _Choice]]) -> None:
        """Take back, and say so, what goes together with a finding that was not accepted as it is."""
        choice_of = {
            id(site): choice
            for review, choice in reviews
            for site in review.outcome.sites
            if site.applied
        }
        sites = [s for review, _ in reviews for s in review.outcome.sites if id(s) in choice_of]
        for unit in units(sites) if any(site.finding.together for site in sites) else ():
            taken = [site for site in unit if site.fingerprint in choice_of[id(site)].accepted]
            names = {site.fingerprint for site in taken}
            out = next((site for site in unit if site.fingerprint not in names), None)
            for site in taken:
                if out is None:
                    break
                reason = why_it_stays(out, site.path, "it was not accepted")
                choice_of[id(site)].accepted.discard(site.fingerprint)
                self._decisions.forget(site)
                place = os.fspath(self._run.worker.root / site.path)
                self._run.worker.parted.setdefault(place, {})[site.fingerprint] = reason
                note(f"{site.path}:{site.line} is not applied: {reason}")

    def _final(self, review: FileReview, choice: _Choice) -> Outcome:
        """The file with what was accepted, and nothing else."""
        run, shown = self._run, review.outcome
        worker, request = run.worker, run.worker.request
        worker.request = replace(request, accept=lambda site: site.fingerprint in choice.accepted)
        try:
            outcome = worker.outcome_of(worker.root / shown.path, shown.before)
        finally:
            worker.request = request
        if isinstance(outcome, Failed):
            return outcome
        for fingerprint, edits in choice.custom.items():
            outcome = _with_custom(outcome, shown, fingerprint, edits)
        return outcome


def _reviewed(entries: list[Outcome | FileReview]) -> Iterator[FileReview]:
    return (entry for entry in entries if isinstance(entry, FileReview))


def _by_finding(review: FileReview) -> Iterator[tuple[list[Hunk], list[Answer | None]]]:
    groups: dict[str, tuple[list[Hunk], list[Answer | None]]] = {}
    for hunk, answer in zip(review.hunks, review.answers, strict=True):
        hunks, answers = groups.setdefault(hunk.site.fingerprint, ([], []))
        hunks.append(hunk)
        answers.append(answer)
    yield from groups.values()


def _made(hunk: Hunk, answer: Answer | None) -> tuple[MappedEdit, ...]:
    """The edits an answer stands for."""
    if answer is True:
        return hunk.edits
    return answer or ()


def _with_custom(
    outcome: Changed | Unchanged, shown: Changed, fingerprint: str, edits: tuple[MappedEdit, ...]
) -> Changed | Unchanged:
    """The outcome with edits made by hand, or with a problem that gives the reason why not."""
    base = outcome.edits if isinstance(outcome, Changed) else ()
    both = together(base, edits)
    site = next(site for site in shown.sites if site.fingerprint == fingerprint)
    trouble: str | None = "it contradicts another accepted hunk"
    after = b""
    if both is not None:
        after = spliced(shown.before, both)
        trouble = unsound(shown.path, shown.before, after)
    if both is None or trouble is not None:
        message = f"the hunk of {site.finding.codemod} edited by hand was dropped: {trouble}"
        problem = Problem(shown.path, "verify", message, site.line)
        return replace(outcome, problems=(*outcome.problems, problem))
    sites = tuple(
        replace(entry, applied=True) if entry.fingerprint == fingerprint else entry
        for entry in outcome.sites
    )
    return Changed(
        shown.path, shown.before, after, tuple(both), sites, outcome.problems, outcome.notes
    )


def _trouble(hunk: Hunk, edits: tuple[MappedEdit, ...]) -> str | None:
    """What is wrong with a file that holds these edits of one hunk alone."""
    return unsound(hunk.site.path, hunk.before, spliced(hunk.before, edits))
