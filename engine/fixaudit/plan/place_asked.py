"""One place of a finding while its past is looked at: its own code, its function, what changed it since."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fixaudit.plan.codebase import Definition
from fixaudit.plan.old_code import NEAR, OldFile, OldFiles
from fixaudit.plan.own_code import OwnLines
from fixaudit.plan.past import FileChange
from fixaudit.reports.model import LineRange, ReportFinding


@dataclass
class PlaceAsked:
    """A place and what is known of its past.

    `versions` are the file as the report may have seen it, the likeliest first, `changes` all that
    changed it, the newest first. `named` are definitions that the report places the flaw in.
    `written` is the ISO date of the report, empty where it is not known.
    """

    finding: ReportFinding
    path: str
    cited: LineRange | None
    own: OwnLines
    codemods: tuple[str, ...]
    versions: list[bytes]
    changes: list[FileChange]
    named: tuple[str, ...]
    written: str
    files: OldFiles

    @cached_property
    def seen(self) -> OldFile | None:
        """The file as the report saw it."""
        return self.files.of(self.versions[0]) if self.versions else None

    @cached_property
    def since(self) -> list[FileChange]:
        """What changed the file after the report saw it, the newest first; nothing where that
        version is not among them."""
        for number, change in enumerate(self.changes):
            if self.versions and change.before == self.versions[0]:
                return self.changes[: number + 1]
        return []

    @cached_property
    def later(self) -> list[FileChange]:
        """What changed the file since the day of the report, and that day."""
        days = self.changes if self.written else []
        return [
            c for c in self.changes if c in self.since or (c in days and c.by.date >= self.written)
        ]

    @cached_property
    def symbol(self) -> str:
        """The name of the function or class that the cited lines are of, or that the report names and
        the file defines; empty where neither is."""
        if self.seen is None:
            return ""
        if self.cited is not None:
            return _innermost(self.seen.definitions, self.cited)
        return self.titled

    @cached_property
    def titled(self) -> str:
        """The function or class that the report names, where the file defines one of that name."""
        known = (
            [e.name for e in self.seen.definitions if _ends(e.name, self.named)]
            if self.seen
            else []
        )
        return known[0] if len(known) == 1 else ""

    @cached_property
    def only(self) -> bool:
        """True where the report cites no other place of the finding in this file."""
        whole = f"/{self.path}"
        here = [e for e in self.finding.locations if e.path and whole.endswith(f"/{e.path}")]
        return sum(len(e.ranges) or 1 for e in here) < 2

    @cached_property
    def beside(self) -> list[str]:
        """The other functions of the file that the report names, where it cites no other place there."""
        known = self.seen.definitions if self.seen is not None and self.only else ()
        named = (e.name for e in known if _ends(e.name, self.finding.symbols))
        return [name for name in named if name != self.symbol]

    def region(self, old: OldFile, symbol: str) -> list[str] | None:
        """The lines of a function in a version of the file; None where it has none of the name."""
        last = symbol.rpartition(".")[2]
        if not last or last not in old.code:
            return None
        exact = [e for e in old.definitions if e.name == symbol]
        found = exact or [e for e in old.definitions if e.name.rpartition(".")[2] == last]
        return old.lines[found[0].line - 1 : found[0].end_line] if len(found) == 1 else None

    @cached_property
    def seen_there(self) -> str:
        """The code of the place as the report saw it: its function, or the cited lines and those around."""
        if self.seen is None:
            return ""
        low, high = self.cited or (1, len(self.seen.lines))
        region = self.region(self.seen, self.symbol)
        around = self.seen.lines[max(0, low - NEAR // 2) : high + NEAR]
        return "\n".join(around if region is None else region)


def _innermost(definitions: Sequence[Definition], cited: LineRange) -> str:
    """The smallest definition that holds the cited lines, or begins at the first of them."""
    inside = [e for e in definitions if e.line <= cited[0] and cited[1] <= e.end_line]
    begun = [e for e in definitions if cited[0] <= e.line <= cited[0] + 1]
    found = min(inside, key=lambda e: e.end_line - e.line, default=None)
    if found is None or (begun and found.line < cited[0]):
        inner = [e for e in begun if found is None or e.end_line <= found.end_line]
        found = inner[0] if len(inner) == 1 else found
    return found.name if found is not None else ""


def _ends(name: str, wanted: Sequence[str]) -> bool:
    return any(name == each or name.endswith(f".{each}") for each in wanted)


def titled_names(finding: ReportFinding) -> list[str]:
    """The names that a finding's title holds of those that it quotes."""
    words = set(re.findall(r"[\w.]+", finding.title))
    return [name for name in finding.symbols if name in words]
