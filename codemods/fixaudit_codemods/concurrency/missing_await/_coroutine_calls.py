"""Calls that certainly make a coroutine: of an `async def` of the project, or of asyncio itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit import Source, memoized
from fixaudit.authoring import ClassFacts, FunctionFacts, definition_of, static_type
from fixaudit_codemods.concurrency.missing_await._decorators import keeps_coroutines

# Those that only make a coroutine; `gather` and `ensure_future` start their work at once.
LIBRARY = frozenset(
    f"asyncio.{name}"
    for name in (
        "sleep", "to_thread", "wait", "wait_for", "open_connection", "open_unix_connection",
        "start_server", "start_unix_server", "create_subprocess_exec", "create_subprocess_shell",
    )
)  # fmt: skip
# Decorators after which a call still makes a coroutine.
KEEPING = re.compile(
    r"(static|class)method|abc\.abstractmethod|(typing|typing_extensions)\.(override|final|no_type_check)"
    r"|(tenacity|stamina)\.retry|backoff\.on_(exception|predicate)|warnings\.deprecated"
)


TESTS = frozenset({"isinstance", "issubclass", "hasattr", "type"})


@dataclass(frozen=True, slots=True)
class Made:
    """A coroutine that a call makes; `doubt` is what speaks against it."""

    name: str
    doubt: str | None = None
    generator: bool = False


def made_by(source: Source, call: ast.Call) -> Made | None:
    """The coroutine (or asynchronous generator) that the call gives; None where it is none."""
    if not _may_be(source, call.func):
        return None
    shown = ast.unparse(call.func)
    found = definition_of(source, call.func)
    if not isinstance(found, FunctionFacts):
        library = found is None and source.qualified_name(call.func) in LIBRARY
        return Made(shown) if library else None
    if not found.is_async:
        return None
    doubt = (
        _decorated(source, found)
        or _replaced(source, call.func, found)
        or _overridden(source, found)
    )
    doubt = doubt or _narrowed(source, call.func)
    return Made(shown, doubt, found.is_generator)


def _may_be(source: Source, func: ast.expr) -> bool:
    """Cheap: whether any coroutine function has this name."""
    if isinstance(func, ast.Attribute):
        return func.attr in _names(source)
    return isinstance(func, ast.Name) and func.id in _names(source)


@memoized
def _names(source: Source) -> frozenset[str]:
    """What coroutine functions are called, here, in the project and in libraries."""
    names = {node.name for node in source.nodes(ast.AsyncFunctionDef)}
    imported = [a for node in source.nodes(ast.ImportFrom) for a in node.names if a.asname]
    names |= source.project.async_names() | {name.rpartition(".")[2] for name in LIBRARY}
    names |= {str(alias.asname) for alias in imported if alias.name in names}
    return frozenset(names)


def _narrowed(source: Source, func: ast.expr) -> str | None:
    """Tests of the receiver's class: in their other branch it may be another one than annotated."""
    function = source.function(func)
    if not isinstance(func, ast.Attribute) or function is None:
        return None
    shown = ast.unparse(func.value)
    test = _tested_objects(source).get((function, shown))
    return None if test is None else f"`{test}` decides here what `{shown}` is"


@memoized
def _tested_objects(source: Source) -> dict[tuple[ast.AST | None, str], str]:
    """The first test of the class of an object, by the function that it stands in and the object."""
    found: dict[tuple[ast.AST | None, str], str] = {}
    for node in source.nodes(ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in TESTS and node.args:
            key = source.function(node), ast.unparse(node.args[0])
            found.setdefault(key, node.func.id)
    return found


def _decorated(source: Source, function: FunctionFacts) -> str | None:
    for decorator, name in zip(function.node.decorator_list, function.decorators, strict=True):
        if name is not None and KEEPING.fullmatch(name):
            continue
        if not keeps_coroutines(source, function, decorator):
            return f"what `@{ast.unparse(decorator)}` makes of `{function.name}` is not known here"
    return None


def _replaced(source: Source, func: ast.expr, function: FunctionFacts) -> str | None:
    """An attribute of the same name that is set: by the class, by a test, by a mock."""
    name = function.name
    if not isinstance(func, ast.Attribute):
        return None
    if name in _set_attributes(source):
        return f"an attribute `{name}` is set in this file, perhaps to something else"
    if source.is_test and name in _mentioned(source):
        return f"a mock may stand in the place of `{name}`"
    owner = static_type(source, func.value)
    for cls in owner.members if owner is not None else ():
        for entry in cls.mro().own:
            if len(entry.attributes.get(name, ())) > 1:
                return f"`{entry.name}` says more than once what `{name}` is"
    return None


@memoized
def _set_attributes(source: Source) -> frozenset[str]:
    nodes = source.nodes(ast.Attribute)
    return frozenset(node.attr for node in nodes if isinstance(node.ctx, ast.Store))


@memoized
def _mentioned(source: Source) -> frozenset[str]:
    """The last words of all texts."""
    texts = (node.value for node in source.nodes(ast.Constant))
    return frozenset(text.rpartition(".")[2] for text in texts if isinstance(text, str))


def _overridden(source: Source, function: FunctionFacts) -> str | None:
    """A class derived from the method's own that defines it as a plain function."""
    if function.owner is None:
        return None
    for cls in _plain_definers(source, function.name).get(function.owner, ()):
        if cls.qualified_name != function.owner:
            return f"`{cls.name}.{function.name}` overrides it and is no coroutine function"
    return None


@memoized
def _plain_definers(source: Source, name: str) -> dict[str, list[ClassFacts]]:
    """The classes of this file and of the project with a plain method of that name, by each of
    their bases."""
    own = source.project.facts_of_source(source)
    modules = {own.path: own}
    for mention in source.project.mentions(f"def {name}(".encode()):
        if not mention.text.startswith("async "):
            module = source.project.facts_of(mention.path)
            if module is not None:
                modules.setdefault(module.path, module)
    found: dict[str, list[ClassFacts]] = {}
    for module in modules.values():
        for record in module.contents.classes():
            if name in record.methods:
                cls = source.project.class_facts(record, module)
                for base in {base.qualified_name for base in cls.mro().own}:
                    found.setdefault(base, []).append(cls)
    return found


def tested(test: ast.expr) -> Iterator[ast.Call]:
    """The calls whose truth a condition asks for: `f()`, `not f()`, `f() and g()`."""
    match test:
        case ast.Call():
            yield test
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from tested(inner)
        case ast.BoolOp(values=values):
            for value in values:
                yield from tested(value)
