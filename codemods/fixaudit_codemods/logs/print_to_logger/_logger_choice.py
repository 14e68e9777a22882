"""Which logger a print can go through at its line, and how that logger takes its arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fixaudit import NeededImport, NeededModuleName, NeededName, Source, loggers, memoized
from fixaudit.authoring import (
    Binding,
    ParameterKind,
    header_end,
    runs_before,
    value_of_binding,
)

Style = Literal["percent", "braces", "whole"]
_Reach = tuple[str, tuple[NeededImport, ...]] | None

_STYLES: dict[str, Style] = {"stdlib": "percent", "loguru": "braces", "structlog": "whole"}
_NAMES = ("logger", "log", "_logger", "LOGGER", "LOG", "_log")
_FREE_NAMES = ("_logger", "module_logger")
_MAKES_LOGGER = re.compile(r"(?:get_?)?log(?:ger|book)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """A logger to write to. `doubt` says why it is not certain to be one of a library; else empty."""

    expression: str
    style: Style
    needed_names: tuple[NeededName, ...] = ()
    doubt: str = ""


def choose(source: Source, call: ast.Call, level: str, library: str, name: str) -> Choice | str:
    """The logger for `call`, which is to be of this level, or why there can be none."""
    found = loggers.in_scope(source, call)
    if found is not None:
        late = _called_too_early(source, call, found.expression)
        return late or Choice(found.expression, _STYLES[found.kind])
    for known in _NAMES:
        bindings = source.lookup(known, call)
        if bindings and _is_logger_of_project(source, bindings, level):
            doubt = f"`{known}` is a logger of the project's own"
            return _unsure(source, call, known, bindings, doubt)
        if bindings and _looks_like_logger(source, known, bindings):
            return _unsure(source, call, known, bindings, f"`{known}` is a logger by its name only")
    return _new_logger(source, call, library, name)


def _unsure(
    source: Source, call: ast.Call, name: str, bindings: list[Binding], doubt: str
) -> Choice | str:
    """A logger that is not certain to be set yet, or not certain to be one."""
    statement = bindings[0].statement
    if bindings[0].kind == "parameter" and loggers.may_be_none(bindings[0]):
        return f"`{name}` may be None here"
    certain = isinstance(statement, ast.stmt) and runs_before(source, statement, call)
    if bindings[0].kind != "parameter" and not certain:
        return f"it runs before `{name}` is assigned"
    late = _called_too_early(source, call, name)
    return late or Choice(name, "whole", doubt=doubt)


def _is_logger_of_project(source: Source, bindings: list[Binding], level: str) -> bool:
    """True for an object of one class of the project whose method of that level takes a message."""
    if len(bindings) != 1 or bindings[0].kind not in ("assign", "import"):
        return False
    value = value_of_binding(source, bindings[0])
    if value is None or value.optional or value.outside or len(value.members) != 1:
        return False
    method = value.members[0].find_method(level)
    if method is None or method.is_async or "log" not in value.members[0].name.lower():
        return False
    needed = [entry for entry in method.parameters[1:] if not entry.has_default]
    starred = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
    return len([entry for entry in needed if entry.kind not in starred]) == 1


def _looks_like_logger(source: Source, name: str, bindings: list[Binding]) -> bool:
    if len(bindings) != 1 or loggers.other_than_logger(source, bindings[0]):
        return False
    if loggers.is_silenced(source, source.scopes.module, name):
        return False
    binding = bindings[0]
    if binding.kind == "import":
        above = (binding.target or "").rpartition(".")[0]
        return name.lower().strip("_") == "logger" or "log" in above.lower().split(".")[-1]
    if binding.kind == "parameter":
        return name.lower().strip("_") == "logger"
    if isinstance(binding.value, ast.Call):
        called = binding.value.func
        last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return _MAKES_LOGGER.search(last) is not None or "logger" in last.lower()
    return False


# ----------------------------------------------------------------------------- code run at import


def _called_too_early(source: Source, call: ast.Call, expression: str) -> str | None:
    """Why `call` may run before the module's logger is there: its function is called above it."""
    bindings = source.scopes.module.bindings.get(expression, [])
    scope, _ = source.scopes.lookup(expression.partition(".")[0], call)
    if not bindings or scope is not source.scopes.module or source.function(call) is None:
        return None
    statement = bindings[0].statement
    assert isinstance(statement, ast.stmt)
    if _outermost(source, call).name in _run_above(source, source.span(statement).start):
        return f"its function is called above the line that assigns `{expression}`"
    return None


