"""What a walk through a report collects before repeats are merged."""

from __future__ import annotations

from dataclasses import dataclass, field

from fixaudit.reports.finding_body import Body
from fixaudit.reports.markdown_tree import Fence, Line, Section
from fixaudit.reports.model import Exclusion, Location, NotTaken, Severity
from fixaudit.reports.titles import Title
from fixaudit.reports.vocabulary import Part


@dataclass(frozen=True, slots=True)
class Where:
    """Where in the report the walk is: what the headings above say."""

    part: Part | None = None
    severity: Severity | None = None
    severity_text: str = ""
    section: str = ""
    category: str = ""
    holds_issues: bool = False
    path: Location | None = None
    number: str | None = None


@dataclass(slots=True)
class Candidate:
    """A passage that is a finding or repeats one. `text` is its first line as it reads."""

    title: Title
    text: str
    line: int
    end: int
    body: Body
    where: Where
    checked: bool | None = None
    whole_section: bool = False

    @property
    def has_place(self) -> bool:
        return bool(self.title.locations or self.body.locations())

    @property
    def has_code(self) -> bool:
        return bool(self.body.snippets)


@dataclass(slots=True)
class Sink:
    candidates: list[Candidate] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    not_taken: list[NotTaken] = field(default_factory=list)

    def refuse(self, line: Line | Section | Fence, text: str, why: str) -> None:
        self.not_taken.append(NotTaken(_number(line), " ".join(text.split())[:160], why))


def _number(of: Line | Section | Fence) -> int:
    return of.number if isinstance(of, Line) else of.line
