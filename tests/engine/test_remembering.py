"""Questions about a source that are answered once."""

from __future__ import annotations

import ast

from fixaudit import memoized
from fixaudit.source.source import Source

asked: list[tuple[object, ...]] = []


@memoized
def names(source: Source, function: ast.FunctionDef, least: int = 0) -> list[str]:
    """The names read in a function."""
    asked.append((source, function, least))
    return [node.id for node in ast.walk(function) if isinstance(node, ast.Name)][least:]


@memoized
def others(source: Source, function: ast.FunctionDef) -> None:
    asked.append((source, function))


def test_the_same_question_is_answered_once_and_others_anew() -> None:
    asked.clear()
    one, two = (Source("m.py", b"def f(): a; b\ndef g(): c\n") for _ in range(2))
    f, g = one.nodes(ast.FunctionDef)
    assert names(one, f) is names(one, f)
    assert names(one, f) == ["a", "b"]
    assert names(one, g) == ["c"]
    assert names(one, f, 1) == names(one, f, 1) == ["b"]
    assert names(one, f, least=1) == ["b"]
    assert names(two, f) == ["a", "b"]
    others(one, f)
    others(one, f)  # None is an answer too
    assert asked == [(one, f, 0), (one, g, 0), (one, f, 1), (one, f, 1), (two, f, 0), (one, f)]


def test_answers_go_when_the_source_is_closed() -> None:
    asked.clear()
    source = Source("m.py", b"def f(): a\n")
    (f,) = source.nodes(ast.FunctionDef)
    names(source, f)
    source.close()
    assert source.memo == {}
    names(source, f)
    assert len(asked) == 2


def test_it_is_documented_as_what_it_stands_for() -> None:
    assert names.__doc__ == "The names read in a function."
    assert names.__name__ == "names"
