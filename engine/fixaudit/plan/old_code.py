"""Lines of code in files as they are and as they were, compared without their layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal

from fixaudit.plan.codebase import Definition, definitions_in, squeeze
from fixaudit.plan.past import FileChange
from fixaudit.reports.model import LineRange

TELLING = 10
"""Characters a line without white space needs to tell one place from another."""
LONG = 24
"""Characters from which on a line says enough by itself."""
NEAR = 8
"""Lines behind a cited one that belong to it: the rest of a decorator, of a call."""
_ALIKE = 0.7
"""From which ratio on a line is taken for the changed form of another one."""
_NEARLY = 0.85
_NAMES = 3
"""Names a line needs to be compared by them."""
_STRING = re.compile(r"""'[^']*'|"[^"]*\"""")
_SAYS_NOTHING = re.compile(r"(?:#|from .* import |import |def |class |async def |@|\"\"\"|''')")
_COMMA = re.compile(r",(?=[)\]}])")
_REMARK = re.compile(r"^((?:[^#'\"]|'[^']*'|\"[^\"]*\")*\S)\s+#.*$")
_NAME = re.compile(r"[A-Za-z_]\w*")
_CUT = re.compile(r"\s*(?:\.{3}|…).*$")


def plain(text: str) -> str:
    """Text without white space, with one kind of quotes and no comma before a closing bracket."""
    return _COMMA.sub("", squeeze(text))


def bare(line: str) -> str:
    """A line without the remark behind it."""
    match = _REMARK.match(line)
    return match[1] if match else line


def telling(lines: Iterable[str]) -> Iterator[str]:
    """The lines that are code of some length, without what every file holds."""
    for line in lines:
        text = line.strip()
        if len(plain(text)) >= TELLING and not _SAYS_NOTHING.match(text):
            yield text


def names_in(line: str) -> set[str]:
    """The names in a line of code, without those in its strings and its remark."""
    return set(_NAME.findall(_STRING.sub("", bare(line))))


def alike(one: str, other: str) -> bool:
    """True for lines of which one looks like the changed form of the other: by their characters,
    or by half of their names."""
    first, second = plain(bare(one)), plain(bare(other))
    if not first or not second:
        return False
    names, others = names_in(one), names_in(other)
    if len(names) >= _NAMES and 2 * len(names & others) >= len(names):
        return True
    if abs(len(first) - len(second)) > max(len(first), len(second)) // 2:
        return False
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


@dataclass(eq=False)
class OldFile:
    """The content of a file, as lines and without its layout."""

    data: bytes
    lines: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.data.decode("utf-8", "replace").splitlines()

    @cached_property
    def text(self) -> str:
        return _COMMA.sub("", "".join(squeeze(line) for line in self.lines))

    @cached_property
    def _by_code(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in self.lines:
            for key in {plain(line), plain(bare(line))}:
                found.setdefault(key, []).append(line.strip())
        return found

    @cached_property
    def code(self) -> str:
        return "\n".join(self.lines)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        return definitions_in(self.code)

    def holds(self, line: str) -> bool:
        return plain(line).rstrip(",") in self.text

    def holds_whole(self, line: str) -> bool:
        """The same, but where the file only has a longer name: `get_user` is none of `get_user_id`."""
        key = plain(line).rstrip(",")
        if key not in self.text or not (key[-1:].isalnum() or key[-1:] == "_"):
            return self.holds(line)
        longer = re.compile(rf"{re.escape(key)}\w")
        longer_ones = sum(len(longer.findall(squeeze(each))) for each in self.lines)
        return self.text.count(key) > longer_ones

    def has_line(self, line: str) -> bool:
        """True where a line of the file is this one, however laid out."""
        return plain(bare(line)) in self._by_code

    def own_line(self, quoted: str, *, nearly: bool = False) -> str | None:
        """The line of the file that a report quotes: with another remark, cut, or with `nearly`
        slightly changed."""
        for key in (plain(quoted), plain(bare(quoted))):
            if key and key in self._by_code:
                return self._by_code[key][0]
        cut = plain(_CUT.sub("", bare(quoted)))
        if _CUT.search(quoted) and len(cut) >= TELLING:
            return next((n.strip() for n in self.lines if plain(n).startswith(cut)), None)
        return self._nearly(quoted) if nearly else None

    def _nearly(self, quoted: str) -> str | None:
        wanted = plain(bare(quoted))
        words = sorted(_NAME.findall(bare(quoted)), key=len)
        if len(wanted) < TELLING or not words:
            return None
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(wanted)
        best: tuple[float, str | None] = (_NEARLY, None)
        for line in self.lines:
            if words[-1] in line:
                matcher.set_seq1(plain(bare(line)))
                if matcher.quick_ratio() >= best[0] and matcher.ratio() >= best[0]:
                    best = (matcher.ratio(), line.strip())
        return best[1]


_Step = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]
"""What `SequenceMatcher.get_opcodes` gives: a tag, lines before, lines after."""


