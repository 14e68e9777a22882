"""The walk that gives the nodes of a tree."""

from __future__ import annotations

import ast
from pathlib import Path

import fixaudit
from fixaudit.syntax.tree import walk

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


def test_it_changes_no_list_of_the_tree() -> None:
    tree = ast.parse(_ODD)
    before = ast.dump(tree)
    walk(tree)
    assert ast.dump(tree) == before
