"""The path patterns of owner files as regular expressions.

Both hosts know `*`, `?` and `**`, and differ in the rest: what a pattern without a leading slash is
relative to, whether a folder stands for what lies in it, and `[…]`. Sources: "About code owners"
with the pattern format of gitignore for GitHub; "Syntax of CODEOWNERS file" and "Advanced
CODEOWNERS configuration" for GitLab, which name Ruby's `File.fnmatch` with `FNM_PATHNAME` and
`FNM_DOTMATCH`.

What follows a `*` or a `**` is taken at the first place where it fits, in an atomic group: a later
place gives the rest of the pattern no chance that the first does not. So no pattern, however many
stars it has, makes the search try all ways to spread a path over them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile


class PatternError(ValueError):
    """A pattern that the host reads as nothing; the message says why and what to write."""


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A pattern, and what it needs of a path at least, so that most need not be tried.

    Of `below`, `name` and `suffix` one at most says something.

    Attributes:
        expression: matches at the start of a path that is relative to the root, with `/`.
        below: the path itself or a folder above it must be this one.
        name: the file or a folder above it must be called so.
        suffix: what must stand behind the last dot of the name of the file or of a folder above it.
    """

    expression: re.Pattern[str]
    below: str = ""
    name: str = ""
    suffix: str = ""


@dataclass(slots=True)
class _Segment:
    """What stands between two slashes: for each character an expression, or None for a `*`.

    `literal` is its text where it has no wildcard, `ending` what follows the last one.
    """

    pieces: list[str | None] = field(default_factory=list)
    literal: str | None = ""
    ending: str = ""

    @property
    def is_deep(self) -> bool:
        return self.pieces == [None, None]

    @property
    def is_any(self) -> bool:
        return bool(self.pieces) and not any(self.pieces)

    def add(self, expression: str | None, literal: str | None = None) -> None:
        self.pieces.append(expression)
        self.ending = "" if literal is None else self.ending + literal
        if self.literal is not None:
            self.literal = None if literal is None else self.literal + literal

    def expression(self) -> str:
        if self.is_any:
            return "[^/]+"
        runs = [""]
        for piece in self.pieces:
            if piece is None:
                runs.append("")
            else:
                runs[-1] += piece
        if len(runs) == 1:
            return runs[0]
        middle = "".join(f"(?>[^/]*?{run})" for run in runs[1:-1] if run)
        return f"{runs[0]}{middle}[^/]*{runs[-1]}"


def github_pattern(text: str) -> PathPattern:
    """GitHub's reading: as in gitignore, but that `docs/*` ends at the files directly in `docs`.

    A pattern with a slash at its start or in its middle is relative to the root, another one holds
    at every depth. What matches a folder matches all below it.

    Raises:
        PatternError: `!`, `[ ]`, a `#` or a backslash that does not work there, `/` alone.
    """
    _refuse_at_github(text)
    segments = _segments(text, sets=False)
    must_be_folder = len(segments) > 1 and not segments[-1].pieces
    if must_be_folder:
        segments.pop()
    if len(segments) == 1:
        segments.insert(0, _deep())
    elif not segments[0].pieces:
        segments.pop(0)
    if not segments[-1].is_deep:
        end = r"\Z" if segments[-1].is_any else r"(?:/|\Z)"
        return _built(segments, "/" if must_be_folder else end)
    while segments and segments[-1].is_deep:
        segments.pop()
    inside = "[^/]+/" if must_be_folder else ""
    return _built(segments, f"/{inside}") if segments else PathPattern(re.compile(inside))


def gitlab_pattern(text: str) -> PathPattern:
    """GitLab's reading: the whole path must match, from the root where it begins with a slash.

    Without one it holds at every depth. A slash at the end stands for all below that folder; a
    folder without it for nothing in it. `**` counts before a slash only, elsewhere it is `*`.

    Raises:
        PatternError: a `[` that nothing closes, a backslash at the end.
    """
    segments = _segments(text, sets=True)
    if len(segments) > 1 and not segments[0].pieces:
        segments.pop(0)
    else:
        segments.insert(0, _deep())
    if not segments[-1].pieces:
        segments[-1:] = [_deep(), _Segment([None], None)]
    return _built(segments, r"\Z")