@dataclass(slots=True)
class OldFiles:
    """Contents by their bytes, each taken apart once."""

    _known: dict[bytes, OldFile] = field(default_factory=dict)
    _steps: dict[tuple[bytes, bytes], list[_Step]] = field(default_factory=dict)

    def of(self, data: bytes) -> OldFile:
        if data not in self._known:
            self._known[data] = OldFile(data)
        return self._known[data]

    def remover(self, changes: Sequence[FileChange], line: str) -> FileChange | None:
        """The newest change that took a line, however laid out, or one of several alike."""
        key = plain(line).rstrip(",")
        for change in changes:
            left = 0 if change.after is None else self.of(change.after).text.count(key)
            if self.of(change.before).text.count(key) > left:
                return change
        return None

    def bringer(self, changes: Sequence[FileChange], line: str) -> FileChange | None:
        """The newest change that brought a line in."""
        for change in changes:
            if change.after is not None and self.of(change.after).holds(line):
                if not self.of(change.before).holds(line):
                    return change
        return None

    def in_place(self, change: FileChange, lines: Sequence[str]) -> list[str]:
        """The lines that a change put where it took others away."""
        if change.after is None:
            return []
        before, after = self.of(change.before).lines, self.of(change.after).lines
        wanted = {plain(line) for line in lines}
        found: list[str] = []
        for tag, low, high, first, last in self._compared(change.before, change.after):
            if tag == "replace" and any(plain(line) in wanted for line in before[low:high]):
                found += [line.strip() for line in after[first:last] if line.strip()]
        return found

    def put_at(self, change: FileChange, cited: LineRange | None) -> list[str]:
        """The lines, new in their file, that a change put at some lines of the file before it and
        right behind them, or anywhere."""
        if change.after is None:
            return []
        before, after = self.of(change.before).lines, self.of(change.after).lines
        low, high = (cited[0] - 1, cited[1] + NEAR) if cited else (0, len(before))
        return [
            line
            for tag, first, last, a, b in self._compared(change.before, change.after)
            if tag in ("insert", "replace") and first <= high and low <= last
            for line in after[a:b]
            if not self.of(change.before).holds_whole(line)
        ]

    def _compared(self, before: bytes, after: bytes) -> list[_Step]:
        """How one content becomes the other: asked several times of the same change."""
        key = (before, after)
        if key not in self._steps:
            lines = self.of(before).lines, self.of(after).lines
            self._steps[key] = SequenceMatcher(None, *lines, autojunk=False).get_opcodes()
        return self._steps[key]


def followed(seen: OldFile, before: OldFile, cited: LineRange) -> Iterator[int]:
    """The cited lines as a later version of the file numbers them; without those that changed."""
    low, high = cited
    if seen.data == before.data:
        yield from range(low, high + 1)
        return
    matcher = SequenceMatcher(None, seen.lines, before.lines, autojunk=False)
    for one, other, size in matcher.get_matching_blocks():
        for number in range(max(low - 1, one), min(high, one + size)):
            yield number - one + other + 1
