"""Review comments saved from a pull request: a place, the quoted code, and what the reviewer says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fixaudit.reports.locations import LINE_WORD

_PLACE = re.compile(
    rf"\s*(?:#{{1,6}}\s+)?(?:(?:In|On|File:?)\s+)?[*`\[]*(?P<path>[\w./-]+\.\w{{1,5}})[*`\]]*(?:\(\S*\))?"
    rf"(?:(?::|#L|,?\s*\(?\s*(?:on |at )?{LINE_WORD}\s*)(?P<lines>\d+(?:\s*[-–]\s*L?\d+)?)\)?)?[*`:\s]*(?:\(outdated\))?\Z",
    re.I,
)
_QUOTE = re.compile(r"\s*>")


def with_placed_comments(text: str) -> str:
    """`text` with the words below a place and a quotation set as an item; two and more of them.

    Quoted lines are blanked, so the comment is not read together with the code it is about.
    """
    lines = text.split("\n")
    found = [at for at in _outside_fences(lines) if _opens(lines, at) is not None]
    if len(found) < 2:
        return text
    made = list(lines)
    for at in found:
        first = _opens(lines, at)
        place = _PLACE.match(lines[at])
        if first is None or place is None:
            continue
        cited = place["path"] + (
            f":{re.sub(r'[^0-9-]', '', place['lines'])}" if place["lines"] else ""
        )
        made[at:first] = [""] * (first - at)
        made[first] = f"- `{cited}`: {lines[first].strip()}"
        for below in range(first + 1, len(lines)):
            if not lines[below].strip() or lines[below].startswith("#"):
                break
            made[below] = "  " + lines[below]
    return "\n".join(made)


def _outside_fences(lines: list[str]) -> Iterator[int]:
    """Lines that are no code: `self.orders.save(order)` in a quotation is not the place of a comment."""
    fenced = False
    for at, line in enumerate(lines):
        if line.strip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield at


def _opens(lines: list[str], at: int) -> int | None:
    """The first line of a comment on the place at line `at`, None where none is quoted below it."""
    if not _PLACE.match(lines[at]):
        return None
    below, quoted, fenced = at + 1, False, False
    while below < len(lines):
        line = lines[below]
        if line.strip().startswith("```"):
            fenced, quoted = not fenced, True
        elif _QUOTE.match(line):
            quoted = True
        elif line.strip() and not fenced:
            break
        below += 1
    words = below < len(lines) and not re.match(r"\s*(?:#|[-*+] |\d+[.)] |\|)", lines[below])
    return below if quoted and words and not _PLACE.match(lines[below]) else None
