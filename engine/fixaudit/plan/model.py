"""What a plan is: findings of reports, where they really are, and what will happen to each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding, Problem
from fixaudit.reports.model import Exclusion, LineRange, Location, NotTaken, ReportFinding

VERSION = 2
"""Of the form of plan files."""


class Status(StrEnum):
    """Where a cited place is in the tree."""

    EXACT = "exact"
    MOVED = "moved"
    BY_SYMBOL = "by-symbol"
    BY_SNIPPET = "by-snippet"
    BY_PATTERN = "by-pattern"
    UNVERIFIED = "unverified"
    AMBIGUOUS = "ambiguous"
    NOT_FOUND = "not-found"
    NOT_PYTHON = "not-python"


class Flaw(StrEnum):
    """Whether what a finding objects to is in the tree, as far as that was looked at."""

    HERE = "here"
    """A codemod has a site to change at the place, or the very code that the report quotes stands there."""
    NOT_HERE = "not here"
    """The ledger or the history shows who repaired it, or the named site is right now."""
    NOT_CHECKED = "not checked"
    """Neither: that no codemod finds anything proves nothing."""


Confidence = Literal["high", "medium", "low"]


class Weight(IntEnum):
    """How much one reason to pair says. From `HINT` on it is said in words, not only shown in code."""

    CODE = 0
    HINT = 1
    PROBLEM = 2
    TITLE = 3
    RULE = 4


@dataclass(frozen=True, slots=True)
class Pair:
    """A codemod that answers a finding, or may; `reason` says by what.

    `high` ones act at the cited places and at the like places of the tree, `medium` ones at the
    cited places only. `weight` is that of the best reason (a `Weight`, 0 for what is only shown in
    code), `by_hand` says that a person settled it.
    """

    codemod: str
    code: str
    confidence: Confidence
    reason: str
    weight: int = 0
    by_hand: bool = False

    @property
    def spoken(self) -> bool:
        """True where the words of the problem, or a rule, speak for it."""
        return self.weight > 1

    @property
    def advised(self) -> bool:
        """True where no more than the words of the advice, or a weakness class, speak for it."""
        return self.weight == 1

    @property
    def acts(self) -> bool:
        return self.confidence != "low"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One cited place, found or not.

    `cited` is the line range of `location` this anchor is about, None where none is cited. `path`,
    `line` and `end_line` are where it is in the tree; `moved_by` counts lines (negative: up).
    `sites` are what the paired codemods found there. `candidates` are places that fit as well
    as each other, as `path` or `path:line`. `guessed` says that nothing but the lack of another site in
    the file speaks for the place, `quoted` that all of the quoted code stands there;
    `flaw` what is known of the flaw, `flaw_why` by what. `context` says that it is cited beside the
    places at which the finding is to be repaired: what is known of those decides. `left_out` says why
    a file that is there was not looked into.
    """

    location: Location | None
    cited: LineRange | None
    status: Status
    why: str = ""
    path: str | None = None
    line: int | None = None
    end_line: int | None = None
    moved_by: int | None = None
    sites: tuple[LocatedFinding, ...] = ()
    candidates: tuple[str, ...] = ()
    quoted: bool = False
    guessed: bool = False
    flaw: Flaw = Flaw.NOT_CHECKED
    flaw_why: str = ""
    context: bool = False
    left_out: str = ""

    @property
    def found(self) -> bool:
        return self.status not in (Status.AMBIGUOUS, Status.NOT_FOUND, Status.NOT_PYTHON)


def shows_flaw(site: LocatedFinding) -> bool:
    """True for a site that a codemod would change, or that only hints or its readers keep from it; one
    that it leaves for another reason says nothing of the flaw."""
    return site.finding.verdict is not Verdict.LEAVE or site.finding.withheld is not None


def all_gone(anchors: Iterable[Anchor]) -> bool:
    """True where the flaw is gone from every place at which the finding is to be repaired."""
    asked = [found.flaw for found in anchors if not found.context]
    return bool(asked) and set(asked) == {Flaw.NOT_HERE}


@dataclass(frozen=True, slots=True)
class Offer:
    """A codemod that may answer a finding that none answers: `reason` says why, `where` at what places.

    `accept` is what `--pair` is given to accept it; `path` and `line` are its first place, `sites` all.
    """

    codemod: str
    reason: str
    where: str
    accept: str
    path: str
    line: int
    sites: tuple[LocatedFinding, ...] = ()

    def told(self) -> str:
        """The whole in one sentence."""
        return f"`{self.codemod}` may answer it ({self.reason}), {self.where}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A finding of a report with everything known about it.

    `here` are the sites at its cited places, `elsewhere` further sites of the same codemods in the
    tree that call for action. `verdict` is one word for what happens: `fix`, `unsafe`, `review`,
    `leave`, `mixed`, `suppressed`, `fixed` (it is proved gone), `told fixed` and the like (the report
    itself has closed it), `manual`, `ambiguous`, `not-found`.
    `says` is the sentence behind it, `notes` what else a reader should know, `settings` the lines of a
    `fixaudit.toml` that it calls for. `by_hand` says that a person settled what answers it, `offers`
    what may answer a finding with the verdict `manual`, `decided` in words what a person has decided about
    it, `set_aside` that this keeps it as it is.
    """

    report: str
    finding: ReportFinding
    pairs: tuple[Pair, ...]
    anchors: tuple[Anchor, ...]
    here: tuple[LocatedFinding, ...]
    elsewhere: tuple[LocatedFinding, ...]
    verdict: str
    says: str
    notes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    by_hand: bool = False
    offers: tuple[Offer, ...] = ()
    decided: str = ""
    set_aside: bool = False

    @property
    def told(self) -> str:
        """All that is said of it, in one line."""
        return "; ".join((self.says, *self.notes, *(offer.told() for offer in self.offers)))

    @property
    def flaw(self) -> Flaw:
        """Whether the flaw is in the tree: here at one place is here; gone only where it is at all."""
        shown = any(shows_flaw(site) for site in self.here)
        if shown or any(found.flaw is Flaw.HERE for found in self.anchors):
            return Flaw.HERE
        return Flaw.NOT_HERE if all_gone(self.anchors) else Flaw.NOT_CHECKED

    @property
    def codemods(self) -> tuple[str, ...]:
        """The names of the codemods that act on it."""
        return tuple(pair.codemod for pair in self.pairs if pair.acts)


@dataclass(frozen=True, slots=True)
class ReportHead:
    """A report that was read: the name it was read under, and what it holds besides findings."""

    source: str
    format: str
    exclusions: tuple[Exclusion, ...] = ()
    not_taken: tuple[NotTaken, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A site with edits at a place that a report asks to keep as it is.

    It is `spared` unless the person who makes the plan wants what reports keep edited too. `by_hand` says
    that it is that person who keeps it.
    """

    site: LocatedFinding
    warning: str
    spared: bool = True
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """A plan over one tree. `files` maps paths to the SHA-256 of their bytes as they were read."""

    reports: tuple[ReportHead, ...]
    findings: tuple[Planned, ...]
    files: dict[str, str] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()
    problems: tuple[Problem, ...] = ()
