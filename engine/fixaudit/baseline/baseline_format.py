"""The file `fixaudit-baseline.jsonl`: a line that says what it is, then a line an entry, sorted.

No line numbers, totals, dates, reasons or verdicts: two branches that change findings of their own
then change lines of their own, and `merge=union` joins them. What a union leaves behind (a line twice,
an entry that one side took away) does no harm to a reader.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from fixaudit._version import __version__
from fixaudit.baseline.entries import BaselineEntry, BaselineFile
from fixaudit.errors import FixauditError

NAME = "fixaudit-baseline.jsonl"
_FORMAT = 1
_KIND = "fixaudit-baseline"
_AGAIN = "restore it from git, or write it anew: `fixaudit baseline write`"


class BaselineError(FixauditError):
    """A baseline that cannot be used: the message names file and line, and what to do."""


def written(codemods: Iterable[str], entries: Iterable[BaselineEntry]) -> bytes:
    """The bytes of a baseline file; entries of the same kind are added up."""
    counts: dict[BaselineEntry, int] = {}
    for entry in entries:
        kind = BaselineEntry(entry.path, entry.codemod, entry.symbol, entry.tokens)
        counts[kind] = counts.get(kind, 0) + entry.count
    lines: list[dict[str, Any]] = [
        {_KIND: _FORMAT, "version": __version__, "codemods": sorted(codemods)}
    ]
    for entry in sorted(counts):
        line = {name: getattr(entry, name) for name in ("path", "codemod", "symbol", "tokens")}
        lines.append(line if counts[entry] == 1 else {**line, "count": counts[entry]})
    # Names that are no UTF-8 are kept as JSON escapes of their surrogates.
    return b"".join(json.dumps(line).encode("ascii") + b"\n" for line in lines)


def read(data: bytes, folder: str, shown: str) -> BaselineFile:
    """What a baseline file holds; `shown` is its name in errors.

    Raises BaselineError: it is no baseline, one of a newer fixaudit, or cut short.
    """
    if not data.strip():
        raise BaselineError(f"{shown}: it is empty; {_AGAIN}")
    lines = data.split(b"\n")
    if lines[-1].strip():
        raise BaselineError(f"{shown}:{len(lines)}: it is cut short within this line; {_AGAIN}")
    codemods, versions = set[str](), list[str]()
    counts: dict[BaselineEntry, int] = {}
    repeated = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _row(line, f"{shown}:{number}")
        if _KIND in row:
            _refuse_newer(row, f"{shown}:{number}")
            codemods |= set(_texts(row, "codemods", f"{shown}:{number}"))
            versions.append(str(row.get("version", "")))
            continue
        if not versions:
            raise BaselineError(
                f"{shown}:{number}: the line that says of which codemods it speaks is missing above; {_AGAIN}"
            )
        entry, count = _entry(row, f"{shown}:{number}")
        repeated += entry in counts
        # A union of two branches: the larger number is the safer one to know.
        counts[entry] = max(count, counts.get(entry, 0))
    entries = (
        BaselineEntry(e.path, e.codemod, e.symbol, e.tokens, count) for e, count in counts.items()
    )
    repeated += len(versions) - 1
    return BaselineFile(folder, frozenset(codemods), versions[-1], tuple(entries), repeated)


def _row(line: bytes, place: str) -> dict[str, Any]:
    if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")):
        raise BaselineError(
            f"{place}: a conflict of a merge: keep the lines of both sides, drop the marks, then `fixaudit baseline prune`"
        )
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise BaselineError(f"{place}: this is no line of a baseline; {_AGAIN}")
    return row


def _refuse_newer(row: dict[str, Any], place: str) -> None:
    if row[_KIND] != _FORMAT:
        raise BaselineError(
            f"{place}: format {row[_KIND]!r}, written by fixaudit {row.get('version', '?')}; this one reads {_FORMAT}: update fixaudit"
        )


def _texts(row: dict[str, Any], key: str, place: str) -> list[str]:
    value = row.get(key)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BaselineError(f"{place}: `{key}` is no list of names; {_AGAIN}")
    return value


def _entry(row: dict[str, Any], place: str) -> tuple[BaselineEntry, int]:
    values = [row.get(name) for name in ("path", "codemod", "symbol", "tokens")]
    count = row.get("count", 1)
    is_number = isinstance(count, int) and not isinstance(count, bool) and count > 0
    if not is_number or not all(isinstance(value, str) for value in values):
        raise BaselineError(f"{place}: this entry lacks path, codemod, symbol or tokens; {_AGAIN}")
    path, codemod, symbol, tokens = map(str, values)
    if os.path.isabs(path) or ".." in path.split("/"):
        raise BaselineError(f"{place}: the path `{path}` leads out of the folder; {_AGAIN}")
    return BaselineEntry(path, codemod, symbol, tokens), count
