"""Lists of plain text, whatever their marks and indentation, laid out as Markdown lists line by line."""

from __future__ import annotations

import re

_TAG = r"(?:\[[A-Z]{2,14}\]|(?:TODO|FIXME|BUG|XXX|HACK|DONE|FIXED|NIT)\b(?=[\s:(]))"
_MARK = re.compile(
    r"(?P<indent>\s*)(?:(?P<bullet>\*\)|[-*+•·‣▪◦●○►»–—](?=\s)|o(?=\s)|->|=>|>>|--(?=\s))"
    r"|(?P<number>\(?(?:\d{1,3}|#)[.)](?=\s)|\[\d{1,3}\](?=\s))"
    r"|(?P<letter>\(?[a-hA-H][.)](?=\s)|\(?[ivx]{1,4}\)(?=\s))"
    rf"|(?P<tag>(?={_TAG})))\s*(?P<words>\S.*)"
)
_TAGGED = re.compile(rf"\s*{_TAG}")
WIDTH = 4
"""Columns a level of a list takes."""


def laid_out(lines: list[str], sets_terms: bool = False) -> list[str]:
    """The lines with every list item at a column Markdown reads; fences and headings stay as they are.

    `sets_terms`: a line with deeper lines right below it is an item as well, two and more of them.
    """
    terms = _terms(lines) if sets_terms else frozenset()
    made: list[str] = []
    columns: list[int] = []  # the columns of the items that are open
    fence: int | None = None
    blank = True
    for at, line in enumerate(lines):
        bare = line.strip()
        column = len(line) - len(line.lstrip())
        if fence is not None:
            made.append(" " * WIDTH * len(columns) + line[min(fence, column) :])
            if bare.startswith("```"):
                fence, blank = None, True
            continue
        fence = column if bare.startswith("```") else None
        if not bare or bare.startswith("#") or line.startswith("|"):
            if bare:
                columns.clear()
            made.append(line if bare else "")
            blank = not bare
            continue
        found = _MARK.match(line)
        if found and not _is_mark(found, lines, at, blank, columns):
            found = None
        opens = found is not None or at in terms
        while (opens or blank) and columns and columns[-1] >= column:
            columns.pop()
        if opens:
            made.append(" " * WIDTH * len(columns) + (_item(found) if found else "-   " + bare))
            columns.append(column)
        else:
            made.append(_continued(line, bare, column, columns, blank))
        blank = False
    return made


def _item(found: re.Match[str]) -> str:
    words = found["words"]
    number = re.search(r"\d+", found["number"] or "")
    if found["number"]:
        return f"{number.group() if number else 1}. ".ljust(WIDTH) + words
    return "-   " + words


def _is_mark(
    found: re.Match[str], lines: list[str], at: int, blank: bool, columns: list[int]
) -> bool:
    """Numbers and letters open an item after a blank line or beside another one; a dash in a wrapped
    sentence does not."""
    column = len(found["indent"])
    beside = any(open_at == column for open_at in columns)
    if found["tag"]:
        return sum(_TAGGED.match(line) is not None for line in lines) > 1
    if blank or beside:
        return True
    if found["bullet"] or found["number"]:
        previous = lines[at - 1]
        deeper = column > len(previous) - len(previous.lstrip())
        return (
            previous.rstrip().endswith(":")
            or previous.startswith("#")
            or (deeper and bool(columns))
        )
    return False


def _continued(line: str, bare: str, column: int, columns: list[int], blank: bool) -> str:
    """A line of a paragraph inside the items that are open; code keeps its own indentation."""
    lead = " " * WIDTH * len(columns)
    inner = (columns[-1] if columns else -WIDTH) + WIDTH
    if column >= inner + WIDTH - 1 and _CODE.search(bare) and blank:
        return lead + " " * WIDTH + line[inner:].lstrip()
    return lead + bare


_CODE = re.compile(
    r"^(?:def |class |import |from \w|if .*:$|for .*:$|while .*:$|return\b|raise |try:|except\b.*:$|with .*:$|>>> |\$ |@\w|[\w.\[\]]+ ?[-+]?= |[\w.]+\(.*\)$)"
)


def _terms(lines: list[str]) -> frozenset[int]:
    """Lines at the left margin after a blank one with deeper lines right below: `BUG-1: a title`."""
    found = []
    for at, line in enumerate(lines[:-1]):
        if line[:1].strip() and not line.startswith(("#", "|", "```")) and not _MARK.match(line):
            below = lines[at + 1]
            opens = at == 0 or not lines[at - 1].strip()
            if opens and below.startswith("  ") and below.strip():
                found.append(at)
    return frozenset(found if len(found) > 1 else ())
