"""The function that bounds awaitables: added where there is none, or one of the project's own."""

from __future__ import annotations

import ast

from fixaudit import Access, NeededImport, NeededModuleName, Source, access
from fixaudit.authoring import FunctionFacts, HelperFunction, first_statement

TYPE_VARIABLES = ("_T", "_Result", "_Awaited", "_BoundedResult")
PARAMETERS = ["awaitables", "limit"]

# A coroutine that is cancelled before its turn is closed, as a task of its own would do; else
# Python warns that it "was never awaited".
HELPER = '''\
def {name}(awaitables: {iterable}[{awaitable}[{t}]], limit: int) -> {iterable}[{awaitable}[{t}]]:
    """The same awaitables in order, of which at most `limit` run at a time."""
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


def _is_bounding(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.FunctionDef)
        and [argument.arg for argument in node.args.args] == PARAMETERS
    )


def _fits(known: FunctionFacts) -> bool:
    names = [parameter.name for parameter in known.parameters]
    return not known.is_async and names == PARAMETERS


def _written(source: Source, name: str) -> NeededModuleName | None:
    anchor = first_statement(source)
    t = next((t for t in TYPE_VARIABLES if t not in source.scopes.module.bindings), None)
    asyncio = access(source, anchor, "asyncio")
    variable = _typing(source, anchor, "TypeVar")
    iterable = _abstract(source, anchor, "Iterable")
    awaitable = _abstract(source, anchor, "Awaitable")
    if t is None or asyncio is None or variable is None or iterable is None or awaitable is None:
        return None
    text = HELPER.format(
        name=name, t=t, asyncio=asyncio.text, iterable=iterable.text, awaitable=awaitable.text
    )
    imports = [
        needed
        for each in (asyncio, variable, iterable, awaitable)
        for needed in _brought_by(source, each)
    ]
    declared = NeededModuleName(t, f'{t} = {variable.text}("{t}")')
    return NeededModuleName(name, text, (*imports, declared))


def _brought_by(source: Source, reached: Access) -> tuple[NeededImport, ...]:
    """The import that gives access, be it there already: another module may get the definition."""
    if reached.needed_names:
        return reached.needed_names
    name = reached.text.partition(".")[0]
    bindings = source.scopes.module.bindings.get(name, [])
    alias, statement = (bindings[0].node, bindings[0].statement) if bindings else (None, None)
    if not isinstance(alias, ast.alias):
        return ()
    if isinstance(statement, ast.ImportFrom):
        return (NeededImport(statement.module or "", alias.name, name),)
    return (NeededImport(alias.name, None, name),)


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


BOUNDED = HelperFunction(
    names=("bounded", "bounded_awaitables"),
    known_names=("_bounded", "_bounded_awaitables"),
    begins="awaitables",
    is_one=_is_bounding,
    fits=_fits,
    written=_written,
)
