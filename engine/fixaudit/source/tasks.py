"""Calls that start a task: what starts it, and what becomes of the task."""

from __future__ import annotations

import ast
import re
from enum import Enum, auto

from fixaudit.semantics.values.known_objects import EVENT_LOOP, TASK_GROUP
from fixaudit.source.source import Source
from fixaudit.source.uses import variable_uses
from fixaudit.source.values import Value, value_of

STARTERS = frozenset(
    f"asyncio.{prefix}{name}"
    for prefix in ("", "tasks.")
    for name in ("create_task", "ensure_future")
)
_LOOP = re.compile(EVENT_LOOP)
_GROUP = re.compile(TASK_GROUP)


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


def task_made_by(source: Source, node: ast.Call) -> Made:
    """What the call starts its task with."""
    name = source.qualified_name(node.func)
    if name in STARTERS:
        return Made.ON_LOOP if node.args or node.keywords else Made.OTHERWISE
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "create_task":
        return Made.OTHERWISE
    receiver = node.func.value
    value = value_of(source, receiver)
    made = Made.SOMEHOW if value is None else _made_on(value)
    if made is Made.SOMEHOW and name is not None and _is_import(source, receiver):
        return Made.OTHERWISE
    return made


def _made_on(value: Value) -> Made:
    """What a method `create_task` of the value starts."""
    if value.matches(_LOOP):
        return Made.ON_LOOP
    own = all(cls.name.endswith("TaskGroup") for cls in value.members)
    foreign = all(_GROUP.fullmatch(origin) for origin in value.outside)
    return Made.IN_GROUP if own and foreign and not value.assumed else Made.SOMEHOW


def _is_import(source: Source, receiver: ast.expr) -> bool:
    return isinstance(receiver, ast.Name) and any(
        entry.kind == "import" for entry in source.lookup(receiver.id, receiver)
    )


# ------------------------------------------------------------------------------ its fate


def task_fate(source: Source, node: ast.Call) -> tuple[Fate, str]:
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
    found = variable_uses(source, scope, name)
    if all(_adds_callback(source, use) for use in found):
        return (Fate.DROPPED if name == "_" and not found else Fate.NAMED), "dropped"
    return kept


def _adds_callback(source: Source, use: ast.Name) -> bool:
    above = source.parent(use)
    return isinstance(above, ast.Attribute) and above.attr == "add_done_callback"
