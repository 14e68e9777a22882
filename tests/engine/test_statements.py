"""Whole statements: whether they stand alone, and what their removal would leave behind."""

from __future__ import annotations

import ast

import pytest

from fixaudit.edits.statements import (
    delete_statement,
    insert_after,
    orphans,
    outer_parentheses,
    stands_alone,
)
from fixaudit.source.source import Source


def second(text: str) -> tuple[Source, bytes | None]:
    """The source, and what it is without its second statement."""
    source = Source("m.py", text.encode())
    edit = delete_statement(source, source.tree.body[1])
    if edit is None:
        return source, None
    return (
        source,
        source.body[: edit.span.start] + edit.text.encode() + source.body[edit.span.end :],
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\n# why b\nb = 2\nc = 3\n", 2),
        ("a = 1\n\n# why b\nb = 2\n\nc = 3\n", 3),
        ("a = 1\nb = 2\n# that was b\n\nc = 3\n", 3),
        ("a = 1\n# why f\n@cached\ndef f(): ...\nc = 3\n", 2),
    ],
)
def test_a_comment_that_would_stay_keeps_its_statement(text: str, line: int) -> None:
    source, after = second(text)
    assert orphans(source, source.tree.body[1]) == line
    assert after is None


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nb = 2\nc = 3\n",
        "a = 1  # why a\nb = 2\n# why c\nc = 3\n",
        "# head\n\na = 1\nb = 2\n",
    ],
)
def test_other_comments_do_not(text: str) -> None:
    _, after = second(text)
    assert after == text.replace("b = 2\n", "").encode()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_behind_a_backslash_a_statement_shares_its_line(newline: str) -> None:
    text = "if a:\n    \\\n        b()\n    # no \\\n    c()\n".replace("\n", newline)
    source = Source("m.py", text.encode())
    first, last = source.tree.body[0].body  # type: ignore[attr-defined]
    assert not stands_alone(source, first)
    assert insert_after(source, first, "d()") is None
    assert stands_alone(source, last)


@pytest.mark.parametrize(
    "between", [" ", "\\\n    ", "  # why\n    ", "\n    # why\n    ", "\n    \\\n    "]
)
def test_the_parentheses_of_a_call_are_no_parentheses_of_its_argument(between: str) -> None:
    text = f"f(g{between}(value))\n"
    source = Source("m.py", text.encode())
    names = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name)]
    value = next(node for node in names if node.id == "value")
    assert source.slice(outer_parentheses(source, value)) == "value"
    twice = Source("m.py", text.replace("(value)", "((value))").encode())
    names = [node for node in ast.walk(twice.tree) if isinstance(node, ast.Name)]
    value = next(node for node in names if node.id == "value")
    assert twice.slice(outer_parentheses(twice, value)) == "(value)"
