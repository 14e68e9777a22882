"""Where quoted code stands in a file: as it was quoted, reformatted, or partly changed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from fixaudit.plan.codebase import Tree, squeeze, without_remark

_CUT = re.compile(r"^\s*(?:#|//|\.\.\.|…)?\s*(?:\.{3}|…).*$|^\s*\.\.\.\s*$")
_OMITTED = re.compile(r"(?<=[(,])(?:\.{3}|…)(?=\))|(?<=\w)(?:\.{3}|…)(?=\")")
"""What is left out of a line without white space: parameters, arguments, the end of a text."""
_HEADER = re.compile(r"(?<=\)):$")
"""The end of a header that is quoted without its return annotation."""
_TELLING = 10
"""Characters a line without white space needs to tell one place from another."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """Quoted code found at 1-based lines of a file; `whole` where all of it stands there."""

    line: int
    end_line: int
    whole: bool


def find(code: str, path: str, tree: Tree) -> list[Quoted]:
    """Every place in a file where the code stands, else the one where most of its lines do."""
    chunks = _chunks(code)
    if not chunks:
        return []
    whole = _as_quoted_or_bare(code, path, tree)
    return whole or _partly([line for chunk in chunks for line in chunk], path, tree)


def find_whole(code: str, path: str, tree: Tree) -> list[Quoted]:
    """Every place in a file where all of the code stands."""
    words = re.findall(r"[A-Za-z_]\w{3,}", code)
    if words and not tree.holds(path, max(words, key=len)):
        return []
    return _as_quoted_or_bare(code, path, tree)


def in_tree(code: str, tree: Tree) -> list[tuple[str, Quoted]]:
    """Every place of the tree where all of the code stands, with its file."""
    return [(path, place) for path in tree.files for place in find_whole(code, path, tree)]


def is_telling(code: str) -> bool:
    """True for code long enough to be looked for in every file."""
    return sum(len(line) for chunk in _chunks(code) for line in chunk) >= 2 * _TELLING


def pieces(code: str) -> list[str]:
    """The parts of a quotation between empty lines, which may be of several places, as far as each is
    long enough to be looked for."""
    parts = re.split(r"\n\s*\n", code)
    return [part for part in parts if is_telling(part)] if len(parts) > 1 else []


def _as_quoted_or_bare(code: str, path: str, tree: Tree) -> list[Quoted]:
    """Every place where all of the code stands: with its comments, else without them, else with gaps
    where the report has a remark or `...` in the place of code."""
    for chunks, code_only in (
        (_chunks(code, remarks=True), False),
        (_chunks(code), False),
        (_chunks(code), True),
        (_chunks(code, gaps=True), True),
    ):
        found = _whole(chunks, tree.squeezed(path, code_only=code_only)) if chunks else []
        if found:
            return found
    return []


def _chunks(code: str, *, remarks: bool = False, gaps: bool = False) -> list[list[str]]:
    """The code's lines without white space, cut where the report left something out; with or without
    the comments behind them. With `gaps` it is cut at comments and within lines too."""
    chunks: list[list[str]] = [[]]
    for line in code.splitlines():
        if _CUT.match(line) or (gaps and line.lstrip().startswith("#")):
            chunks.append([])
        elif line.strip():
            plain = squeeze(line if remarks else without_remark(line))
            first, *others = _pieces(plain) if gaps else [plain]
            chunks[-1].append(first)
            chunks += [[piece] for piece in others]
    return [[line for line in chunk if line] for chunk in chunks if any(chunk)]


def _pieces(line: str) -> list[str]:
    """A line without white space, cut where something is left out of it, and behind a header: what
    it returns and its docstring are often left out."""
    pieces = [part for part in _OMITTED.split(line) if re.search(r"\w", part)] or [line]
    if line.startswith(("def", "asyncdef")):
        pieces = [*pieces[:-1], _HEADER.sub("", pieces[-1]), ""]
    return pieces


def _whole(chunks: list[list[str]], squeezed: tuple[str, list[int]]) -> list[Quoted]:
    text, where = squeezed
    first = "".join(chunks[0])
    found = []
    start = text.find(first)
    while start >= 0:
        end, position = start + len(first), start + len(first)
        for chunk in chunks[1:]:
            wanted = "".join(chunk)
            position = text.find(wanted, position)
            if position < 0:
                break
            position += len(wanted)
            end = position
        if position >= 0:
            found.append(Quoted(where[start], where[end - 1], True))
        start = text.find(first, start + 1)
    return found if len(first) >= _TELLING or len(found) == 1 else []


def _partly(wanted: list[str], path: str, tree: Tree) -> list[Quoted]:
    """Where at least half of the lines stand in their order; something between them has changed."""
    have = [(squeeze(line), number) for number, line in enumerate(tree.lines(path), 1)]
    have = [entry for entry in have if entry[0]]
    places = defaultdict(list)
    for index, (line, _) in enumerate(have):
        places[line].append(index)
    telling = [(i, line) for i, line in enumerate(wanted) if len(line) >= _TELLING]
    votes: Counter[int] = Counter()
    for i, line in telling:
        votes.update({index - i for index in places.get(line, ())})
    if len(telling) < 2 or not votes:
        return []
    best = max(votes.values())
    starts = [start for start, count in votes.items() if count == best]
    if best * 2 < len(telling) or len(starts) > 1:
        return []
    first = max(starts[0], 0)
    last = min(starts[0] + len(wanted), len(have)) - 1
    return [Quoted(have[first][1], have[last][1], False)]
