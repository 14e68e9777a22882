"""Where tasks are kept until they are done: a set of the module, and names for tasks without one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from fixaudit import NeededModuleName, NeededName, Source, access, memoized
from fixaudit.authoring import FunctionFacts, definition_of, first_statement, walk

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
NAMES = ("_background_tasks", "_unfinished_tasks")
LIKELY = re.compile(
    r"_{0,2}(background|bg|pending|running|unfinished|active)?_?tasks", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Keeper:
    """The name of the set, and what must be added to the module for it."""

    name: str
    needed_names: tuple[NeededName, ...] = ()


def keeper(source: Source, node: ast.AST) -> Keeper | None:
    """The module's set of tasks; a new one where it has none; None where its names are taken."""
    for name in [*_own_sets(source), *NAMES]:
        bindings = source.scopes.module.bindings.get(name, [])
        if source.lookup(name, node) != bindings:
            continue
        if not bindings:
            return _new(source, name)
        if name not in NAMES or _is_set(source, name):
            return Keeper(name)
    return None


@memoized
def _own_sets(source: Source) -> list[str]:
    """Sets of tasks that the module already has, each emptied by `discard` as tasks end."""
    emptied = {
        node.value.id
        for node in source.nodes(ast.Attribute)
        if node.attr in ("discard", "remove") and isinstance(node.value, ast.Name)
    }
    return [
        name
        for name in source.scopes.module.bindings
        if name in emptied and LIKELY.fullmatch(name) and _is_set(source, name)
    ]


def _is_set(source: Source, name: str) -> bool:
    bindings = source.scopes.module.bindings[name]
    match bindings[0].value if len(bindings) == 1 else None:
        case ast.Call(func=ast.Name(id="set"), args=[], keywords=[]):
            return isinstance(source.parent(bindings[0].statement), ast.Module)
    return False


def _new(source: Source, name: str) -> Keeper:
    anchor = first_statement(source)
    kind, held = "Task", "object"
    needed: tuple[NeededName, ...] = ()
    if _may_give_futures(source):
        # A type checker takes no `Future[int]` for a `Future[object]`, as it does with tasks.
        anything = access(source, anchor, "typing", "Any")
        kind, held = "Future", anything.text if anything else ""
        needed = anything.needed_names if anything else ()
    of = f"[{held}]" if held else ""
    reached = access(source, anchor, "asyncio", kind)
    if reached is None or reached.needed_names:
        reached = access(source, anchor, "asyncio")
        annotation = f"set[{reached.text}.{kind}{of}]" if reached else ""
    else:
        annotation = f"set[{reached.text}{of}]"
    if reached is None or source.target_version < (3, 9):
        # Not evaluated: `asyncio` is imported further below or under a condition.
        annotation = f'"{annotation or f"set[asyncio.{kind}{of}]"}"'
    wish = NeededModuleName(name, f"{name}: {annotation} = set()")
    return Keeper(name, (*(reached.needed_names if reached else ()), *needed, wish))


def _may_give_futures(source: Source) -> bool:
    """True where `ensure_future` gets something else than the coroutine of an `async def`."""
    for call in source.nodes(ast.Call):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else None
        if (name or getattr(call.func, "id", None)) == "ensure_future" and call.args:
            given = call.args[0]
            made = definition_of(source, given.func) if isinstance(given, ast.Call) else None
            if not isinstance(made, FunctionFacts) or not made.is_async:
                return True
    return False


# ------------------------------------------------------------------------------ local names


def free_name(source: Source, node: ast.AST, number: int) -> str:
    """A name that means nothing yet in the outermost function around `node`, nor outside of it;
    `number` counts those of the same function from 0."""
    known, more = _free_names(source, source.function(node) or source.tree)
    while len(known) <= number:
        known.append(next(more))
    return known[number]


@memoized
def _free_names(source: Source, function: ast.AST) -> tuple[list[str], Iterator[str]]:
    """Those that were asked for so far, and the others."""
    return [], _unused(source, function)


def _unused(source: Source, function: ast.AST) -> Iterator[str]:
    body = getattr(function, "body", function)
    node = body[0] if isinstance(body, list) else body
    functions = [each for each in source.ancestors(node) if isinstance(each, _FUNCTIONS)]
    used = _used(source, functions[-1])
    # Beside a `task` that is something else, a number would tell nothing.
    stem = "background_task" if "task" in used or source.lookup("task", node) else "task"
    for number in count(1):
        name = stem if number == 1 else f"{stem}_{number}"
        if name not in used and not source.lookup(name, node):
            yield name


@memoized
def _used(source: Source, function: ast.AST) -> frozenset[str]:
    """The names that a function binds or reads, and those inside of it."""
    inner = walk(function)
    names = {entry.id for entry in inner if isinstance(entry, ast.Name)}
    names |= {entry.arg for entry in inner if isinstance(entry, ast.arg)}
    names |= {entry.name for entry in inner if isinstance(entry, _FUNCTIONS[:2])}
    return frozenset(names)
