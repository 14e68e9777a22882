"""Functions that count what happened within a window of time, in a dict of their module or object."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fixaudit import Source, memoized
from fixaudit.authoring import FunctionNode, own_nodes, walk

_CLOCKS = frozenset(
    {
        *("time.time", "time.monotonic", "time.perf_counter", "time.time_ns", "time.monotonic_ns"),
        *("datetime.datetime.now", "datetime.datetime.utcnow", "django.utils.timezone.now"),
    }
)
_SLEEPS = ("sleep", ".wait")
_MAKERS = frozenset(
    {"dict", "collections.defaultdict", "collections.OrderedDict", "builtins.dict", "list"}
    | {"collections.deque", "builtins.list"}
)


@dataclass(frozen=True)
class Limiting:
    """A function that refuses what is too much within a window; `sleeps` where it waits instead."""

    function: FunctionNode
    line: int
    sleeps: bool


def is_empty_container(source: Source, value: ast.expr | None) -> bool:
    """True for `{}`, `defaultdict(list)`, `deque()` and the like."""
    if isinstance(value, (ast.Dict, ast.List)):
        return not (value.keys if isinstance(value, ast.Dict) else value.elts)
    return isinstance(value, ast.Call) and source.qualified_name(value.func) in _MAKERS


def limiting(source: Source, functions: list[FunctionNode], state: str) -> Limiting | None:
    """The function that refuses by what it keeps in `state` (`_hits`, `self._hits`).

    The times may be noted, and those out of the window dropped, in other functions that use it.
    """
    naming = _naming(source).get(state, frozenset())
    using = {each: list(own_nodes(each)) for each in functions if each in naming}
    seen = [_seen(source, nodes, state) for nodes in using.values()]
    if not (any(each[0] for each in seen) and any(each[1] for each in seen)):
        return None
    for function, nodes in using.items():
        line = _refusal(nodes, _derived(nodes, state))
        if line is not None:
            sleeps = any(
                isinstance(node, ast.Call) and ast.unparse(node.func).endswith(_SLEEPS)
                for node in nodes
            )
            return Limiting(function, line, sleeps)
    return None


@memoized
def _naming(source: Source) -> dict[str, frozenset[FunctionNode]]:
    """The functions that name a variable or an attribute, by how it is written."""
    found: dict[str, set[FunctionNode]] = {}
    functions: list[FunctionNode] = [*source.nodes(ast.FunctionDef)]
    functions += source.nodes(ast.AsyncFunctionDef)
    for function in functions:
        for node in own_nodes(function):
            if isinstance(node, (ast.Name, ast.Attribute)):
                found.setdefault(ast.unparse(node), set()).add(function)
    return {name: frozenset(functions) for name, functions in found.items()}


def _seen(source: Source, nodes: list[ast.AST], state: str) -> tuple[bool, bool]:
    """Whether a function compares with a window, and whether it notes the time."""
    now = _named_by(nodes, lambda value: _is_clock(source, value))
    if not now and not any(_is_clock(source, node) for node in nodes):
        return False, False
    cutoffs = _named_by(nodes, lambda value: _is_difference(source, value, now))
    window = any(_is_window(source, node, now, cutoffs) for node in nodes)
    return window, _notes(source, nodes, now, _derived(nodes, state) | {state})


def _named_by(nodes: list[ast.AST], test: Callable[[ast.AST], bool]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            if isinstance(node.targets[0], ast.Name) and test(node.value):
                found.add(node.targets[0].id)
    return found


def _is_clock(source: Source, node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = source.qualified_name(node.func)
    if name in _CLOCKS:
        return True
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr == "timestamp":
        return _is_clock(source, func.value)
    return isinstance(func, ast.Attribute) and func.attr == "time" and not node.args


def _derived(nodes: list[ast.AST], state: str) -> set[str]:
    """The names that hold what the state keeps for one key, and what is filtered out of that."""
    known = {state}
    for _ in range(3):
        for node in nodes:
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                read = {
                    ast.unparse(each)
                    for each in walk(node.value)
                    if isinstance(each, (ast.Name, ast.Attribute))
                }
                if read & known:
                    for target in targets:
                        for each in walk(target):
                            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                                known.add(each.id)
    return known - {state}


def _is_difference(source: Source, value: ast.AST, now: set[str]) -> bool:
    match value:
        case ast.BinOp(op=ast.Sub(), left=left):
            return (isinstance(left, ast.Name) and left.id in now) or _is_clock(source, left)
    return False


def _is_window(source: Source, node: ast.AST, now: set[str], cutoffs: set[str]) -> bool:
    """True for `now - seen < window`, `seen > now - window` and `seen > cutoff`."""
    if not isinstance(node, ast.Compare):
        return False
    return any(
        _is_difference(source, side, now) or (isinstance(side, ast.Name) and side.id in cutoffs)
        for whole in (node.left, *node.comparators)
        for side in walk(whole)
    )


def _notes(source: Source, nodes: list[ast.AST], now: set[str], kept: set[str]) -> bool:
    """True where the time is put into what is kept."""
    for node in nodes:
        given: list[ast.expr] = []
        match node:
            case ast.Call(func=ast.Attribute(attr="append" | "appendleft" | "add"), args=args):
                given = args
            case ast.Assign(targets=[ast.Subscript() as target], value=value):
                owner = ast.unparse(target.value)
                given = [value] if any(owner.startswith(name) for name in kept) else []
            case ast.Assign(targets=[ast.Attribute()], value=value):
                given = [value]
        for value in given:
            for each in walk(value):
                if (isinstance(each, ast.Name) and each.id in now) or _is_clock(source, each):
                    return True
    return False


def _refusal(nodes: list[ast.AST], kept: set[str]) -> int | None:
    """The line of a comparison of how many are kept with a limit, which refuses."""
    counted = _adds_one(nodes)
    for node in nodes:
        if isinstance(node, ast.If) and _refuses(node.body):
            if any(_counts(each, kept, counted=counted) for each in walk(node.test)):
                return node.lineno
        if isinstance(node, ast.Return) and node.value is not None:
            if any(_counts(each, kept, counted=counted) for each in walk(node.value)):
                return node.lineno
    return None


def _refuses(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, (ast.Raise, ast.Return)) for node in _own(body)) or any(
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith(_SLEEPS)
        for node in _own(body)
    )


def _own(body: list[ast.stmt]) -> Iterator[ast.AST]:
    return (node for statement in body for node in walk(statement))


def _counts(node: ast.AST, kept: set[str], *, counted: bool) -> bool:
    """True for `len(recent) >= limit`, `len(self._hits[key]) > 5` and `count >= limit`."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return False
    if not isinstance(node.ops[0], (ast.Gt, ast.GtE, ast.Lt, ast.LtE)):
        return False
    for side in (node.left, node.comparators[0]):
        match side:
            case ast.Call(func=ast.Name(id="len"), args=[listed]):
                if isinstance(listed, ast.Subscript) or ast.unparse(listed) in kept:
                    return True
    left = node.left
    while isinstance(left, (ast.Subscript, ast.Attribute)):
        left = left.value
    is_time = any(isinstance(each, ast.BinOp) for each in walk(node))
    return counted and isinstance(left, ast.Name) and left.id in kept and not is_time


def _adds_one(nodes: list[ast.AST]) -> bool:
    """True where something is counted: `count + 1`, `entry["count"] += 1`."""
    return any(
        isinstance(node, (ast.BinOp, ast.AugAssign))
        and isinstance(node.op, ast.Add)
        and isinstance(
            value := node.right if isinstance(node, ast.BinOp) else node.value, ast.Constant
        )
        and value.value == 1
        for node in nodes
    )
