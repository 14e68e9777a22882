"""The function that bounds awaitables: inlined once per module, or one of the project's own."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit import Access, NeededModuleName, NeededName, Source, access
from fixaudit.authoring import FunctionFacts, ModuleFacts, first_statement

NAMES = ("_bounded", "_bounded_awaitables")
SHARED_NAMES = ("bounded", *NAMES)
TYPE_VARIABLES = ("_T", "_Result", "_Awaited", "_BoundedResult")
PARAMETERS = ["awaitables", "limit"]

# A coroutine that is cancelled before its turn is closed, as a task of its own would do; else
# Python warns that it "was never awaited".
HELPER = '''\
def {name}(awaitables: {iterable}[{awaitable}[{t}]], limit: int) -> {iterable}[{awaitable}[{t}]]:
    """The same awaitables in the same order, of which at most `limit` run at a time."""
    semaphore = {asyncio}.Semaphore(limit)

    async def run(awaitable: {awaitable}[{t}]) -> {t}:
        try:
            async with semaphore:
                return await awaitable
        finally:
            if {asyncio}.iscoroutine(awaitable):
                awaitable.close()  # it may have been cancelled before its turn

    return map(run, awaitables)
'''


@dataclass(frozen=True, slots=True)
class Helper:
    """What an edit calls, and what must be added to the module for it."""

    name: str
    needed_names: tuple[NeededName, ...] = ()


def inlined(source: Source, node: ast.expr) -> Helper | None:
    """The module's own helper, or that of a module which needs nothing of the project; else a new one.

    None where its names are taken or its imports are in the way.
    """
    if not any(name in source.scopes.module.bindings for name in NAMES):
        shared = _shared(source, node)
        if shared is not None:
            return shared
    for name in NAMES:
        bindings = source.scopes.module.bindings.get(name, [])
        if source.lookup(name, node) != bindings:
            continue
        if not bindings:
            return _new(source, name)
        if len(bindings) == 1 and _is_ours(bindings[0].node):
            return Helper(name)
    return None


def _shared(source: Source, node: ast.expr) -> Helper | None:
    """The helper where the project keeps it for all: importing it cannot go in a circle."""
    for name in SHARED_NAMES:
        for mention in source.project.mentions(f"def {name}(awaitables".encode()):
            module = source.project.facts_of(mention.path)
            if mention.is_test or module is None or mention.path == source.project.own_path:
                continue
            own = source.project.module_name(mention.path)
            if own is None or _needs_the_project(source, module):
                continue
            known = source.project.definition(f"{own}.{name}")
            if not isinstance(known, FunctionFacts) or known.is_async:
                continue
            if [parameter.name for parameter in known.parameters] == PARAMETERS:
                reached = access(source, node, own, name)
                if reached is not None:
                    return Helper(reached.text, reached.needed_names)
    return None


def _needs_the_project(source: Source, module: ModuleFacts) -> bool:
    return any(
        item.module.startswith(".")
        or source.project.path_of(item.module.partition(".")[0], module.path)
        for item in module.imports
    )


def _is_ours(node: ast.AST) -> bool:
    if not isinstance(node, ast.FunctionDef):
        return False
    return [argument.arg for argument in node.args.args] == PARAMETERS


def _new(source: Source, name: str) -> Helper | None:
    anchor = first_statement(source)
    t = next((t for t in TYPE_VARIABLES if t not in source.scopes.module.bindings), None)
    asyncio = access(source, anchor, "asyncio")
    variable = _typing(source, anchor, "TypeVar")
    iterable, awaitable = _abstract(source, anchor, "Iterable"), _abstract(
        source, anchor, "Awaitable"
    )
    if t is None or asyncio is None or variable is None or iterable is None or awaitable is None:
        return None
    text = HELPER.format(
        name=name, t=t, asyncio=asyncio.text, iterable=iterable.text, awaitable=awaitable.text
    )
    return Helper(
        name,
        (
            *asyncio.needed_names,
            *variable.needed_names,
            *iterable.needed_names,
            *awaitable.needed_names,
            NeededModuleName(t, f'{t} = {variable.text}("{t}")'),
            NeededModuleName(name, text),
        ),
    )


def _abstract(source: Source, anchor: ast.stmt, name: str) -> Access | None:
    """`collections.abc.Iterable`, or the one of `typing` where the module has that."""
    modern = access(source, anchor, "collections.abc", name)
    if modern is not None and not modern.needed_names:
        return modern
    older = access(source, anchor, "typing", name)
    if older is not None and (not older.needed_names or source.target_version < (3, 9)):
        return older
    return modern or _typing(source, anchor, name)


def _typing(source: Source, anchor: ast.stmt, name: str) -> Access | None:
    """A name of `typing`, through the module where the bare name is taken."""
    direct = access(source, anchor, "typing", name)
    if direct is not None:
        return direct
    module = access(source, anchor, "typing")
    return None if module is None else Access(f"{module.text}.{name}", module.needed_names)
