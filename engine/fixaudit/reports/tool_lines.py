"""Output of linters pasted into a report: `pkg/a.py:14:5: S324 ...`, and bandit's screens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fixaudit.reports.collect import Candidate, Sink, Where
from fixaudit.reports.finding_body import Body
from fixaudit.reports.locations import location_of
from fixaudit.reports.markdown_tree import Fence
from fixaudit.reports.severity import severity_in
from fixaudit.reports.titles import Title, rules_in

_LINE = re.compile(r"(?P<path>[\w./\\@+-]+\.\w{1,5}):(?P<line>\d+)(?::\d+)?:?\s+(?P<words>\S.*)")
_ISSUE = re.compile(r">> Issue: \[(?P<rule>\w+)[^\]]*\]\s*(?P<words>.*)")
_FIELD = re.compile(r"\s*(?P<name>Severity|CWE|Location):\s*(?P<value>\S+)")
_PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?")


@dataclass(slots=True)
class _Entry:
    line: int
    words: str
    rules: list[str] = field(default_factory=list)
    body: Body = field(default_factory=Body)
    end: int = 0


def read_tool_lines(fence: Fence, where: Where, sink: Sink) -> bool:
    """Takes the block as tool output; False where it is none."""
    lines = [
        (fence.line + 1 + n, raw) for n, raw in enumerate(fence.code.split("\n")) if raw.strip()
    ]
    entries = _screens(lines) or _listed(lines)
    for entry in entries:
        entry.body.rules.extend(entry.rules)
        title = Title(entry.words)
        sink.candidates.append(
            Candidate(
                title,
                entry.words,
                entry.line,
                entry.end or entry.line,
                entry.body,
                where,
                by_tool=True,
            )
        )
    return bool(entries)


def _listed(lines: list[tuple[int, str]]) -> list[_Entry]:
    entries = []
    for number, raw in lines:
        found = _LINE.match(raw.strip())
        if found:
            entry = _Entry(number, found["words"].strip(), list(rules_in(found["words"])))
            entry.body.cited.append(location_of(found["path"], found["line"], number))
            entries.append(entry)
    return entries if len(entries) * 2 >= len(lines) else []


def _screens(lines: list[tuple[int, str]]) -> list[_Entry]:
    entries: list[_Entry] = []
    for number, raw in lines:
        issue = _ISSUE.match(raw)
        if issue:
            entries.append(_Entry(number, issue["words"].strip(), [issue["rule"]]))
        elif entries:
            _add_field(entries[-1], number, raw)
    return [entry for entry in entries if entry.body.cited]


def _add_field(entry: _Entry, number: int, raw: str) -> None:
    said = _FIELD.match(raw)
    if not said:
        return
    entry.end = number
    match said["name"]:
        case "Severity":
            entry.body.severity, entry.body.severity_text = (
                severity_in(said["value"]),
                said["value"],
            )
        case "CWE":
            entry.rules.extend(rules_in(said["value"]))
        case _:
            place = _PLACE.fullmatch(said["value"])
            if place:
                entry.body.cited.append(location_of(place["path"], place["line"], number))
