"""Taking a keyword out of a call: with its comma, without its neighbours."""

from __future__ import annotations

import ast

import pytest

from fixaudit import Source
from fixaudit.edits.calls import drop_keyword


def _without_k(text: str) -> str | None:
    source = Source("app/x.py", text.encode())
    call = source.nodes(ast.Call)[0]
    edit = drop_keyword(source, call, next(word for word in call.keywords if word.arg == "k"))
    if edit is None:
        return None
    body = source.body
    return (body[: edit.span.start] + edit.text.encode() + body[edit.span.end :]).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(k=1)", "f()"),
        ("f(k=1, )", "f( )"),
        ("f(a, k=1)", "f(a)"),
        ("f(a, k=(1), b=2)", "f(a, b=2)"),
        ("f(k=1, *a)", "f(*a)"),
        ("f(*a, k=g(1), **b)", "f(*a, **b)"),
        ("f(\n    a,\n    k=1,\n)", "f(\n    a,\n)"),
        ("f(\n    a,  # why\n    k=1,\n    b=2,\n)", "f(\n    a,  # why\n    b=2,\n)"),
        ("f(\n    a,\n    k=1\n)", "f(\n    a\n)"),
        ("f(\n    a,  # why\n    k=1\n)", "f(\n    a,  # why\n)"),
        ("f(\n    k=1,\n    b=2,\n)", "f(\n    b=2,\n)"),
        ("f(\n    a, k=[\n        1,\n    ],\n)", "f(\n    a,\n)"),
    ],
)
def test_drop_keyword(before: str, after: str) -> None:
    assert _without_k(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "f(\n    a,\n    k=1,  # why\n)",
        "f(\n    a,\n    # why\n    k=1\n)",
        "f(\n    a,  # a\n    # why\n    k=1,\n    b=2,\n)",
        "f(\n    # why\n    k=1,\n    b=2,\n)",
        "f(\n    k=1,  # why\n    b=2,\n)",
        "f(\n    a, k=[\n        1,  # one\n    ],\n)",
    ],
)
def test_a_comment_is_not_taken_along(text: str) -> None:
    assert _without_k(text) is None
