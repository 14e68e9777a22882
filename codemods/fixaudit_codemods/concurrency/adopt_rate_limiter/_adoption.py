"""The limiter that takes over, the calls that move to it, and what nothing uses any more."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fixaudit import Edit, Source, Span, rewriting
from fixaudit.authoring import (
    ClassFacts,
    FunctionFacts,
    FunctionNode,
    Inference,
    Mention,
    clipped,
    definition_of,
    names_written,
    own_nodes,
    walk,
)

_BROAD = frozenset({"Exception", "BaseException", "HTTPException"})


@dataclass(frozen=True)
class Checking:
    """A statement that refuses: `if not check(key): raise …`, or `check(key)` that raises itself."""

    statement: ast.stmt
    key: ast.expr


def checking(source: Source, call: ast.Call) -> Checking | str:
    """The statement that a call decides about; in words, why it cannot be replaced."""
    if len(call.args) != 1 or call.keywords or isinstance(call.args[0], ast.Starred):
        return "it is asked with more than a key"
    statement = source.statement(call)
    match statement:
        case ast.Expr(value=value) if value is call:
            return Checking(statement, call.args[0])
        case ast.If(test=test, body=[ast.Raise() as raised], orelse=[]):
            plain = test.operand if isinstance(test, ast.UnaryOp) else test
            if plain is not call:
                return "the condition asks for more than the limit"
            if "429" not in (shown := ast.unparse(raised)) and "TooMany" not in shown:
                return f"it answers otherwise than with 429: `{clipped(shown)}`"
            return Checking(statement, call.args[0])
    return "what is done beyond the limit is more than to raise"


def swallowed(source: Source, statement: ast.stmt) -> int | None:
    """The line of a handler around it that takes the 429, as it takes everything."""
    child: ast.AST = statement
    for above in source.ancestors(statement):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        if isinstance(above, ast.Try) and any(child is each for each in above.body):
            for handler in above.handlers:
                names = _caught(handler)
                if _reraises(handler) and names & _BROAD:
                    break
                if not names or names & _BROAD:
                    return handler.lineno
        child = above
    return None


def _caught(handler: ast.ExceptHandler) -> set[str]:
    if handler.type is None:
        return set()
    parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {ast.unparse(part).rpartition(".")[2] for part in parts}


def _reraises(handler: ast.ExceptHandler) -> bool:
    first = handler.body[0]
    return isinstance(first, ast.Raise) and first.exc is None


def check_method(source: Source, imported: str, method: str) -> FunctionFacts | None:
    """The method of the limiter that is awaited; None where it is not found, or no coroutine."""
    found = source.project.definition(imported, source.location)
    if isinstance(found, FunctionFacts):
        returns = found.returns
        there = Inference(source.project, found.module)
        shape = None if returns is None else there.annotation(returns, returns)
        found = shape.classes[0] if shape is not None and len(shape.classes) == 1 else None
    if not isinstance(found, ClassFacts):
        return None
    known = found.find_method(method)
    return known if known is not None and known.is_async else None


def raises(method: FunctionFacts) -> bool:
    """True where the method itself refuses, by an exception."""
    return any(isinstance(node, ast.Raise) for node in own_nodes(method.node))


def is_function(source: Source, func: ast.expr, wanted: str) -> bool:
    """True for a call of the configured function, by its full name or its name alone."""
    last = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if last != wanted.rpartition(".")[2]:
        return False
    found = definition_of(source, func)
    if not isinstance(found, FunctionFacts):
        return False
    return "." not in wanted or found.qualified_name == wanted


def without(source: Source, function: FunctionNode) -> list[Edit] | str:
    """The edits that take a function away that nothing calls, with the variables that only it uses."""
    edits: list[Edit] = []
    for statement in (function, *_variables(source, function)):
        if rewriting.orphans(source, statement) is not None:
            return f"a comment speaks of it (line {rewriting.orphans(source, statement)})"
        edit = rewriting.delete_statement(source, statement)
        if edit is None:
            return "its lines hold other code"
        edits.append(_with_space_above(source, edit) if statement is function else edit)
    return edits


def _with_space_above(source: Source, edit: Edit) -> Edit:
    """The removal with the empty lines above: those below part what is left."""
    start = edit.span.start
    line = source.positions.line(start)
    while line > 1 and not source.line_text(line - 1).strip():
        line -= 1
        start = source.positions.line_start(line)
    return replace(edit, span=Span(start, edit.span.end))


def _variables(source: Source, function: FunctionNode) -> Iterator[ast.stmt]:
    """The assignments of the module whose names nothing but the function uses."""
    inside = {id(node) for node in walk(function)}
    names = {node.id for node in walk(function) if isinstance(node, ast.Name)}
    for name in sorted(names):
        bindings = source.scopes.module.bindings.get(name, [])
        if len(bindings) != 1 or bindings[0].kind != "assign":
            continue
        statement = bindings[0].statement
        uses = [use for use in names_written(source, name) if use is not bindings[0].node]
        if isinstance(statement, ast.stmt) and all(id(use) in inside for use in uses):
            own = source.project.facts_of_source(source).path
            if all(each.path == own for each in _elsewhere(source, name)):
                yield statement


def _elsewhere(source: Source, name: str) -> tuple[Mention, ...]:
    module = source.module.rpartition(".")[2]
    return source.project.users(name, (module,))
