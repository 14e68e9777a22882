"""The places a finding cites, as they are gathered: lines beside them, remarks, folders of files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from fixaudit.reports.locations import location_of, merged, ranges_in, same_file
from fixaudit.reports.markdown_tree import Line
from fixaudit.reports.model import LineRange, Location


def with_lines(cited: Sequence[Location], ranges: tuple[LineRange, ...]) -> list[Location]:
    """`cited` with the lines that follow: one range each for "a.py, b.py" and "3-9, 40-44", else all of
    them for the last file; as they are where no file is cited."""
    if len(ranges) == len(cited) > 1 and not any(at.ranges for at in cited):
        return [replace(at, ranges=(lines,)) for at, lines in zip(cited, ranges, strict=True)]
    files = [at for at, place in enumerate(cited) if place.path is not None]
    return [
        replace(place, ranges=place.ranges + ranges) if files and at == files[-1] else place
        for at, place in enumerate(cited)
    ]


def with_further_lines(line: Line, found: Sequence[Location]) -> list[Location]:
    """The place that a line opens with, the only one with lines, takes the lines behind it, bare or each with its remark:
    "`a.py:9` and 12", "`a.py:9` (parse), 20-31 (send)"."""
    opens = found and line.text.lstrip("`*[( ").startswith(found[0].written)
    if not opens or not found[0].ranges or any(at.ranges for at in found[1:]):
        return list(found)
    words = "".join(" " if piece.code else piece.text for piece in line.pieces)
    more = [lines for told in _FURTHER.finditer(words) for lines in ranges_in(told[1] or told[2])]
    ranges = tuple(dict.fromkeys([*found[0].ranges, *more]))
    return [replace(found[0], ranges=ranges), *found[1:]]


_FURTHER = re.compile(
    r"(?:[,;&]|\band)(?:\s[a-z]+)?\s(\d{1,6}(?:[-–]\d{1,6})?)(?=\s\()"
    r"|\A\s*(?:[,;&]|and)\s(\d{1,6}(?:[-–]\d{1,6})?)(?=\s|\Z)"
)


def loose_place(lines: tuple[LineRange, ...], known: Sequence[Location], number: int) -> Location:
    """Lines alone: of the last file named, of none where it stands above the finding."""
    if not known:
        return Location("", None, lines, (), "", number)
    last = known[-1]
    return replace(location_of(last.written, line=number), path=last.path, ranges=lines)


def says_again(text: str) -> bool:
    """True for words in front of further lines of the finding's file: "The same happens at line 30"."""
    return _AGAIN.search(text) is not None


_AGAIN = re.compile(r"\b(?:same|also|again|repeat(?:s|ed)|likewise|similarly|another)\b", re.I)


def places_told(
    cited: Sequence[Location],
    passing: Sequence[Location],
    quoted: Sequence[Location],
    by_field: bool,
) -> tuple[Location, ...]:
    """What a finding cites, with the lines told in passing and, unless a field names its file, those of
    the code it quotes; where it cites nothing, what it names in passing, else what its code names.
    """
    named = merged(place for place in passing if place.path or place.symbols)
    paths = [place.path for place in named if place.path]
    named = tuple(at for at in named if not _holds_one(at.path or "", paths))
    if any(at.ranges for at in named):  # what the lines of code read or write
        named = tuple(at for at in named if at.ranges or not _DATA.search(at.path or ""))
    found = cited or named or merged(quoted)
    bare = [at for at in found if not at.ranges and not by_field]
    lined = [at for at in passing if at.ranges and at.path]
    lined += [at for at in quoted if at.ranges and any(same_file(at, b) for b in bare)]
    return merged([*found, *lined])


_DATA = re.compile(r"(?:/|\.(?:log|json|csv|txt|db|sqlite3?|pid|png|svg))\Z")
"""Folders, and files that programs read and write."""


def _holds_one(path: str, paths: list[str]) -> bool:
    """True for a folder beside files in it."""
    return path.endswith("/") and any(p.startswith(path) and p != path for p in paths)


def remark_beside(line: Line, found: list[Location]) -> str:
    """What stands beside the places of a line: "(no auth)", "- no health checks"."""
    text = line.text
    for place in found:
        text = text.replace(place.written, "\ue000")
    text = " ".join(_CITED.sub(" ", text).split()).strip(" -–—:,;.()[]")
    return text if re.search(r"[^\W\d_]{2}", text) else ""


_CITED = re.compile("\ue000(?:::\\w+)?(?:[:#][\\dL,\\s–-]*)?")
