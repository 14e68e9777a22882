"""A cited place while it is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fixaudit.model.outcome import Site
from fixaudit.plan.model import Anchor, Status
from fixaudit.reports.model import LineRange, Location, Snippet


@dataclass(slots=True)
class Wanted:
    """One cited place of one finding.

    `finding` is its number in the report. `sure_names` are definitions the place lies in, `names`
    those the report only speaks of. `path` is the file once it is known. `strong` says that the
    place was recognised by what stands there, not by a line number; `shift` is by how many lines it
    moved, where that is certain. `region` are the sites in the quoted code or named function;
    `loose` says that the cited line means some of them only,
    `tentative` that it hit one of several, maybe by chance.
    """

    finding: int
    location: Location | None
    cited: LineRange | None
    codemods: tuple[str, ...]
    sure_names: tuple[str, ...]
    names: tuple[str, ...]
    quotes: tuple[Snippet, ...]
    text: str
    path: str | None = None
    anchor: Anchor | None = None
    strong: bool = False
    shift: int | None = None
    region: tuple[Site, ...] = ()
    loose: bool = False
    tentative: bool = False

    def settle(self, status: Status, why: str, **details: Any) -> None:
        """Ends the search; `details` are further fields of the anchor."""
        self.anchor = Anchor(self.location, self.cited, status, why, **details)

    @property
    def lines(self) -> range:
        """The cited lines, at most fifty of them."""
        low, high = self.cited or (1, 0)
        return range(low, min(high, low + 49) + 1)


def overlap(one: LineRange, other: LineRange) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def extent(sites: Sequence[Site], otherwise: LineRange) -> LineRange:
    """The lines from the first site to the end of the last."""
    if not sites:
        return otherwise
    return min(s.line for s in sites), max(s.end_line for s in sites)


def moved(by: int) -> str:
    """How far, in words."""
    if by == 0:
        return "at the cited line"
    lines = "1 line" if abs(by) == 1 else f"{abs(by)} lines"
    return f"{lines} further {'down' if by > 0 else 'up'}"
