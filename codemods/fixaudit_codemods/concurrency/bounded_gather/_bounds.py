"""What bounds awaitables already: semaphores, limiters and wrappers, by what they are or are called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Evidence, Source, memoized
from fixaudit.authoring import FunctionFacts, ModuleFacts, definition_of, own_nodes, walk
from fixaudit_codemods.concurrency.bounded_gather._stops import (
    HintedError,
    last_name,
    leave,
    short,
)

BOUNDING = re.compile(
    r"sem|sema|semaphore|.*semaphore.*|.*_sem|sem_.*|.*limiter.*|.*throttle.*|.*concurrency.*|.*_slots?|slots?|rate_?limit.*|.*bounded.*|.*permits?"
)
LIMITED_NAME = re.compile(
    r"_*(.*_)?(limit(ed|er)?|bounded|bound|throttled?|semaphored?|sem|gated|rate_?limited?)(_.*)?"
)
SEMAPHORES = frozenset(
    {"Semaphore", "BoundedSemaphore", "CapacityLimiter", "AsyncLimiter", "Limiter", "Throttler"}
)
SIGNAL_TYPES = frozenset(
    {"Event", "Barrier", "Condition", "Queue", "PriorityQueue", "LifoQueue", "Future"}
)


def look_at_wrapper(source: Source, call: ast.Call) -> Evidence | None:
    """The hint that what wraps the awaitables bounds them: it is named as if it did.

    Raises:
        RefusedError: it is a function of the project, whatever its name, that makes a semaphore.
    """
    text, shown = "already bounded by", short(call.func)
    target = definition_of(source, call.func)
    if isinstance(target, FunctionFacts):
        for part in own_nodes(target.node):
            if isinstance(part, ast.Call) and last_name(part.func) in SEMAPHORES:
                raise leave(source.proof_at(target.path, part.lineno, f"{text} `{shown}`"))
    if not LIMITED_NAME.fullmatch(last_name(call.func)):
        return None
    return source.hint(call.func, f"{text} `{shown}`, to judge by its name")


def look_for_bound(
    source: Source, function: FunctionFacts, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> None:
    """Semaphores that a function waits for, in its body or by a decorator."""
    bound = _semaphore_in(source, function, node)
    if bound is not None:
        text = f"already bounded: `{node.name}` waits for `{short(bound)}`"
        if is_made_semaphore(source, function.module, bound):
            raise leave(source.proof_at(function.path, bound.lineno, text))
        raise HintedError([source.hint_at(function.path, bound.lineno, text)])
    for decorator in node.decorator_list:
        if is_bounding_decorator(decorator):
            text = f"already bounded: a decorator of `{node.name}` limits it, by its name"
            raise HintedError([source.hint_at(function.path, decorator.lineno, text)])


def _semaphore_in(
    source: Source, function: FunctionFacts, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> ast.expr | None:
    """What bounds the function; one that is surely a semaphore goes before one by its name."""
    named: ast.expr | None = None
    for part in own_nodes(node):
        held: list[ast.expr] = []
        if isinstance(part, (ast.AsyncWith, ast.With)):
            held = [item.context_expr for item in part.items]
        elif isinstance(part, ast.Await) and isinstance(part.value, ast.Call):
            func = part.value.func
            if isinstance(func, ast.Attribute) and func.attr == "acquire":
                held = [func.value]
        for entry in held:
            plain = entry.func if isinstance(entry, ast.Call) else entry
            if is_made_semaphore(source, function.module, plain):
                return plain
            if is_called_semaphore(plain):
                named = named or plain
    return named


def is_called_semaphore(expression: ast.expr) -> bool:
    """By its name alone."""
    if isinstance(expression, ast.Subscript):
        expression = expression.value
    return BOUNDING.fullmatch(last_name(expression).lower().lstrip("_")) is not None


def is_made_semaphore(source: Source, module: ModuleFacts, expression: ast.expr) -> bool:
    """Because the module makes a semaphore of that name."""
    if isinstance(expression, ast.Subscript):
        expression = expression.value
    return last_name(expression) in _made(source, module, SEMAPHORES)


def is_signal(source: Source, module: ModuleFacts, expression: ast.expr) -> bool:
    """Something that one call may wait on until another one speaks up."""
    return last_name(expression) in _made(source, module, SIGNAL_TYPES)


@memoized
def _made(source: Source, module: ModuleFacts, kinds: frozenset[str]) -> frozenset[str]:
    """The names that a module gives to what it makes by calling one of `kinds`."""
    return frozenset(
        last_name(target)
        for targets, call in _assigned_calls(source.project.naming(module, kinds))
        if last_name(call.func) in kinds
        for target in targets
    ) - {""}


def _assigned_calls(statements: list[ast.stmt]) -> Iterator[tuple[list[ast.expr], ast.Call]]:
    for node in (inner for statement in statements for inner in walk(statement)):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call):
            yield (node.targets if isinstance(node, ast.Assign) else [node.target]), node.value


def is_bounding_decorator(decorator: ast.expr) -> bool:
    plain = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = last_name(plain).lower()
    return bool(BOUNDING.fullmatch(name) or LIMITED_NAME.fullmatch(name))
