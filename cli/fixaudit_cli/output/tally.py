"""Counts of a run: files, verdicts, codemods; the same numbers for every output format."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import (
    Changed,
    Failed,
    LocatedFinding,
    Note,
    Outcome,
    Problem,
    Unchanged,
)
from fixaudit.model.outcome import needs_action as needs_action

VERDICTS = tuple(Verdict)


@dataclass(slots=True)
class Tally:
    """The counts of a run so far; a suppressed site counts as that and by no verdict.

    `refused` says that nothing was written at all; `dropped` are fingerprints of edits that were
    taken back, `unwritten` paths of files that could not be written. `later` counts the sites that
    edits of others make: those of a check are in no other count. Notes of unused suppressions are
    counted where `shows_unused`.
    """

    files: int = 0
    changed: int = 0
    failed: int = 0
    applied: int = 0
    applied_unsafe: int = 0
    suppressed: int = 0
    rejected: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    codemods: defaultdict[str, Counter[Verdict]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False
    dropped: set[str] = field(default_factory=set)
    unwritten: set[str] = field(default_factory=set)
    shows_unused: bool = False
    notes: list[Note] = field(default_factory=list)
    _arisen: list[LocatedFinding] = field(default_factory=list)
    _applied_in: Counter[str] = field(default_factory=Counter)
    _told: frozenset[Note] = field(init=False)  # before any file: by a plan

    def __post_init__(self) -> None:
        self._told = frozenset(self.notes)

    def add(self, outcome: Outcome) -> None:
        """Count one file."""
        if isinstance(outcome, Failed):
            self.files += 1
            self.failed += 1
            self.problems.append(outcome.problem)
            return
        is_more = isinstance(outcome, Changed) and outcome.is_more
        self.files += not is_more and not any(note.kind == "skipped" for note in outcome.notes)
        self.changed += isinstance(outcome, Changed)
        self.problems += outcome.problems
        shown = worth_telling(outcome.notes, shows_unused=self.shows_unused)
        self.notes += (note for note in shown if note not in self._told)
        self._arisen += later_of(outcome)
        for site in outcome.sites:
            self.add_site(site)

    def add_site(self, site: LocatedFinding) -> None:
        if site.suppressed is None:
            self.verdicts[site.finding.verdict] += 1
            self.codemods[site.finding.codemod][site.finding.verdict] += 1
        self.applied += site.applied
        if site.arisen and site.applied:
            self._arisen.append(site)
        self._applied_in[site.path] += site.applied
        self.applied_unsafe += site.applied and site.finding.verdict is Verdict.UNSAFE
        self.suppressed += site.suppressed is not None
        self.rejected += site.rejected

    @property
    def later(self) -> Counter[Verdict]:
        """How many sites edits of others make, by verdict."""
        return Counter(site.finding.verdict for site in self.made_later)

    @property
    def made_later(self) -> list[LocatedFinding]:
        """The sites that edits of others make; of a run that writes, the written ones."""
        return [site for site in self._arisen if self.told(site).applied]

    def add_problem(self, problem: Problem) -> None:
        """Count a path that did not become an outcome (it does not exist, cannot be listed)."""
        self.failed += 1
        self.problems.append(problem)

    def nothing_written(self) -> None:
        """Count no file as changed: the run was refused."""
        self.changed = self.applied = self.applied_unsafe = 0
        self.refused = True

    def not_written(self, path: str) -> None:
        """Count no edit of a file that could not be written."""
        self.unwritten.add(path)
        self.applied -= self._applied_in.pop(path, 0)

    def drop(self, fingerprint: str) -> None:
        """Count an edit no more that was taken back after it was written."""
        self.dropped.add(fingerprint)
        self.applied -= 1

    def told(self, site: LocatedFinding) -> LocatedFinding:
        """The site as it is at the end: not applied where its edit was not written or taken back."""
        gone = self.refused or site.path in self.unwritten or site.fingerprint in self.dropped
        return replace(site, applied=False) if site.applied and gone else site


def sites_of(outcome: Outcome) -> tuple[LocatedFinding, ...]:
    """The sites of a file, none where it failed."""
    return outcome.sites if isinstance(outcome, (Changed, Unchanged)) else ()


def later_of(outcome: Outcome) -> tuple[LocatedFinding, ...]:
    """The sites that a run makes and writes besides those of a file that was only checked."""
    return outcome.later if isinstance(outcome, Unchanged) else ()


def worth_telling(notes: Iterable[Note], *, shows_unused: bool = False) -> list[Note]:
    """The notes that a run tells; those of unused suppressions are told on request."""
    return [note for note in notes if shows_unused or note.kind != "unused-suppression"]
