"""Which nodes a codemod that names its functions is given."""

from __future__ import annotations

import ast

import pytest

from fixaudit.source.source import Source

TEXT = """\
import hashlib
from hashlib import md5 as short, sha1
other = hashlib.md5
again = other
(walrus := short)
hashlib.md5(a)
short(b)
sha1(c)
other(d)
again(e)
walrus(f)
x[0](g)
x.md5.update(h)
def f(md5): return md5(i)
"""


def _lines(kind: type[ast.AST], *names: str) -> list[int]:
    source = Source("x.py", TEXT.encode())
    return [node.lineno for node in source.named(kind, frozenset(names))]  # type: ignore[attr-defined]


def test_calls_are_those_of_the_names_and_of_what_stands_for_them() -> None:
    assert _lines(ast.Call, "md5") == [6, 7, 9, 10, 11, 14]
    assert _lines(ast.Call, "sha1", "update") == [8, 13]
    assert _lines(ast.Call, "absent") == []


@pytest.mark.parametrize(("kind", "lines"), [(ast.Attribute, [3, 6, 13]), (ast.Name, [3, 4, 4, 5, 5, 7, 9, 10, 11, 14])])  # fmt: skip
def test_names_and_attributes_count_by_themselves(kind: type[ast.AST], lines: list[int]) -> None:
    assert _lines(kind, "md5") == lines


def test_all_nodes_of_other_types_are_given() -> None:
    assert _lines(ast.FunctionDef, "md5") == [14]
