"""Cuts a parsed module into whole lines that parse alone, with the names that each may bind."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit.semantics.facts_reader import LinesWith, global_names, stored_names
from fixaudit.semantics.module_facts import Part
from fixaudit.syntax.tree import walk

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SHOWING = (ast.If, ast.Assert)


def parts_of(tree: ast.Module, body: bytes) -> tuple[Part, ...]:
    """The parts of a module, in order; they cover all its lines up to the last statement's end."""
    continued = _continued_lines(body)
    lent = [(line, names) for line, names in global_names(body)]
    binding_expressions = LinesWith((b":=",), body)
    found: list[Part] = []
    before = 0
    for node in tree.body:
        end = node.end_lineno or node.lineno
        names = dict.fromkeys(_bound(node))
        if binding_expressions.touch(node):
            names.update((item.target.id, None) for item in walk(node) if isinstance(item, ast.NamedExpr))  # fmt: skip
        shows = isinstance(node, _SHOWING)
        start, statements = before + 1, 1
        if found and (_first_line(node) <= before or before in continued):
            last = found.pop()
            names = dict.fromkeys(last.names) | names
            start, statements = last.start, last.statements + 1
            end, shows = max(end, before), last.shows or shows
        for line, lent_names in lent:
            if start <= line <= end:
                names.update(dict.fromkeys(lent_names))
        found.append(Part(start, end, statements, shows, tuple(names)))
        before = end
    return tuple(found)


def _continued_lines(body: bytes) -> frozenset[int]:
    """The lines that end with a backslash."""
    if b"\\\n" not in body and b"\\\r" not in body:
        return frozenset()
    lines = enumerate(body.splitlines(), 1)
    return frozenset(number for number, line in lines if line.endswith(b"\\"))


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return decorators[0].lineno if decorators else node.lineno


def _bound(node: ast.stmt) -> Iterator[str]:
    """What a statement may bind around itself; some too many."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        case ast.Assign(targets=targets):
            for target in targets:
                yield from (target.id,) if isinstance(target, ast.Name) else stored_names(target)
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            yield from stored_names(target)
        case ast.Expr() | ast.Pass():
            return
        case _:
            yield from stored_names(node)
            for inner in walk(node):
                if isinstance(inner, _DEFINITIONS):
                    yield inner.name
                elif isinstance(inner, ast.alias):
                    yield inner.asname or inner.name.partition(".")[0]
                elif isinstance(inner, ast.ExceptHandler) and inner.name:
                    yield inner.name
