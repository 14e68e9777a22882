"""The statements of a function's own body."""

from __future__ import annotations

import ast
from pathlib import Path

import fixaudit
from fixaudit.semantics.signatures import own_nodes
from fixaudit.syntax.statement_parts import own_statements

_HOLDING = (ast.stmt, ast.ExceptHandler, ast.match_case)
_TEXT = """
async def f(a):
    with a as b:
        return 1
    async with a: pass
    async for c in a:
        if c: x = 1
        elif b: return 2
        else: y = lambda: 3
    else: z = 1
    while a:
        def inner():
            return 4
        class Inner:
            x = 1
    try: p = 1
    except A: q = 1
    except B: r = 1
    else: s = 1
    finally: t = 1
    try: p = 2
    except* A: q = 2
    match a:
        case 1 if b: u = 1
        case _: return 5
"""


def test_they_are_those_among_all_its_nodes() -> None:
    texts = [_TEXT, *(path.read_text() for path in Path(fixaudit.__file__).parent.glob("*/*.py"))]
    functions = [
        node
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    for function in functions:
        expected = [node for node in own_nodes(function) if isinstance(node, _HOLDING)]
        assert list(own_statements(function)) == expected
    assert len(functions) > 100
