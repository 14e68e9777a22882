"""Output of linters pasted into a report: `pkg/a.py:14:5: S324 ...`, and bandit's screens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fixaudit.reports.locations import location_of
from fixaudit.reports.markdown_tree import Fence
from fixaudit.reports.model import Location
from fixaudit.reports.titles import rules_in

_LINE = re.compile(r"(?P<path>[\w./\\@+-]+\.\w{1,5}):(?P<line>\d+)(?::\d+)?:?\s+(?P<words>\S.*)")
_ISSUE = re.compile(r">> Issue: \[(?P<rule>\w+)[^\]]*\]\s*(?P<words>.*)")
_FIELD = re.compile(r"\s*(?P<name>Severity|CWE|Location):\s*(?P<value>\S+)")
_PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?")


@dataclass(slots=True)
class ToolLine:
    """One record of a tool; `severity` in the tool's own word."""

    line: int
    end: int
    words: str
    rules: list[str]
    place: Location | None = None
    severity: str = ""


def tool_lines(fence: Fence) -> list[ToolLine]:
    """The records of a block of tool output, none for any other block."""
    lines = [
        (fence.line + 1 + n, raw) for n, raw in enumerate(fence.code.split("\n")) if raw.strip()
    ]
    return _screens(lines) or _listed(lines)


def _listed(lines: list[tuple[int, str]]) -> list[ToolLine]:
    found = []
    for number, raw in lines:
        match = _LINE.match(raw.strip())
        if match:
            words, place = match["words"].strip(), location_of(match["path"], match["line"], number)
            found.append(ToolLine(number, number, words, list(rules_in(words)), place))
    return found if len(found) * 2 >= len(lines) else []


def _screens(lines: list[tuple[int, str]]) -> list[ToolLine]:
    found: list[ToolLine] = []
    for number, raw in lines:
        issue = _ISSUE.match(raw)
        if issue:
            found.append(ToolLine(number, number, issue["words"].strip(), [issue["rule"]]))
        elif found:
            _add_field(found[-1], number, raw)
    return [each for each in found if each.place is not None]


def _add_field(record: ToolLine, number: int, raw: str) -> None:
    said = _FIELD.match(raw)
    if not said:
        return
    record.end = number
    match said["name"]:
        case "Severity":
            record.severity = said["value"]
        case "CWE":
            record.rules.extend(rules_in(said["value"]))
        case _:
            place = _PLACE.fullmatch(said["value"])
            if place:
                record.place = location_of(place["path"], place["line"], number)
