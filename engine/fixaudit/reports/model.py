"""What an audit report says, as data: findings, what it wants kept, and what was not taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "high", "medium", "low", "info"]
Role = Literal["offending", "recommended", "unknown"]
Format = Literal["markdown", "html", "text", "xml", "sarif", "json", "csv"]
LineRange = tuple[int, int]
Disposition = Literal["open", "fixed", "deferred", "false-positive", "accepted", "keep", "none"]
"""What the report says is to become of a finding: all but `open` and `deferred` ask for no edit."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place a report cites. A hint, never a truth: the tree may have moved since.

    `written` is the path as the report has it; `path` the same with `/` separators and without
    leading `./` or `/`, or None where only a symbol is named. It may be a base name, a suffix of
    the real path, longer than it (an absolute path of the auditor's machine), or a directory
    (then it ends in `/`). `ranges` are inclusive 1-based line ranges, as cited. `outside_tree` is
    True where the path climbs above the root: such a path must not be opened.
    """

    written: str
    path: str | None
    ranges: tuple[LineRange, ...] = ()
    symbols: tuple[str, ...] = ()
    remark: str = ""
    line: int = 0
    outside_tree: bool = False


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code quoted by the report. `location` is what a leading `# pkg/a.py:12` comment names."""

    language: str
    code: str
    role: Role
    line: int
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """Another line where the report speaks of a finding: a summary, quick win, checklist, ...

    `section` is the heading it stands under; `checked` the state of its box, None without one;
    `end_line` the last line it takes up, 0 for one line alone.
    """

    line: int
    section: str
    text: str
    checked: bool | None = None
    end_line: int = 0


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One thing the report wants changed; `id` is unique within its report.

    `id` is the report's own number where it has one (`1.2`, `SEC-004`), else `L<line>`.
    `severity_text` keeps the report's own words. `line` and `end_line` bound its main passage
    (1-based, inclusive): for a table row or a list item that item alone. `rules` are rule and
    weakness ids named (`S324`, `CWE-327`); `symbols` the identifiers quoted in title and problem.
    `checked` is True where its own box is ticked, False where it is empty; the box of a step or of
    advice is not its own. `by_tool` says that it is a line of a scanner's output. `disposition` is what
    the report says is to become of it.
    """

    id: str
    title: str
    line: int
    end_line: int
    severity: Severity | None = None
    severity_text: str = ""
    category: str = ""
    locations: tuple[Location, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    problem: str = ""
    recommendation: str = ""
    rules: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    checked: bool | None = None
    by_tool: bool = False
    disposition: Disposition = "open"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Something the report asks to leave as it is, or says is dealt with; `disposition` says which."""

    text: str
    line: int
    section: str
    locations: tuple[Location, ...] = ()
    symbols: tuple[str, ...] = ()
    disposition: Disposition = "keep"
    end_line: int = 0


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A passage with a location or code that is no finding, and why."""

    line: int
    text: str
    why: str
    end_line: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `source` is the name it was read under, `head` the text of its first lines."""

    source: str
    format: Format
    findings: tuple[ReportFinding, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    not_taken: tuple[NotTaken, ...] = ()
    warnings: tuple[str, ...] = ()
    head: str = ""
