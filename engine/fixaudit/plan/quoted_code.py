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
_SHORTEST = 4
"""Characters of a line that is looked for at all, where a report retells code."""
_ELISION = re.compile(r"\.\.\.(?!\w)|…")


@dataclass(frozen=True, slots=True)
class Quoted:
    """Quoted code found at 1-based lines of a file; `whole` where all of it stands there, `retold` where
    all of its lines do, with others of the file between them that the report left out."""

    line: int
    end_line: int
    whole: bool
    retold: bool = False


def find(code: str, path: str, tree: Tree) -> list[Quoted]:
    """Every place in a file where the code stands, else the one where it does as it is retold, else the
    one where most of its lines do."""
    whole = _as_quoted_or_bare(code, path, tree)
    lines = [line for chunk in _chunks(code) for line in chunk if not line.startswith("#")]
    return whole or _retold(lines, path, tree) or _partly(lines, path, tree)


def find_whole(code: str, path: str, tree: Tree) -> list[Quoted]:
    """Every place in a file where all of the code stands."""
    words = re.findall(r"[A-Za-z_]\w{3,}", code)
    if words and not tree.holds(path, max(words, key=len)):
        return []
    return _as_quoted_or_bare(code, path, tree)


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
    comments, those behind a line and those that name the file above it. With `gaps` it is cut at
    comments and within lines too."""
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
    have = _lines(path, tree)
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
    standing = [i + starts[0] for i, line in telling if i + starts[0] in places.get(line, ())]
    return [Quoted(have[standing[0]][1], have[standing[-1]][1], False)]


def _retold(wanted: list[str], path: str, tree: Tree) -> list[Quoted]:
    """The one place where all of the lines stand in their order, with `...` in a line for what the
    report left out of it. Brackets and commas of calls may be laid out differently."""
    text, where = tree.squeezed(path)
    patterns = [_pattern(line) for line in wanted if len(line.strip("()[]{},:")) >= _SHORTEST]
    if len(patterns) < 2 or not any(len(line) >= _TELLING for line in wanted):
        return []

    def following(pattern: re.Pattern[str], start: int) -> re.Match[str] | None:
        """The next match that does not begin in the middle of a name: `self.x = 1` is not in
        `myself.x = 1`, and is at the start of a line."""
        for match in pattern.finditer(text, start):
            at = match.start()
            if at == 0 or where[at - 1] != where[at] or not re.match(r"\w", text[at - 1]):
                return match
        return None

    found: dict[int, Quoted] = {}
    begin = following(patterns[0], 0)
    while begin is not None:
        last: re.Match[str] | None = begin
        for pattern in patterns[1:]:
            last = following(pattern, last.end()) if last is not None else None
        if last is None:
            break
        # What begins later and ends at the same line is the shorter one of the same place.
        end = where[last.end() - 1]
        found[end] = Quoted(where[begin.start()], end, False, True)
        begin = following(patterns[0], begin.end())
    return list(found.values()) if len(found) == 1 else []


def _pattern(line: str) -> re.Pattern[str]:
    """Finds a line without white space, whatever stands for its `...`."""
    if line.startswith("@") and line.endswith(")"):
        line = line[:-1] + "..."  # a decorator may have more arguments
    parts = [re.escape(part.rstrip(",")) for part in _ELISION.split(line)]
    if len(parts) > 1 and len(parts[-1]) < _TELLING:
        parts[-1] = ""  # the end of a signature: the file's may have annotations before it
    return re.compile(r".{0,300}?".join(parts))


def _lines(path: str, tree: Tree) -> list[tuple[str, int]]:
    """The lines of a file that are not empty, without white space, with their numbers."""
    have = [(squeeze(line), number) for number, line in enumerate(tree.lines(path), 1)]
    return [entry for entry in have if entry[0]]
