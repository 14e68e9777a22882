"""The walk that gives the nodes of a tree."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import ClassVar

import pytest
from constructs import TEXTS, kinds

import fixaudit
from fixaudit.syntax.tree import TreeIndex, children, walk

_LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
_ODD = """\
{**a, 1: 2}
def f(a, /, b, *, c, d=1, **e): global g; return -a
match x:
    case {"k": [1, *rest], **others} | Point(x=0) | None: pass
async def g():
    async with a as (b, c): return [i async for i in x if i < 1 <= 2 or not i]
"""


def _expected(tree: ast.AST) -> list[ast.AST]:
    return [node for node in ast.walk(tree) if not isinstance(node, _LEFT_OUT)]


def test_it_gives_what_the_standard_library_gives_in_the_same_order() -> None:
    files = sorted(Path(fixaudit.__file__).parent.glob("*.py"))
    for text in (_ODD, *(file.read_text("utf-8") for file in files)):
        tree = ast.parse(text)
        assert [id(node) for node in walk(tree)] == [id(node) for node in _expected(tree)]


@pytest.mark.parametrize("text", TEXTS)
def test_every_construct_is_walked_as_the_standard_library_walks_it(text: str) -> None:
    tree = ast.parse(text)
    expected = _expected(tree)
    assert [id(node) for node in walk(tree)] == [id(node) for node in expected]
    index = TreeIndex(tree)
    assert {id(n) for n in index.nodes(*index.by_type)} == {id(node) for node in expected}
    held = [(parent, child) for parent in expected for child in ast.iter_child_nodes(parent)]
    held = [(parent, child) for parent, child in held if not isinstance(child, _LEFT_OUT)]
    assert all(index.parents[child] is parent for parent, child in held)
    assert [child for parent in expected for child in children(parent)] == [c for _, c in held]


def test_the_texts_hold_every_node_type_of_the_running_python() -> None:
    seen = {type(node) for text in TEXTS for node in ast.walk(ast.parse(text))}
    assert kinds() <= seen


def test_a_type_that_the_grammar_does_not_name_is_walked_by_what_it_holds() -> None:
    class Odd(ast.AST):
        _fields = ("name", "parts", "one", "op", "none")
        name, op, none = "x", ast.Add(), None
        parts: ClassVar[list[ast.AST]] = [ast.Name(id="a", ctx=ast.Load()), ast.Pass()]
        one = ast.Pass()

    odd = Odd()
    assert walk(odd) == [odd, *Odd.parts, Odd.one]


def test_it_changes_no_list_of_the_tree() -> None:
    tree = ast.parse(_ODD)
    before = ast.dump(tree)
    walk(tree)
    assert ast.dump(tree) == before
