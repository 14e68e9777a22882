"""Can a statement be reached? Only what control flow alone proves; no types, no values but counts."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from fixaudit import Source, memoized
from fixaudit_codemods.errors.runtimeerror_to_assertion._integer_bounds import (
    Sum,
    as_sum,
    at_least,
    decided,
)

Exit = Literal["next", "break", "continue"]
_ENDLESS = frozenset({"itertools.count"})
_LEAVING = frozenset({"sys.exit", "os._exit", "os.abort", "typing.assert_never", "typing_extensions.assert_never"})  # fmt: skip
_HARMLESS_CONTEXTS = frozenset({"builtins.open", "contextlib.closing", "contextlib.nullcontext"})
_BOUNDARY = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)


def why_unreachable(source: Source, statement: ast.stmt) -> str | None:
    """What in front of a statement never lets it be reached; None where nothing proves that."""
    node: ast.AST = statement
    while not isinstance(node, _BOUNDARY):
        parent = source.parent(node)
        if isinstance(node, ast.stmt) and parent is not None:
            block = source.block(node)
            position = next(index for index, entry in enumerate(block) if entry is node)
            flow = Flow(source)
            for before in block[:position]:
                if "next" not in flow.exits([before]):
                    return _told(source, before)
            if isinstance(parent, ast.While) and block is parent.orelse and _is_true(parent.test):
                return "the loop above never ends by its condition"
        if parent is None:
            return None
        node = parent
    return None


def _told(source: Source, statement: ast.stmt) -> str:
    match statement:
        case ast.While():
            return "the loop above only ends by returning or raising"
        case ast.For(iter=ast.Call(func=func)) if source.qualified_name(func) in _ENDLESS:
            return "the loop above only ends by returning or raising"
        case ast.For():
            return "the last round of the loop above returns or raises"
        case ast.If():
            return "every branch above returns or raises"
        case ast.Try():
            return "the try statement above always returns or raises"
        case ast.Match():
            return "every case above returns or raises"
    return "the statement above always leaves"


def is_finite_loop(statement: ast.stmt | None) -> bool:
    """True for a loop that may run zero times, or out of rounds."""
    if isinstance(statement, ast.While):
        return not _is_true(statement.test)
    return isinstance(statement, (ast.For, ast.AsyncFor))


def surely_runs(source: Source, loop: ast.stmt | None) -> bool:
    """True for `for … in range(n)` when n is shown to be at least one."""
    return isinstance(loop, ast.For) and _last_round(source, loop) is not None


@dataclass(frozen=True, slots=True)
class Flow:
    """The ways out of statements, besides returning and raising. `known` holds fixed counts."""

    source: Source
    known: dict[str, Sum] = field(default_factory=dict)

    def exits(self, statements: Iterable[ast.stmt]) -> frozenset[Exit]:
        """`next` (the end is reached), `break`, `continue`; empty where none is possible."""
        found: frozenset[Exit] = frozenset()
        for statement in statements:
            ways = self._of(statement)
            found |= ways - {"next"}
            if "next" not in ways:
                return found
        return found | {"next"}

    def _of(self, statement: ast.stmt) -> frozenset[Exit]:
        match statement:
            case ast.Return() | ast.Raise():
                return frozenset()
            case ast.Break():
                return frozenset({"break"})
            case ast.Continue():
                return frozenset({"continue"})
            case ast.Expr(value=ast.Call(func=func)):
                leaves = self.source.qualified_name(func) in _LEAVING
                return frozenset() if leaves else frozenset({"next"})
            case ast.If():
                return self._if(statement)
            case ast.While():
                return self._while(statement)
            case ast.For():
                return self._for(statement)
            case ast.Try() | ast.TryStar():
                return self._try(statement)
            case ast.With():
                return self._with(statement)
            case ast.AsyncWith(body=body):
                return self.exits(body) | {"next"}
            case ast.Match():
                return self._match(statement)
        return frozenset({"next"})

    def _if(self, node: ast.If) -> frozenset[Exit]:
        outcome = decided(node.test, self.known)
        if outcome is True:
            return self.exits(node.body)
        if outcome is False:
            return self.exits(node.orelse)
        return self.exits(node.body) | self.exits(node.orelse)

    def _while(self, node: ast.While) -> frozenset[Exit]:
        if _is_true(node.test):
            left: frozenset[Exit] = frozenset({"next"})
            return left if "break" in self.exits(node.body) else frozenset()
        ends: frozenset[Exit] = frozenset({"next"})
        return ends | self.exits(node.orelse)

    def _for(self, node: ast.For) -> frozenset[Exit]:
        breaks = "break" in self.exits(node.body)
        call = node.iter
        if isinstance(call, ast.Call) and self.source.qualified_name(call.func) in _ENDLESS:
            return frozenset({"next"}) if breaks else frozenset()
        last = _last_round(self.source, node)
        if last is not None and not breaks:
            in_last_round = Flow(self.source, {**self.known, **last})
            if not in_last_round.exits(node.body):
                return frozenset()
        after = self.exits(node.orelse)
        return after | {"next"} if breaks else after

    def _try(self, node: ast.Try | ast.TryStar) -> frozenset[Exit]:
        ways = self.exits(node.body)
        if "next" in ways:
            ways = (ways - {"next"}) | self.exits(node.orelse)
        for handler in node.handlers:
            ways |= self.exits(handler.body)
        final = self.exits(node.finalbody)
        return ways | (final - {"next"}) if "next" in final else final

    def _with(self, node: ast.With) -> frozenset[Exit]:
        # Any other context manager may swallow an exception and go on behind the block.
        harmless = all(
            isinstance(item.context_expr, ast.Call)
            and self.source.qualified_name(item.context_expr.func) in _HARMLESS_CONTEXTS
            for item in node.items
        )
        ways = self.exits(node.body)
        return ways if harmless else ways | {"next"}

    def _match(self, node: ast.Match) -> frozenset[Exit]:
        ways: frozenset[Exit] = frozenset()
        for case in node.cases:
            ways |= self.exits(case.body)
            if case.guard is None and _takes_all(case.pattern):
                return ways
        return ways | {"next"}


def _takes_all(pattern: ast.pattern) -> bool:
    match pattern:
        case ast.MatchAs(pattern=None):
            return True
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _takes_all(inner)
        case ast.MatchOr(patterns=patterns):
            return any(_takes_all(entry) for entry in patterns)
    return False


def _is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


# ------------------------------------------------------------------------------ counted loops


def _last_round(source: Source, loop: ast.For) -> dict[str, Sum] | None:
    """The loop variable in the last round of `for i in range(n)`, if there surely is a round."""
    call = loop.iter
    if not isinstance(loop.target, ast.Name) or not isinstance(call, ast.Call) or call.keywords:
        return None
    if source.qualified_name(call.func) != "builtins.range" or not 1 <= len(call.args) <= 2:
        return None
    constants = _constants(source, call)
    start = as_sum(call.args[0], constants) if len(call.args) == 2 else Sum(0)
    stop = as_sum(call.args[-1], constants)
    if start is None or stop is None or not _is_fixed(source, loop, call):
        return None
    rounds = at_least(source, stop - start, _refused(source, loop))
    if rounds is None or rounds < 1:
        return None
    return {**constants, loop.target.id: stop - Sum(1)}


def _constants(source: Source, call: ast.Call) -> dict[str, Sum]:
    """Names in the call that are bound once, to an integer."""
    found: dict[str, Sum] = {}
    for node in ast.walk(call):
        if isinstance(node, ast.Name) and node is not call.func:
            bindings = source.lookup(node.id, node)
            value = bindings[0].value if len(bindings) == 1 else None
            if isinstance(value, ast.Constant) and type(value.value) is int:
                found[node.id] = Sum(value.value)
    return found


def _is_fixed(source: Source, loop: ast.For, call: ast.Call) -> bool:
    """True where neither the loop variable nor what the count is made of changes meanwhile."""
    assert isinstance(loop.target, ast.Name)
    bound = source.lookup(loop.target.id, loop.target)
    if any(entry.statement is not loop and _inside(source, entry.node, loop) for entry in bound):
        return False
    for node in ast.walk(call):
        match node:
            case ast.Name(id=name) if node is not call.func and len(source.lookup(name, node)) > 1:
                return False
            case ast.Attribute() if _is_stored(source, node):
                return False
    return True


def _inside(source: Source, node: ast.AST, loop: ast.For) -> bool:
    return any(above is loop for above in source.ancestors(node))


def _is_stored(source: Source, attribute: ast.Attribute) -> bool:
    function = source.function(attribute)
    return function is None or (function, attribute.attr) in _stored(source)


@memoized
def _stored(source: Source) -> frozenset[tuple[ast.AST | None, str]]:
    """The attributes that are set or deleted, of whatever, each with the function that does it."""
    return frozenset(
        (source.function(node), node.attr)
        for node in source.nodes(ast.Attribute)
        if not isinstance(node.ctx, ast.Load)
    )


def _refused(source: Source, loop: ast.For) -> list[ast.expr]:
    """Conditions of `if …: raise` (or return) that the loop can only be reached past."""
    checks: list[ast.expr] = []
    node: ast.AST = loop
    while not isinstance(node, _BOUNDARY):
        if isinstance(node, ast.stmt):
            for before in source.block(node):
                if before is node:
                    break
                if not isinstance(before, ast.If) or before.orelse:
                    continue
                if not Flow(source).exits(before.body):
                    checks.append(before.test)
        parent = source.parent(node)
        if parent is None:
            break
        node = parent
    return checks
