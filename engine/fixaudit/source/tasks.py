"""Calls that start a task: what starts it, and what becomes of the task."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum, auto

from fixaudit.source.source import Source
from fixaudit.syntax.namespace import Binding

STARTERS = frozenset(
    f"asyncio.{prefix}{name}"
    for prefix in ("", "tasks.")
    for name in ("create_task", "ensure_future")
)
LOOPS = frozenset(
    f"asyncio.{prefix}{name}"
    for prefix in ("", "events.")
    for name in ("get_running_loop", "get_event_loop", "new_event_loop")
)
LOOP_TYPES = ("AbstractEventLoop", "BaseEventLoop")
GROUP_TYPES = ("TaskGroup",)


class Made(Enum):
    """What starts the task."""

    ON_LOOP = auto()
    IN_GROUP = auto()
    SOMEHOW = auto()
    """A method of that name, of an object that is not known."""
    OTHERWISE = auto()
    """No task of asyncio at all."""


class Fate(Enum):
    """What becomes of the task that a call gives."""

    DROPPED = auto()
    """A statement of its own, or given to `_`."""
    NAMED = auto()
    """Given to a local name that nothing reads, or only to add callbacks."""
    CHAINED = auto()
    """`create_task(…).add_done_callback(…)` as a statement."""
    UNCLEAR = auto()
    KEPT = auto()


def made_by(source: Source, node: ast.Call) -> Made:
    """What the call starts its task with."""
    name = source.qualified_name(node.func)
    if name in STARTERS:
        return Made.ON_LOOP if node.args or node.keywords else Made.OTHERWISE
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "create_task":
        return Made.OTHERWISE
    receiver = node.func.value
    if name is not None and isinstance(receiver, ast.Name) and _is_import(source, receiver):
        return Made.OTHERWISE
    if isinstance(receiver, ast.Call) and source.qualified_name(receiver.func) in LOOPS:
        return Made.ON_LOOP
    kinds = {_kind(source, entry) for entry in _origins(source, receiver)}
    return kinds.pop() if len(kinds) == 1 else Made.SOMEHOW


def _is_import(source: Source, name: ast.Name) -> bool:
    return any(entry.kind == "import" for entry in source.lookup(name.id, name))


def _origins(source: Source, receiver: ast.expr) -> Iterator[Binding | ast.expr]:
    if isinstance(receiver, ast.Name):
        yield from source.lookup(receiver.id, receiver)
    elif isinstance(receiver, ast.Attribute) and isinstance(receiver.value, ast.Name):
        yield from _attribute_values(source, receiver)


def _attribute_values(source: Source, receiver: ast.Attribute) -> Iterator[ast.expr]:
    """The values that methods of the class give to `self.loop`."""
    owner = source.class_of(receiver)
    if owner is None or not isinstance(receiver.value, ast.Name) or receiver.value.id != "self":
        return
    for store in source.nodes(ast.Attribute):
        if store.attr != receiver.attr or not isinstance(store.ctx, ast.Store):
            continue
        statement = source.statement(store)
        value = getattr(statement, "value", None)
        if source.class_of(store) is owner and value is not None and not _is_none(value):
            yield value


def _kind(source: Source, origin: Binding | ast.expr) -> Made:
    """What one binding or value is."""
    value = origin.value if isinstance(origin, Binding) else origin
    annotation = origin.annotation if isinstance(origin, Binding) else None
    if isinstance(origin, Binding) and origin.kind == "with":
        value = opened_by(origin)
    if isinstance(origin, Binding) and isinstance(origin.node, ast.arg):
        annotation = origin.node.annotation
    if isinstance(value, ast.Call):
        name = source.qualified_name(value.func) or ""
        if name in LOOPS:
            return Made.ON_LOOP
        if name.endswith(GROUP_TYPES):
            return Made.IN_GROUP
    if isinstance(value, ast.Name):
        kinds = {_kind(source, entry) for entry in _parameters(source, value)}
        if len(kinds) == 1:
            return kinds.pop()
    text = ast.unparse(annotation).strip("'\"") if annotation is not None else ""
    if text.removesuffix(" | None").endswith(LOOP_TYPES):
        return Made.ON_LOOP
    return Made.IN_GROUP if text.endswith(GROUP_TYPES) else Made.SOMEHOW


def _parameters(source: Source, name: ast.Name) -> list[Binding]:
    """The bindings of a name that is nothing but a parameter."""
    found = source.lookup(name.id, name)
    return found if all(entry.kind == "parameter" for entry in found) else []


def opened_by(binding: Binding) -> ast.expr | None:
    """What `async with <this> as name` opens."""
    for item in getattr(binding.statement, "items", []):
        if item.optional_vars is binding.node:
            opened: ast.expr = item.context_expr
            return opened
    return None


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


# ------------------------------------------------------------------------------ its fate


def fate_of(source: Source, node: ast.Call) -> tuple[Fate, str]:
    """What becomes of the task, and where it is kept in words that follow "the task is"."""
    child: ast.AST = node
    above = source.parent(node)
    while isinstance(above, (ast.BoolOp, ast.IfExp, ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        if isinstance(above, ast.IfExp) and child is above.test:
            break
        child, above = above, source.parent(above)
    if isinstance(above, ast.Expr):
        if child is node:
            return Fate.DROPPED, "dropped"
        return Fate.UNCLEAR, "made in the middle of an expression"
    if isinstance(above, ast.Lambda) and child is above.body:
        return Fate.UNCLEAR, "what a lambda gives, which callbacks drop"
    if isinstance(above, ast.Attribute):
        return _of_method(source, node, above)
    if isinstance(above, (ast.Assign, ast.AnnAssign)) and child is node:
        return _of_target(source, node, above)
    return Fate.KEPT, _kept_words(above)


def _kept_words(above: ast.AST | None) -> str:
    match above:
        case ast.Await():
            return "awaited"
        case ast.Return() | ast.Yield():
            return "given to the caller"
        case ast.Call() | ast.keyword() | ast.Starred():
            return "handed on to another call"
        case ast.Assign() | ast.AnnAssign():
            return "kept where it is assigned"
    return "part of a value that is used further"


def _of_method(source: Source, node: ast.Call, attribute: ast.Attribute) -> tuple[Fate, str]:
    call = source.parent(attribute)
    if isinstance(call, ast.Call) and isinstance(source.parent(call), ast.Expr):
        if attribute.attr == "add_done_callback" and attribute.value is node:
            return Fate.CHAINED, "dropped"
        return Fate.UNCLEAR, f"used for `{attribute.attr}` only"
    return Fate.KEPT, "part of a value that is used further"


def _of_target(
    source: Source, node: ast.Call, statement: ast.Assign | ast.AnnAssign
) -> tuple[Fate, str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    shown = " = ".join(ast.unparse(target) for target in targets)
    kept = Fate.KEPT, f"kept in `{shown}`"
    function = source.function(node)
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or function is None:
        return kept
    name = targets[0].id
    scope = source.scopes.scope_of(node)
    if name in scope.global_names or name in scope.nonlocal_names:
        return kept
    uses = [
        use
        for use in source.nodes(ast.Name)
        if use.id == name
        and not isinstance(use.ctx, ast.Store)
        and source.scopes.lookup(name, use)[0] is scope
    ]
    if all(_adds_callback(source, use) for use in uses):
        return (Fate.DROPPED if name == "_" and not uses else Fate.NAMED), "dropped"
    return kept


def _adds_callback(source: Source, use: ast.Name) -> bool:
    above = source.parent(use)
    return isinstance(above, ast.Attribute) and above.attr == "add_done_callback"
