"""Where a name can no longer be None, or must be an instance of a class: what tests have shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit.semantics.tree_view import Block, View

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing a passed test shows of an expression, written as `text` (`user`, `self.client`).

    `classes` are the `isinstance` classes as written, None for mere "is not None". `line` and
    `column` say where the test ends; `near` that it still stands in the same expression, or right
    in front of the statement asked about.
    """

    text: str
    classes: tuple[ast.expr, ...] | None
    end: tuple[int, int]
    near: bool


def shown_at(view: View, node: ast.expr, text: str) -> Iterator[Shown]:
    """What tests around and before `node` show of the expression written `text`, innermost first."""
    return (item for item in _shown_at(view, node, text) if item.text == text)


def _shown_at(view: View, node: ast.expr, text: str) -> Iterator[Shown]:
    """The same and, of the tests around `node`, what they show besides."""
    crossed = False
    use: ast.AST = node
    for child, parent in view.ancestors(node):
        match parent:
            case ast.BoolOp(op=op, values=values):
                for value in values[: _position(values, child)]:
                    yield from _read(value, isinstance(op, ast.And), True)
            case ast.IfExp(test=test):
                if child is not test:
                    yield from _read(test, child is parent.body, True)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                if not isinstance(child, ast.comprehension):
                    for generator in parent.generators:
                        for test in generator.ifs:
                            yield from _read(test, True, True)
            case ast.comprehension(ifs=ifs) if child in ifs:
                for test in ifs[: _position(ifs, child)]:
                    yield from _read(test, True, True)
        if isinstance(child, ast.stmt):
            view.complete(parent, child)
            yield from _from_block(view, child, parent, use, crossed, text)
            use = child
        crossed = crossed or isinstance(parent, _SCOPES)


def _position(values: list[ast.expr], child: ast.AST) -> int:
    return next((at for at, value in enumerate(values) if value is child), 0)


def _from_block(
    view: View, child: ast.stmt, parent: ast.AST, use: ast.AST, crossed: bool, text: str
) -> Iterator[Shown]:
    """From the statements before `child` in its block, and from the test that guards the block."""
    name, place, block = _place_of(view, child, parent)
    is_near = (use is child or not isinstance(use, ast.stmt)) and not crossed
    tests = block.tests_of(text, place, _texts) if block is not None else ()
    for at, before in tests:
        yield from _after(before, near=at == place - 1 and is_near)
    at_start = block is not None and place == 0 and is_near
    if isinstance(parent, (ast.If, ast.While)) and name == "body":
        yield from _read(parent.test, True, at_start)
    elif isinstance(parent, ast.If) and name == "orelse":
        yield from _read(parent.test, False, at_start)


def _place_of(view: View, child: ast.stmt, parent: ast.AST) -> tuple[str, int, Block | None]:
    for name in ("body", "orelse", "finalbody"):
        statements = getattr(parent, name, None)
        if isinstance(statements, list):
            block = view.block(statements)
            place = block.place(child)
            if place is not None:
                return name, place, block
    return "", 0, None


def _after(statement: ast.stmt, near: bool) -> Iterator[Shown]:
    """What a statement that was passed shows."""
    match statement:
        case ast.Assert(test=test):
            yield from _read(test, True, near)
        case ast.If(test=test, body=body, orelse=orelse):
            if never_passes_end(body):
                yield from _placed(_read(test, False, near), statement)
            elif orelse and never_passes_end(orelse):
                yield from _placed(_read(test, True, near), statement)


def _texts(statement: ast.stmt) -> Iterator[str]:
    return (item.text for item in _after(statement, near=False))


def _placed(found: Iterator[Shown], statement: ast.stmt) -> Iterator[Shown]:
    """Count from the end of the whole statement: what its branch rebinds is left with it."""
    end = (statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
    for item in found:
        yield Shown(item.text, item.classes, end, item.near)


def _read(test: ast.expr, truth: bool, near: bool) -> Iterator[Shown]:
    """What a test shows by having come out as `truth`."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _read(operand, not truth, near)
        case ast.BoolOp(op=op, values=values):
            if isinstance(op, ast.And) == truth:
                for value in values:
                    yield from _read(value, truth, near)
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=None)]):
            if isinstance(op, (ast.IsNot, ast.NotEq)) == truth and isinstance(
                op, (ast.IsNot, ast.NotEq, ast.Is, ast.Eq)
            ):
                yield from _of(left, None, test, near)
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject, classes]) if truth:
            members = classes.elts if isinstance(classes, ast.Tuple) else [classes]
            yield from _of(subject, tuple(members), test, near)
        case ast.Name() | ast.Attribute() | ast.NamedExpr() if truth:
            yield from _of(test, None, test, near)


def _of(
    subject: ast.expr, classes: tuple[ast.expr, ...] | None, test: ast.expr, near: bool
) -> Iterator[Shown]:
    end = (test.end_lineno or test.lineno, test.end_col_offset or 0)
    if isinstance(subject, ast.NamedExpr):
        yield Shown(subject.target.id, classes, end, near)
        subject = subject.value
    if isinstance(subject, (ast.Name, ast.Attribute)):
        yield Shown(ast.unparse(subject), classes, end, near)


def never_passes_end(block: list[ast.stmt]) -> bool:
    """True where the end of the block is never passed."""
    if not block:
        return False
    match block[-1]:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.If(body=body, orelse=orelse):
            return never_passes_end(body) and never_passes_end(orelse)
        case ast.With(body=body) | ast.AsyncWith(body=body):
            # A context manager may swallow the exception that was raised, but not a return.
            return never_passes_end(body) and not isinstance(body[-1], ast.Raise)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            through = never_passes_end(orelse) if orelse else never_passes_end(body)
            return never_passes_end(final) or (
                through and all(never_passes_end(item.body) for item in handlers)
            )
        case ast.While(test=ast.Constant(value=True), body=body):
            return not any(isinstance(node, ast.Break) for item in body for node in ast.walk(item))
    return False


def loops_between(view: View, node: ast.AST, above: ast.AST) -> list[ast.AST]:
    """The loops around `node` that are not also around `above`."""
    outer = {id(parent) for _, parent in view.ancestors(above)}
    return [p for _, p in view.ancestors(node) if isinstance(p, _LOOPS) and id(p) not in outer]
