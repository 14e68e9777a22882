"""Cuts a parsed module into whole lines that parse alone, with the names that each may bind."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from fixaudit.semantics.facts_reader import global_names, stored_names
from fixaudit.semantics.module_facts import Part
from fixaudit.syntax.tree import walk
from fixaudit.text.positions import Positions

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SHOWING = (ast.If, ast.Assert)


def parts_of(tree: ast.Module, body: bytes) -> tuple[Part, ...]:
    """The parts of a module, in order; they cover all its lines up to the last statement's end."""
    return _Cutter(body).parts(tree.body)


class _Cutter:
    def __init__(self, body: bytes) -> None:
        self.body = body
        self.positions = Positions(body)
        self.globals: Mapping[int, tuple[str, ...]] = dict(global_names(body))
        self.binds_in_expressions = b":=" in body

    def parts(self, statements: list[ast.stmt]) -> tuple[Part, ...]:
        found: list[Part] = []
        before = 0
        for node in statements:
            start, end = before + 1, node.end_lineno or node.lineno
            if found and self.is_continued(node, before):
                last = found[-1]
                names = (*last.names, *self.names(node, last.start, end))
                shows = last.shows or isinstance(node, _SHOWING)
                found[-1] = Part(last.start, max(end, before), last.statements + 1, shows, names)
            else:
                names = tuple(dict.fromkeys(self.names(node, start, end)))
                found.append(Part(start, end, 1, isinstance(node, _SHOWING), names))
            before = found[-1].end
        return tuple(found)

    def is_continued(self, node: ast.stmt, before: int) -> bool:
        """True for a statement that starts in the last line of the one before it, or continues it."""
        if _first_line(node) <= before:
            return True
        line = self.body[self.positions.line_start(before) : self.positions.line_end(before)]
        return line.rstrip(b"\r\n").endswith(b"\\")

    def names(self, node: ast.stmt, start: int, end: int) -> Iterator[str]:
        """What a statement may bind around itself; some too many."""
        yield from _bound(node)
        for line, names in self.globals.items():
            if start <= line <= end:
                yield from names
        if self.binds_in_expressions:
            for inner in walk(node):
                if isinstance(inner, ast.NamedExpr):
                    yield inner.target.id


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return decorators[0].lineno if decorators else node.lineno


def _bound(node: ast.stmt) -> Iterator[str]:
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
