"""Markdown as people and models break it, put right line by line; line numbers stay true.

A fence that is closed by another opening one, or never, would swallow the findings after it; a table whose
second row has too many or too few cells is no table to Markdown.
"""

from __future__ import annotations

import re

_FENCE = re.compile(
    r"(?P<indent>\s{0,3}(?:[-*+>]\s+|\d+[.)]\s+)?\s*)(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)\Z"
)
_BANNER = re.compile(r"([=-])\1{7,}\s*\Z")
_HEADING = re.compile(r"#{2,6}\s+\S|\*\*[^*]+\*\*\s*:?|---+\s*\Z")
_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*\Z")
_TEXT = frozenset({"markdown", "md", "text", ""})


def mended(text: str) -> str:
    """`text` with its fences closed and its tables squared."""
    lines = text.split("\n")
    _open_banners(lines)
    _close_fences(lines)
    for at in range(1, len(lines)):
        if "|" in lines[at - 1] and _DELIMITER.match(lines[at]):
            lines[at] = _squared(lines[at - 1], lines[at])
    return "\n".join(lines)


def _open_banners(lines: list[str]) -> None:
    """A title between two lines of `=` or `-` is a heading; Markdown takes the first one for text."""
    for at in range(len(lines) - 2):
        rule = _BANNER.match(lines[at])
        if rule and lines[at + 1].strip() and _BANNER.match(lines[at + 2]):
            if rule[1] == lines[at + 2].strip()[0]:
                lines[at] = ""


def _close_fences(lines: list[str]) -> None:
    opened: tuple[str, str] | None = None
    resume = 0
    for at, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        marks, info = fence["marks"], fence["info"].strip()
        if opened is None:
            opened, resume = (marks, info.lower()), at
        elif marks.startswith(opened[0]) and not info:
            opened = None
        elif marks == opened[0] and opened[1] not in _TEXT and _goes_on(lines, at + 1):
            lines[at], opened = fence["indent"] + marks, None
    if opened is not None and opened[1] not in _TEXT:
        _close_at_heading(lines, resume, opened[0])


def _goes_on(lines: list[str], at: int) -> bool:
    """True where the report goes on with a heading or a field: code does not look like that."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at >= len(lines) or _HEADING.match(lines[at]) is not None


def _close_at_heading(lines: list[str], opened: int, marks: str) -> None:
    """Closes a fence that nothing closes at the blank line before the next heading."""
    for at in range(opened + 1, len(lines) - 1):
        if not lines[at].strip() and re.match(r"#{2,6}\s+\S", lines[at + 1]):
            lines[at] = marks
            return


def _squared(header: str, delimiter: str) -> str:
    cells = len(re.split(r"(?<!\\)\|", header.strip().strip("|")))
    given = delimiter.strip().strip("|").count("|") + 1
    return delimiter if cells == given or cells < 2 else "|" + "---|" * cells
