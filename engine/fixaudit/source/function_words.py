"""Which functions of the project may do something, by the words in their text: to look at few."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fixaudit.semantics.project import Project
from fixaudit.semantics.values.reach import remembered
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.text.positions import Positions

_MANY = 2000
_DEF = re.compile(rb"(?m)^([ \t]*)(async[ \t]+)?def[ \t]+(\w+)")
_CALLED = re.compile(rb"\b(\w+)[ \t]*\(")


class _Function(NamedTuple):
    """A function by its name and offsets: its start, the end of the line of its `def`, and its end."""

    name: str
    start: int
    below: int
    end: int


@memoized
def plain_functions_with(source: Source, words: tuple[bytes, ...]) -> frozenset[str]:
    """The names of the functions, but for coroutine functions, in whose text one of the words stands,
    and of those that call one of them in the same file.

    Where `from … import` brings it, those are all functions of the file. By the text alone: what has
    such a name may do it. Asked once for a run.
    """
    project = source.project

    def read() -> frozenset[str]:
        names: set[str] = set()
        for path, lines in _lines(project, words).items():
            names |= _names_in(project.read(path) or b"", lines)
        return frozenset(names)

    here = _names_in(source.body, _own_lines(source.body, words))
    return frozenset(here) | remembered(project, ("functions-with", words), read)


def _lines(project: Project, words: tuple[bytes, ...]) -> dict[Path, set[int]]:
    found: dict[Path, set[int]] = {}
    for word in words:
        for mention in project.mentions(word, _MANY, along=words):
            if not mention.is_test:
                found.setdefault(mention.path, set()).add(mention.line)
    return found


def _own_lines(body: bytes, words: tuple[bytes, ...]) -> set[int]:
    positions = Positions(body)
    found = (match.start() for word in words for match in re.finditer(re.escape(word), body))
    return {positions.line(at) for at in found}


def _names_in(body: bytes, lines: set[int]) -> set[str]:
    """The plain functions around the lines, and those of the file that call one of them."""
    if not lines:
        return set()
    positions = Positions(body)
    functions = list(_functions(body))
    if any(body.startswith(b"from ", positions.line_start(line)) for line in lines):
        return {name for name, *_ in functions}
    ascending = sorted(lines)
    todo: list[str] = []
    for name, start, _, end in functions:
        at = bisect_left(ascending, positions.line(start))
        if at < len(ascending) and ascending[at] <= positions.line(end):
            todo.append(name)
    callers = _callers(body, functions) if todo else {}
    names: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in names:
            names.add(name)
            todo += callers.get(name.encode(), ())
    return names


def _callers(body: bytes, functions: list[_Function]) -> dict[bytes, list[str]]:
    """The functions in whose text a name is called, by that name."""
    callers: dict[bytes, list[str]] = {}
    for name, _, below, end in functions:
        for called in set(_CALLED.findall(body, below, end)):
            callers.setdefault(called, []).append(name)
    return callers


def _functions(body: bytes) -> Iterator[_Function]:
    """Each plain function of a text; by indentation."""
    for match in _DEF.finditer(body):
        if match[2]:
            continue
        behind = _end_of_block(len(match[1])).search(body, match.end())
        end = len(body) if behind is None else behind.start()
        below = body.find(b"\n", match.end(), end)
        name = match[3].decode("utf-8", "replace")
        yield _Function(name, match.start(), end if below == -1 else below, end)


@cache
def _end_of_block(indent: int) -> re.Pattern[bytes]:
    """What ends a block: a line that stands no deeper than its `def`, but for the end of a signature
    over several lines."""
    return re.compile(rb"[\r\n][ \t\f\v]{0,%d}[^\s)]" % indent)