def _refuse_at_github(text: str) -> None:
    if text == "/":
        raise PatternError("`/` matches nothing; write `*` for all files")
    if text.startswith("!"):
        raise PatternError(
            "GitHub has no `!`; give the path a later line of its own, without owners"
        )
    if text.startswith("\\#"):
        raise PatternError("GitHub has no `\\#` at the start; write `?` for the `#`")
    if re.search(r"[\[\]]", re.sub(r"\\.", "", text)):
        raise PatternError(
            "GitHub has no ranges in `[ ]`; write both `\\[` and `\\]` where they are meant as they are"
        )


def _deep() -> _Segment:
    return _Segment([None, None], None)


def _segments(text: str, *, sets: bool) -> list[_Segment]:
    """The pattern between its slashes; `sets`: whether `[…]` stands for one of several characters."""
    found = [_Segment()]
    position = 0
    while position < len(text):
        letter = text[position]
        position += 1
        if letter == "\\":
            if position == len(text):
                raise PatternError("a backslash at the end escapes nothing; take it away")
            letter = text[position]
            position += 1
        elif letter == "*":
            found[-1].add(None)
            continue
        elif letter == "?":
            found[-1].add("[^/]")
            continue
        elif letter == "[" and sets:
            expression, position = _set(text, position)
            found[-1].add(expression)
            continue
        if letter == "/":
            found.append(_Segment())
        else:
            found[-1].add(re.escape(letter), letter)
    return found


def _set(text: str, position: int) -> tuple[str, int]:
    """The expression of `[…]` whose content begins at `position`, and the position behind it.

    As `File.fnmatch` reads it: `^` and `!` negate, of a range that runs backwards only its ends
    count, and the first `]` closes, so that `[]` holds nothing.
    """
    is_negated = text[position : position + 1] in ("^", "!")
    members = ""
    position += is_negated
    while text[position : position + 1] != "]":
        first, position = _member(text, position)
        if text[position : position + 1] == "-" and text[position + 1 : position + 2] not in (
            "",
            "]",
        ):
            last, position = _member(text, position + 1)
            between = "-" if first <= last else ""
            members += f"{re.escape(first)}{between}{re.escape(last)}"
        else:
            members += re.escape(first)
    if not members:
        return ("[^/]" if is_negated else "(?!)"), position + 1
    return f"(?!/)[{'^' * is_negated}{members}]", position + 1


def _member(text: str, position: int) -> tuple[str, int]:
    position += text[position : position + 1] == "\\"
    if position >= len(text):
        raise PatternError("a `[` that no `]` closes; write `\\[` where it is meant as it is")
    return text[position], position + 1


def _built(segments: list[_Segment], tail: str) -> PathPattern:
    """The pattern of segments, of which the last may be followed by `tail`."""
    chunks = list(_chunks(segments))
    expression = ""
    for number, (is_deep, chunk) in enumerate(chunks, 1):
        body = "/".join(segment.expression() for segment in chunk)
        body += tail if number == len(chunks) else "/"
        expression += f"(?>(?:[^/]+/)*?{body})" if is_deep else body
    return _needing(re.compile(expression), segments)


def _needing(expression: re.Pattern[str], segments: list[_Segment]) -> PathPattern:
    folders = [s.literal for s in takewhile(lambda s: s.literal, segments) if s.literal]
    names = [s.literal for s in segments[len(folders) :] if s.literal]
    suffixes = [s.ending.rpartition(".")[2] for s in segments if "." in s.ending]
    if len(folders) > 1 or (folders and not names):
        return PathPattern(expression, below="/".join(folders))
    if names:  # says more than one folder at the top, which may hold all there is
        return PathPattern(expression, name=names[-1])
    return PathPattern(expression, suffix=suffixes[-1] if suffixes else "")


def _chunks(segments: list[_Segment]) -> Iterator[tuple[bool, list[_Segment]]]:
    """Runs of segments without `**`, each with whether one stands before it."""
    is_deep, chunk = False, list[_Segment]()
    for segment in segments:
        if segment.is_deep and segment is not segments[-1]:
            if chunk:
                yield is_deep, chunk
            is_deep, chunk = True, []
        else:
            chunk.append(segment)
    if chunk:
        yield is_deep, chunk
