"""What became of one file: a closed set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fixaudit.model.finding import Finding, NeededModuleName, Verdict
from fixaudit.model.restoring import restored
from fixaudit.text.source_map import MappedEdit


@dataclass(frozen=True, slots=True)
class LocatedEdit:
    """An edit by 1-based lines and columns (in characters) of the file as it was read."""

    line: int
    column: int
    end_line: int
    end_column: int
    content: str

    __setstate__ = restored


class Held(StrEnum):
    """Why a finding whose codemod would edit is told as `review`."""

    UNSOUND = "unsound"
    """Verification refuses its edit."""
    WAITS = "waits"
    """The edit of another codemod goes first."""
    TAKEN_BACK = "taken-back"
    """Other codemods would take its edit back."""
    MADE_AGAIN = "made-again"
    """Its own codemod would make the edit again without end."""
    TOGETHER = "together"
    """A site that has to change with it stays."""


@dataclass(frozen=True, slots=True)
class LocatedFinding:
    """A finding placed in the file as it was read.

    Lines and columns are 1-based, columns in characters. `suppressed` says by what comment, if any.
    `applied` is true when its edits are part of the file's new content. `fingerprint` stays the
    same when lines move and when a formatter changes them. `path` is the file's, as its outcome names it. `arisen` says that the file as
    it was read does not hold the site: edits of other findings make it. `held` says why the run made
    it one for review, `rejected` that a review of the user's suppresses it, not a comment. `symbol` is the
    function or class that holds it (`Class.method`; empty at module level), `tokens` 16 hexadecimal digits
    of its code without formatting: by both a baseline knows it again.
    """

    finding: Finding
    line: int
    column: int
    end_line: int
    end_column: int
    fingerprint: str
    suppressed: str | None = None
    applied: bool = False
    edits: tuple[LocatedEdit, ...] = ()
    path: str = ""
    arisen: bool = False
    held: Held | None = None
    rejected: bool = False
    symbol: str = ""
    tokens: str = ""

    __setstate__ = restored

    @property
    def offered(self) -> tuple[LocatedEdit, ...]:
        """The edits that may be written as things stand; none where they are withheld."""
        return self.edits if self.finding.withheld is None else ()


def needs_action(site: LocatedFinding) -> bool:
    """True for what `check` fails on and a baseline records: not suppressed, not deliberately left."""
    return site.suppressed is None and site.finding.verdict is not Verdict.LEAVE


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be done: names the file, the line where there is one, and why.

    `kind` is a short word: `syntax`, `null-byte`, `encoding`, `cookie`, `unreadable`, `missing`,
    `codemod`, `verify`, `unsettled`, `format`, `timeout`, `worker`, ….
    """

    path: str
    kind: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth telling of a file, or a comment in it, that is no failure.

    `kind` is `skipped` for a file that was not looked at, `suppression` for a comment that says nothing fixaudit knows, `unused-suppression` for
    one that suppresses nothing.
    """

    path: str
    kind: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing to write; sites may still be there (`review`, `leave`, suppressed, unsafe).

    `later` are the sites that a run would make and write besides, in a check: `fix` where a run
    without unsafe edits does.
    """

    path: str
    sites: tuple[LocatedFinding, ...] = ()
    problems: tuple[Problem, ...] = ()
    later: tuple[LocatedFinding, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """`before` and `after` are the file's bytes; `problems` names findings that were dropped.

    `edits` lead from the one to the other: byte ranges of `before`, each with the findings that
    need it, so that a part of them can be taken back. `is_more` says that the file was told before, as
    unchanged: what it gets is for other files of the run.
    """

    path: str
    before: bytes
    after: bytes
    edits: tuple[MappedEdit, ...] = ()
    sites: tuple[LocatedFinding, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    is_more: bool = False

    @property
    def definitions(self) -> Iterator[tuple[LocatedFinding, NeededModuleName]]:
        """What the edits add that other files may take from this one, with the sites that need it."""
        for site in self.sites:
            for needed in site.finding.needed_names if site.applied else ():
                if isinstance(needed, NeededModuleName) and needed.shared_as:
                    yield site, needed


@dataclass(frozen=True, slots=True)
class Failed:
    """The file could not be processed; it stays as it is."""

    path: str
    problem: Problem


Outcome = Unchanged | Changed | Failed
