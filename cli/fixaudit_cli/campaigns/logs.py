"""The ends of the logs of commands that were red, as the result of a batch keeps them: masked, and cut."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixaudit.campaigns.report import BatchReport

_SHORT = 3
"""So many lines hold the summary of the usual test runners."""


@dataclass(frozen=True, slots=True)
class Log:
    """The end of what one command printed. `title` is one line: which command, and where."""

    title: str
    tail: str


def logs(report: BatchReport) -> list[Log]:
    """Each once: of commands that dropped sites, and of those that kept the batch from being judged."""
    dropped = ((entry.command, entry.place.folder, entry.tail) for entry in report.dropped)
    found = dict.fromkeys((*dropped, *_of_checks(report)))
    return [
        Log(f"`{shlex.join(command)}` in {folder or '.'}", tail)
        for command, folder, tail in found
        if tail
    ]


def _of_checks(report: BatchReport) -> Iterator[tuple[tuple[str, ...], str, str]]:
    for row in report.checks:
        if row.tail and {row.before, row.after} & {"red", "timeout"}:
            yield row.command, row.place.folder, row.tail


def lines_of(tail: str, most: int | None = None) -> Iterable[str]:
    """The lines of a log, marked as such; the last ones, where `most` is given."""
    lines = tail.splitlines()
    return (f"  | {line}" for line in (lines if most is None else lines[-most:]))


def short_lines(tail: str) -> Iterable[str]:
    """What a line on the terminal is followed by: the summary at the end."""
    return lines_of(tail, _SHORT)
