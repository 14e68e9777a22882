"""The findings in the data a tool prints, each as one flat dictionary, however deep its parts stand.

A finding is an object with a message and a place, a rule or a severity. Where a list of them stands under
the name of a file, or in an object that names one, that file is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_HOLDERS = (
    "mostrecentinstance", "location", "primarylocation", "position", "positions", "range", "textrange", "lines", "start", "begin",
    "end", "endlocation", "code", "rule", "extra", "metadata",
)  # fmt: skip
"""Parts of a finding whose keys are its own."""
_LISTS = ("findings", "results", "issues", "vulnerabilities", "problems", "messages", "diagnostics")
_TOLD = ("message", "title", "issue", "text", "issuetext", "issuetitle", "description", "finding")
_ELSE = ("line", "linenumber", "lineno", "rule", "ruleid", "testid", "checkid", "severity", "path", "filename", "id", "type")  # fmt: skip
_PATHS = ("path", "file", "filename", "filepath", "target", "uri")
_FILE = re.compile(r"(?:[\w.@+~:-]*[/\\])*[\w.@+-]+\.[A-Za-z]\w{0,5}")


def key_of(name: object) -> str:
    """A key as it is compared: case, blanks, `-` and `_` do not count."""
    return re.sub(r"[\s_-]", "", str(name).lower())


def rows_of(value: Any) -> list[Any] | None:
    """The list of findings: the value itself, under a usual name, the only list of objects, or gathered
    from all over. None where there is none."""
    rows = value if isinstance(value, list) else _list_in(value)
    if rows is None or not any(_tells(row) for row in rows):
        rows = list(_nested(value, {}, set())) or rows
    return rows


def _list_in(value: dict[str, Any]) -> list[Any] | None:
    for key in _LISTS:
        if isinstance(value.get(key), list) or value.get(key) == {}:
            return list(value[key])
    lists = [v for k, v in value.items() if isinstance(v, list) and not _FILE.fullmatch(str(k))]
    full = [each for each in lists if each and isinstance(each[0], dict)] or lists
    return full[0] if len(full) == 1 and all(isinstance(each, dict) for each in full[0]) else None


def _tells(row: Any) -> bool:
    """True for a finding; one that has a name only and a list holds findings rather."""
    if not isinstance(row, dict):
        return False
    names = {key_of(key) for key, value in row.items() if value}
    holds = any(isinstance(value, list) for value in row.values())
    return bool(names & {*_TOLD}) or (bool(names & {"name", "summary"}) and not holds)


def _nested(value: Any, around: dict[str, Any], seen: set[int]) -> Iterator[dict[str, Any]]:
    """Objects that are findings, in order, with the file that encloses them."""
    if id(value) in seen:  # YAML may name one object again and again
        return
    seen.add(id(value))
    if isinstance(value, list):
        for each in value:
            if isinstance(each, dict | list):
                yield from _nested(each, around, seen)
        return
    keyed = flat(value)
    names = {key_of(key) for key, held in keyed.items() if isinstance(held, str | int) and held}
    if names & {*_TOLD} and names & {*_ELSE}:
        yield {**around, **value}
        return
    if "lineno" in names or "linenumber" in names:
        # A secret: its kind is all there is to say. What has a complexity is a measured function.
        if "type" in names and "complexity" not in names:
            yield {**around, **value, "message": keyed["type"]}
        return
    named = [v for k, v in value.items() if key_of(k) in _PATHS and isinstance(v, str)]
    for key, each in value.items():
        if isinstance(each, dict | list):
            path = [str(key)] if _FILE.fullmatch(str(key)) else named
            yield from _nested(each, {**around, "path": path[-1]} if path else around, seen)


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """The keys of a finding in their compared form, those of its parts joined to them; its own win."""
    keyed = {key_of(key): value for key, value in row.items()}
    for holder in _HOLDERS:
        inner = keyed.get(holder)
        if not isinstance(inner, dict):
            continue
        parts = flat(inner)
        if holder in ("start", "begin", "end", "endlocation"):
            parts = _corner(parts, holder)
        elif holder in ("code", "rule"):
            ident = parts.get("value") or parts.get("id") or parts.get("code")
            parts = {k: parts.get(k) for k in ("severity", "description")} | {"ruleid": ident}
        elif holder == "lines":
            corners = {"line": parts.get("begin"), "endline": parts.get("end")}
            parts |= {k: v for k, v in corners.items() if isinstance(v, int)}
        elif holder in ("extra", "metadata"):
            parts.pop("lines", None)  # the code, not its numbers
        keyed |= {k: v for k, v in parts.items() if v is not None and _joins(keyed.get(k), v)}
    return keyed


def _joins(own: Any, inner: Any) -> bool:
    return own is None or (isinstance(own, dict) and not isinstance(inner, dict))


def _corner(parts: dict[str, Any], holder: str) -> dict[str, Any]:
    """Where a range begins or ends; editors, which speak of characters, count lines from 0."""
    line = parts.get("line", parts.get("row"))
    if isinstance(line, int):
        line += "character" in parts
    return {"endline" if holder.startswith("end") else "line": line}
