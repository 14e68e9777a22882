"""Output of scanners that no fence marks: a whole report of it, or a run of lines pasted into Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from fixaudit.reports.markdown_tree import (
    Block,
    Fence,
    Listing,
    Paragraph,
    Section,
    Table,
)
from fixaudit.reports.model import NotTaken, Report, ReportFinding
from fixaudit.reports.tool_lines import ToolLine, ToolText, read_tool_text
from fixaudit.reports.tool_words import tool_severity

_FENCE = re.compile(r"\s{0,3}(?:[-*+>]\s+|\d+[.)]\s+)?\s*(`{3,}|~{3,})([^`]*)\Z")


def read_tool_report(name: str, text: str) -> Report | None:
    """The findings of a text that is the output of scanners and nothing else; None for any other text."""
    lines = re.split(r"\r\n?|\n", text)
    said = read_tool_text(list(enumerate(lines, 1)))
    sure = sum(record.sure for record in said.records)
    if len(said.taken) * 4 < said.lines * 3 or sure * 2 < len(said.records) or not said.records:
        return None
    left = [(number, lines[number - 1]) for number in said.left]
    if any(re.match(r"#{1,6}\s+\S", raw) for _, raw in left):
        return None
    return Report(
        source=name,
        format="text",
        findings=tuple(map(finding_of, said.records)),
        not_taken=tuple(_not_taken(left)),
    )


def finding_of(record: ToolLine) -> ReportFinding:
    """The finding that one record of a tool is."""
    return ReportFinding(
        id=f"L{record.line}",
        title=re.split(r"(?<=[.!?])\s(?=[A-Z])", record.words)[0] if record.wraps else record.words,
        line=record.line,
        end_line=record.end,
        severity=tool_severity(record.severity),
        severity_text=record.severity,
        locations=(record.place,) if record.place else (),
        problem=record.words,
        rules=tuple(record.rules),
        by_tool=True,
    )


def _not_taken(left: list[tuple[int, str]]) -> Iterator[NotTaken]:
    """Lines that follow one another are told once, by the first of them."""
    for _, run in groupby(enumerate(left), key=lambda pair: pair[1][0] - pair[0]):
        lines = [line for _, line in run]
        text = " ".join(lines[0][1].split())[:160]
        yield NotTaken(lines[0][0], text, "no finding of the tool's output", lines[-1][0])


def without_tool_output(text: str) -> tuple[str, list[Fence]]:
    """The text with the lines of tools outside fences blanked, and those lines as code blocks."""
    lines = text.split("\n")
    outside = list(_outside_fences(lines))
    said = read_tool_text(outside)
    fences = [
        Fence("", "\n".join(lines[first - 1 : last]), first - 1, last)
        for first, last in _runs(said, lines)
    ]
    for fence in fences:
        lines[fence.line : fence.end] = [""] * (fence.end - fence.line)
    return "\n".join(lines), fences


def _outside_fences(lines: list[str]) -> Iterator[tuple[int, str]]:
    marks = ""
    for number, raw in enumerate(lines, 1):
        fence = _FENCE.match(raw)
        if fence and (not marks or (fence[1].startswith(marks) and not fence[2].strip())):
            marks = "" if marks else fence[1]
            yield number, ""
        else:
            yield number, "" if marks else raw


def _runs(said: ToolText, lines: list[str]) -> Iterator[tuple[int, int]]:
    """First and last lines of what tools said in one go, where it is surely theirs."""
    sure = {record.line for record in said.records if record.sure}
    run: list[int] = []
    for number in [*sorted(said.taken), len(lines) + 2]:
        if run and any(raw.strip() for raw in lines[run[-1] : number - 1]):
            if sure.intersection(run) and not _in_item(lines, run[0] - 1):
                yield run[0], run[-1]
            run = []
        run.append(number)


def _in_item(lines: list[str], at: int) -> bool:
    """True for an indented line below a list item."""
    for raw in lines[at : max(at - 200, 0) : -1]:
        if raw.strip() and not raw[0].isspace():
            return re.match(r"(?:[-*+]|\d+[.)])\s", raw) is not None
    return False


def put_back(document: Section, fences: list[Fence]) -> None:
    """Puts code blocks where they stood in the document."""
    for fence in fences:
        section = document
        while True:
            above = [child for child in section.children if child.line <= fence.line]
            if not above:
                break
            section = above[-1]
        at = sum(_line(block) <= fence.line for block in section.blocks)
        section.blocks.insert(at, fence)


def _line(block: Block) -> int:
    match block:
        case Paragraph(lines):
            return lines[0].number
        case Listing(items):
            return items[0].line
        case Table(header, _):
            return header[0].number
        case _:
            return block.line
