"""Plain text as people write it in mails and `BUGS` files, as Markdown with the same lines.

Headings are underlined, in capitals, between two rules, or end in a colon above a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from fixaudit.reports.list_layout import laid_out

_RULE = re.compile(r"\s*([-=~^_*#+.\"'])\1{2,}\s*\Z|\s*(?:[-=~*]{2} ?){6,}[-=~*]?\s*\Z")
_CAPITALS = re.compile(r"(?=(?:[^a-zа-я]*[A-ZА-ЯÀ-Þ]){4})[^a-zа-я]+?(?:\s[-–—:(].*)?\Z")
_LABEL = re.compile(r"(?:[\w'/&().-]+[ ]?){1,7}(?<=[\w)]):\Z")
_PATH_LINE = re.compile(
    r"[\w./\\-]+\.(?:pyi?|pyx|cfg|toml|ini|ya?ml|json|html|js|ts|sh|sql)(?:\s*\(.*\))?:?\Z"
)


def plain_to_markdown(text: str) -> str:
    """`text` as Markdown, with as many lines."""
    lines = [_escaped(line.expandtabs(4)) for line in text.split("\n")]
    return "\n".join(laid_out(headed(lines, _title_of_plain), sets_terms=True))


def headed(
    lines: list[str], other: Callable[[list[str], int], str | None] | None = None
) -> list[str]:
    """The lines with underlined and overlined titles as `#` headings; rules become blank lines.

    `other` tells further kinds of titles: the kind of one at a line, or None.
    """
    made = list(lines)
    levels: dict[str, int] = {}
    for at, line in enumerate(lines):
        if not line.strip() or made[at] != line:
            continue
        rule = _RULE.match(line)
        if rule:
            made[at] = _overlined(lines, made, at, levels)
            continue
        kind = _underlined(lines, made, at) or (other(lines, at) if other else None)
        if kind is not None:
            level = levels.setdefault(kind, min(len(levels) + 1, 6))
            made[at] = "#" * level + " " + line.strip()
    return made


def _overlined(lines: list[str], made: list[str], at: int, levels: dict[str, int]) -> str:
    """A rule: over and under a title, or alone."""
    below = lines[at + 1 : at + 3]
    if len(below) == 2 and below[0].strip() and _RULE.match(below[1]) and not _RULE.match(below[0]):
        mark = lines[at].strip()[0]
        if below[1].strip()[0] == mark and len(below[0].strip()) < 100:
            level = levels.setdefault("over" + mark, min(len(levels) + 1, 6))
            made[at + 1] = "#" * level + " " + below[0].strip()
            made[at + 2] = ""
    return ""


def _underlined(lines: list[str], made: list[str], at: int) -> str | None:
    if lines[at][:1].isspace() or (at and made[at - 1].strip()):
        return None
    for away in (1, 2):
        if at + away >= len(lines):
            return None
        rule = lines[at + away]
        if away == 2 and (
            lines[at + 1].strip() or abs(len(rule.strip()) - len(lines[at].strip())) > 1
        ):
            return None
        if _RULE.match(rule) and not rule[:1].isspace():
            long, title = len(rule.strip()), len(lines[at].strip())
            if long < title * 0.6 or title > 120:
                return None
            made[at + away] = ""
            return rule.strip()[0]
    return None


def _title_of_plain(lines: list[str], at: int) -> str | None:
    line = lines[at]
    before = at == 0 or not lines[at - 1].strip() or _RULE.match(lines[at - 1]) is not None
    if line[:1].isspace() or not before or len(line) > 90:
        return None
    below = lines[at + 1] if at + 1 < len(lines) else ""
    listed = re.match(r"\s*(?:[-*+•o]\s|\*\)|\(?\d{1,3}[.)]\s|\(?[a-h]\)\s)", _next(lines, at))
    if _PATH_LINE.match(line.strip()) and _next(lines, at):
        return "path"
    if _LABEL.match(line.strip()) and listed and not below.startswith("   " * 3):
        return "label"
    alone = not below.strip() or listed
    return "capitals" if alone and _CAPITALS.match(line.strip()) else None


def _next(lines: list[str], at: int) -> str:
    return next((line for line in lines[at + 1 : at + 4] if line.strip()), "")


def _escaped(line: str) -> str:
    """Marks of Markdown that mean nothing in plain text, outside `code`."""
    parts = re.split(r"(`+[^`]+`+)", line)
    for at in range(0, len(parts), 2):
        part = re.sub(r"(?<![\w`])(_{2,})(?=\w)|(?<=\w)(_{2,})(?![\w`])", _slashed, parts[at])
        part = re.sub(r"\*{2,}(?=\w)|<(?=[a-zA-Z/!?])(?!https?:)", _slashed, part)
        parts[at] = re.sub(r"^(\s*)(#{1,6} )", r"\1\\\2", part) if at == 0 else part
    return "".join(parts)


def _slashed(found: re.Match[str]) -> str:
    return "".join("\\" + mark for mark in found.group())
