"""Quoted code of a report: whether it shows the fault or the cure, and which file it names."""

from __future__ import annotations

import ast
import re
import textwrap
from itertools import pairwise

from fixaudit.reports.field_names import Label
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Fence, Line, Piece
from fixaudit.reports.model import Location, Role, Snippet

_PYTHON = frozenset({"python", "py", "python3", "pycon", ""})
_NUMBER = re.compile(r"[ \t]*(\d{1,6})(?:[ \t]*[→│|:](?: |(?=\t)|$)|\t)")
_LINES = re.compile(r"\s*(?:#|//)\s*lines?\s+\d+(?:\s*[-–]\s*\d+)?\s*:?\s*\Z", re.IGNORECASE)
"""A comment that says from which lines of the file what follows is: `# Lines 39-50`."""
_CODE_FILES = re.compile(r"\.\w{1,5}\Z")


def snippets_of(fence: Fence, mode: Label | None) -> list[Snippet]:
    """The snippets a code block holds: two for a diff, which shows the fault and the cure."""
    code = textwrap.dedent(without_numbers(fence.code)).rstrip("\n")
    if fence.language.lower() in ("diff", "patch") or _is_diff(code):
        sides: list[tuple[str, Role]] = [("-", "offending"), ("+", "recommended")]
        return [Snippet("diff", _side(code, sign), role, fence.line, None) for sign, role in sides]
    role = _role(fence, mode, code)
    found: list[Snippet] = []
    for line, part in _parts(code, fence.line + 1):
        at = fence.line if not found else line
        found.append(Snippet(fence.language, part, role, at, _named(part, line)))
    return found


def _parts(code: str, line: int) -> list[tuple[int, str]]:
    """The passages of a block that opens with a comment naming its file, and each other one with such a
    comment or one that names lines of it; with their lines."""
    lines = code.split("\n")
    named = [
        at
        for at in range(1, len(lines))
        if not lines[at - 1].strip() and (_named(lines[at], 1) or _LINES.match(lines[at]))
    ]
    starts = [0, *named] if _named(code, 1) else [0]
    ends = [*starts[1:], len(lines)]
    spans = zip(starts, ends, strict=True)
    return [(line + a, "\n".join(lines[a:b]).rstrip("\n")) for a, b in spans]


def without_numbers(code: str) -> str:
    """Code without the line numbers that a viewer put before its lines, where they rise by one."""
    lines = code.split("\n")
    found = [_NUMBER.match(line) for line in lines if line.strip()]
    numbers = [int(match[1]) for match in found if match is not None]
    if len(numbers) != len(found) or not numbers:
        return code
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        return code
    return "\n".join(_NUMBER.sub("", line) for line in lines)


def _is_diff(code: str) -> bool:
    lines = code.split("\n")
    return code.startswith(("--- a/", "diff --git ")) or (
        any(line.startswith("- ") for line in lines)
        and any(line.startswith("+ ") for line in lines)
    )


def _side(code: str, sign: str) -> str:
    other = "+" if sign == "-" else "-"
    kept = [
        line
        for line in code.split("\n")
        if not line.startswith((other, "@@", "---", "+++", "diff "))
    ]
    return textwrap.dedent(
        "\n".join(line[1:] if line.startswith((sign, " ")) else line for line in kept)
    )


def _role(fence: Fence, mode: Label | None, code: str) -> Role:
    if mode == "context" or (fence.language == "" and not _is_python(code)):
        return "unknown"
    if mode == "recommendation":
        return "recommended"
    return "offending" if mode in (None, "problem", "code", "location", "lines") else "unknown"


def _is_python(code: str) -> bool:
    """True for code that parses; a bare word or a tree drawing is not code."""
    if len(code) > 20_000 or not re.search(r"[=(.:\[]", code):
        return False
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _named(code: str, line: int) -> Location | None:
    """The file a first-line comment names: `# parser/worker.py:67`."""
    first = code.split("\n", 1)[0].strip()
    if not first.startswith(("#", "//", "--", "/*")):
        return None
    found = locations_in(Line((Piece(first.lstrip("#/-* ")),), line))
    return found[0] if found and _CODE_FILES.search(found[0].path or "") else None
