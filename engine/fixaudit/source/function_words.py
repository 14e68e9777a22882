"""Which functions of the project may do something, by the words in their text: to look at few."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

from fixaudit.semantics.project import Project
from fixaudit.semantics.values.reach import remembered
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.text.positions import Positions

_MANY = 2000
_DEF = re.compile(rb"(?m)^([ \t]*)(async[ \t]+)?def[ \t]+(\w+)")
_CALLED = re.compile(rb"\b(\w+)[ \t]*\(")


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
    functions = list(_functions(body))
    texts = body.splitlines()
    if any(texts[line - 1].startswith(b"from ") for line in lines):
        return {name for name, *_ in functions}
    ascending = sorted(lines)
    callers: dict[str, list[str]] = {}
    todo: list[str] = []
    for name, first, last, text in functions:
        at = bisect_left(ascending, first)
        if at < len(ascending) and ascending[at] <= last:
            todo.append(name)
        for called in set(_CALLED.findall(text)):
            callers.setdefault(called.decode("utf-8", "replace"), []).append(name)
    names: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in names:
            names.add(name)
            todo += callers.get(name, ())
    return names


def _functions(body: bytes) -> Iterator[tuple[str, int, int, bytes]]:
    """Name, first and last line and text of each plain function; by indentation."""
    lines = body.splitlines()
    positions = Positions(body)
    for match in _DEF.finditer(body):
        if match[2]:
            continue
        indent = len(match[1])
        first = positions.line(match.start())
        last = first
        while last < len(lines) and _is_inside(lines[last], indent):
            last += 1
        name = match[3].decode("utf-8", "replace")
        yield name, first, last, b"\n".join(lines[first:last])


def _is_inside(line: bytes, indent: int) -> bool:
    stripped = line.lstrip()
    # The end of a signature over several lines stands as deep as its `def`.
    return not stripped or len(line) - len(stripped) > indent or stripped.startswith(b")")
