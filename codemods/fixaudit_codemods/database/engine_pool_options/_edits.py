"""The edits that give a keyword beside one that stands there already, in a call or in a dict."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from fixaudit import Edit, Source, rewriting
from fixaudit.authoring import GivenKeyword, Refusal, add_keywords

Pair = tuple[str, str]


def beside(source: Source, given: GivenKeyword, pairs: Sequence[Pair]) -> list[Edit] | Refusal:
    """Edits that give each `(keyword, value)` where `given` stands."""
    place = given.place
    if isinstance(place, ast.Call):
        if _is_setdefault(place):
            return Refusal("its options come from `setdefault`")
        return in_call(source, place, pairs)
    if isinstance(place, ast.Dict):
        return [_in_display(source, place, given.value, pairs)]
    return _below(source, place, pairs)


def in_call(source: Source, call: ast.Call, pairs: Sequence[Pair]) -> list[Edit] | Refusal:
    """Edits that give the pairs as keywords, before the `**options` whose keywords are known."""
    texts = [f"{name}={value}" for name, value in pairs]
    before = next((word for word in call.keywords if word.arg is None), None)
    edits = add_keywords(source, call, *texts, before=before, hidden="neither")
    return edits if isinstance(edits, Refusal) else list(edits)


def _is_setdefault(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "setdefault"


def _in_display(source: Source, display: ast.Dict, value: ast.expr, pairs: Sequence[Pair]) -> Edit:
    """After the entry of `value`, or before it where a comment at its line's end speaks of it."""
    key = display.keys[display.values.index(value)]
    assert key is not None
    line = source.line_text(key.lineno)
    own_line = line[: len(line) - len(line.lstrip())] if _starts_line(source, key) else None
    gap = f"\n{own_line}" if own_line is not None else " "
    entries = [f'"{name}": {text}' for name, text in pairs]
    last = value.end_lineno or value.lineno
    commented = own_line is not None and any(
        comment.startswith("#") for comment in source.comments_by_line.get(last, ())
    )
    if commented:
        start = source.span(key).start
        return source.edit(start, start, "".join(f"{entry},{gap}" for entry in entries))
    end = rewriting.outer_parentheses(source, value).end
    return source.edit(end, end, "".join(f",{gap}{entry}" for entry in entries))


def _starts_line(source: Source, key: ast.expr) -> bool:
    start = source.span(key).start
    return not source.body[source.positions.line_start(key.lineno) : start].strip()


def _below(source: Source, statement: ast.Assign, pairs: Sequence[Pair]) -> list[Edit] | Refusal:
    target = statement.targets[0]
    assert isinstance(target, ast.Subscript)
    owner = source.segment(target.value)
    lines = "\n".join(f'{owner}["{name}"] = {value}' for name, value in pairs)
    edit = rewriting.insert_after(source, statement, lines)
    return Refusal("the line holds another statement") if edit is None else [edit]