def _outermost(source: Source, node: ast.AST) -> ast.FunctionDef | ast.ClassDef:
    outermost = node
    for above in source.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            outermost = above
    return outermost  # type: ignore[return-value]


@memoized
def _run_above(source: Source, position: int) -> frozenset[str]:
    """Names of the module's functions and classes that code above `position` may run at import."""
    definitions = {
        name: bindings[0].node
        for name, bindings in source.scopes.module.bindings.items()
        if bindings[0].kind in ("function", "class")
    }
    todo = [name for name in _called_at_import(source, position) if name in definitions]
    reached: set[str] = set()
    while todo:
        name = todo.pop()
        if name in reached:
            continue
        reached.add(name)
        inner = (n.id for n in ast.walk(definitions[name]) if isinstance(n, ast.Name))
        todo += [other for other in inner if other in definitions]
    return frozenset(reached)


def _called_at_import(source: Source, position: int) -> Iterator[str]:
    for node in source.nodes(ast.Name):
        if source.span(node).start >= position:
            return
        if source.function(node) is not None:
            continue
        parent = source.parent(node)
        decorates = node in getattr(parent, "decorator_list", ())
        if decorates or isinstance(parent, ast.Call):
            yield node.id


# ----------------------------------------------------------------------------- a logger of its own


def _new_logger(source: Source, call: ast.Call, library: str, name: str) -> Choice | str:
    if source.function(call) is None and source.span(call).start < header_end(source):
        return "it runs among the imports, before a logger can be set up"
    if library == "logging":
        library = _library_of_module(source)
    if library == "loguru":
        return _loguru(source, call)
    free = next((entry for entry in (name, *_FREE_NAMES) if _is_free(source, call, entry)), None)
    if free is None:
        return f"`{name}` means something else here"
    factory = "getLogger" if library == "logging" else "get_logger"
    reach = _reach(source, library, factory)
    if reach is None:
        return f"`{library}` means something else in this module, or is imported too late"
    spelled, imports = reach
    needed_names: tuple[NeededName, ...] = (
        *imports,
        NeededModuleName(free, f"{free} = {spelled}(__name__)"),
    )
    return Choice(free, "percent" if library == "logging" else "whole", needed_names)


@memoized
def _library_of_module(source: Source) -> str:
    """The library the module logs with already: another one is not put beside it."""
    for bindings in source.scopes.module.bindings.values():
        for binding in bindings:
            top = (binding.target or "").partition(".")[0]
            if binding.kind == "import" and top in ("structlog", "loguru"):
                return top
    return "logging"


def _loguru(source: Source, call: ast.Call) -> Choice | str:
    if not _is_free(source, call, "logger"):
        return "`logger` means something else here"
    return Choice("logger", "braces", (NeededImport("loguru", "logger", "logger"),))


def _is_free(source: Source, call: ast.Call, name: str) -> bool:
    if source.lookup(name, call) or name in source.scopes.module.bindings:
        return False
    return name not in _global_names(source) and not _stands_for_another_thing(source, name)


@memoized
def _stands_for_another_thing(source: Source, name: str) -> bool:
    """True where some function calls a flag or a text so: one logger is to serve the whole module."""
    return any(
        loggers.other_than_logger(source, binding)
        for scope in source.scopes.scopes()
        for binding in scope.bindings.get(name, ())
    )


@memoized
def _global_names(source: Source) -> frozenset[str]:
    return frozenset(each for scope in source.scopes.scopes() for each in scope.global_names)


@memoized
def _reach(source: Source, library: str, factory: str) -> _Reach:
    """How a module-level statement below the imports calls the factory of `library`."""
    end = header_end(source)
    for name, bindings in source.scopes.module.bindings.items():
        if len(bindings) != 1 or bindings[0].target not in (library, f"{library}.{factory}"):
            continue
        statement = bindings[0].statement
        in_header = isinstance(source.parent(statement), ast.Module)
        if in_header and isinstance(statement, ast.stmt) and source.span(statement).end <= end:
            return (name if bindings[0].target != library else f"{name}.{factory}"), ()
    if library in source.scopes.module.bindings:
        return None
    return f"{library}.{factory}", (NeededImport(library, None, library),)
