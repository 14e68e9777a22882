"""What becomes of a coroutine under a name: awaited, handed on, or used as if it were its result."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit import Evidence, Source
from fixaudit.authoring import variable_uses

# What a coroutine itself has.
_OWN = frozenset({"close", "send", "throw", "__await__", "__name__", "__qualname__"})
_COMPARING = (ast.In, ast.NotIn, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_READING = frozenset({"len", "list", "dict", "set", "tuple", "sorted", "sum", "min", "max", "iter"})


@dataclass(frozen=True, slots=True)
class Uses:
    """The first use that a coroutine is for, and the first that only its result is for."""

    as_coroutine: Evidence | None = None
    as_value: Evidence | None = None


def uses_of(source: Source, name: ast.Name) -> Uses | None:
    """How a local name is used that a coroutine was given to; None where that is not followed.

    A name that is bound more than once is followed to the next binding in the text, and only where a
    use asks for the result: that one fails, whatever the other bindings give.
    """
    scope, bindings = source.scopes.lookup(name.id, name)
    if scope is None or scope.node is not source.function(name):
        return None
    start = source.span(source.statement(name)).end
    later = [source.span(each.node).start for each in bindings]
    end = min((place for place in later if place > start), default=None)
    coroutine = value = None
    for use in variable_uses(source, scope, name.id):
        place = source.span(use).start
        if len(bindings) > 1 and (place < start or (end is not None and place > end)):
            continue
        if (how := used_as_value(source, use)) is not None:
            value = value or source.proof(use, f"`{name.id}` is {how}")
        else:
            coroutine = coroutine or source.proof(use, f"`{name.id}` is awaited or handed on")
    if len(bindings) > 1 and value is None and coroutine is not None:
        value, coroutine = _in_place_of_a_result(source, name, start), None
    if len(bindings) > 1 and (value is None or coroutine is not None):
        return None
    return Uses(coroutine, value)


def _in_place_of_a_result(source: Source, name: ast.Name, start: int) -> Evidence | None:
    """The binding that gives the name an awaited result, where all that is done with it from here on
    is to return it: whoever gets it cannot tell which of the two it is."""
    scope, bindings = source.scopes.lookup(name.id, name)
    others = [each.statement for each in bindings if each.node is not name]
    if not all(isinstance(getattr(each, "value", None), ast.Await) for each in others):
        return None
    uses = variable_uses(source, scope, name.id) if scope is not None else ()
    later = [use for use in uses if source.span(use).start > start]
    if not later or not all(isinstance(source.parent(use), ast.Return) for use in later):
        return None
    told = f"`{name.id}` is given an awaited result"
    return source.proof(others[0], told)


def used_as_value(source: Source, use: ast.expr) -> str | None:
    """How an expression is used that a coroutine cannot be used for; None for all else."""
    above = source.parent(use)
    match above:
        case ast.Attribute(attr=attr) if attr not in _OWN and not attr.startswith("cr_"):
            return f"asked for `.{attr}`"
        case ast.Subscript() if above.value is use:
            return "asked for an item"
        case ast.For(iter=iterable) | ast.comprehension(iter=iterable, is_async=0) if (
            iterable is use
        ):
            return "iterated over"
        case ast.Compare(ops=ops) if all(isinstance(op, _COMPARING) for op in ops):
            return "compared"
        case ast.BinOp() | ast.FormattedValue():
            return "used as a value"
        case ast.Call(func=ast.Name(id=reading), args=[first]) if first is use:
            if reading in _READING and not source.lookup(reading, use):
                return f"given to `{reading}`"
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if test is use:
            return "tested, and a coroutine is always true"
        case ast.UnaryOp(op=ast.Not()):
            return "tested, and a coroutine is always true"
    return None
