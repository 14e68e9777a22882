"""Which batches of fixes have to be there before the unsafe edits of another batch."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from fixaudit.campaigns.atoms import Link
from fixaudit.campaigns.batch import Batch, BatchFile

_WORD = re.compile(rb"[A-Za-z_]\w*")


def with_waiting(
    fixes: Sequence[Batch], unsafe: Sequence[Batch], links: Iterable[Link]
) -> list[Batch]:
    """The batches of unsafe edits, each with the names of the fixes that it rests on: those of one of its
    files, and those that define a function which it calls from now on."""
    home = {file.path: batch.name for batch in fixes for file in batch.files}
    gained = _gained(fixes)
    needed: dict[str, list[str]] = {}
    for link in links:
        needed.setdefault(link.path, []).append(link.other)
    return [replace(batch, waits_for=_rests_on(batch, home, gained, needed)) for batch in unsafe]


def _rests_on(
    batch: Batch,
    home: Mapping[str, str],
    gained: Mapping[str, Collection[str]],
    needed: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    found: set[str] = set()
    for file in batch.files:
        found |= {home[path] for path in (file.path, *needed.get(file.path, ())) if path in home}
        own = {*_defined(file.after)}
        for name in (_new_words(file) & gained.keys()) - own:
            found |= {*gained[name]}
    return tuple(sorted(found))


def _gained(batches: Iterable[Batch]) -> dict[str, set[str]]:
    """The functions and classes that fixes add to modules, with the batches that do."""
    found: dict[str, set[str]] = {}
    for batch in batches:
        for file in batch.files:
            for name in {*_defined(file.after)} - {*_defined(file.before)}:
                found.setdefault(name, set()).add(batch.name)
    return found


def _defined(data: bytes) -> Iterator[str]:
    try:
        body = ast.parse(data).body
    except (SyntaxError, ValueError, RecursionError):
        return
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name


def _new_words(file: BatchFile) -> set[str]:
    """Names that the file had not, and has now."""
    words = {*_WORD.findall(file.after)} - {*_WORD.findall(file.before)}
    return {word.decode() for word in words}
