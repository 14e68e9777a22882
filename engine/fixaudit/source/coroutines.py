"""What code in and around coroutines has in common: who runs it, and who replaces its functions."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeGuard

from fixaudit.errors import SourceError
from fixaudit.model.finding import Edit, NeededName, ObsoleteImport
from fixaudit.semantics.text_search import Mention
from fixaudit.source.memo import memoized
from fixaudit.source.name_access import access
from fixaudit.source.source import Source
from fixaudit.syntax.parser import parse

# Frameworks whose coroutines need not run on an event loop of asyncio.
RUNNERS = frozenset({"trio", "curio", "twisted", "anyio"})
_PATCHING = re.compile(r"\b(patch|patched|setattr|mocker|monkeypatch|Mock)\b")


# `patch("requests.get")`, with nothing or only what a mock itself gives back behind the name.
_MOCK = re.compile(
    r"""\bpatch\(\s*["'][\w.]+["']\s*(?:,\s*(?:return_value|side_effect|autospec)\s*=[^,]*)*,?\s*\)"""
)
_ASSERTING = re.compile(rb"assert_(?:called|any|has|awaited)\w*(?:with|calls?)\(|call_args")


def _is_mock(line: str) -> bool:
    found = _MOCK.search(line)
    # A plain function as `side_effect` is called with the same arguments.
    return found is not None and not re.search(
        r"side_effect\s*=\s*(?:lambda|[a-z_]\w*\s*[,)])", line
    )


@dataclass(frozen=True, slots=True)
class Renamed:
    """The edit that calls another function in a function's place, and what it needs."""

    edit: Edit
    needed_names: tuple[NeededName, ...]


def callee_renamed(
    source: Source, func: ast.expr, module: str, name: str, *, homes: tuple[str, ...] = ()
) -> Renamed | None:
    """`func` as `module.name`; None where those names mean something else here.

    An attribute of that same module, or of one of `homes` that has the name too, keeps the name
    that the module has here.
    """
    if isinstance(func, ast.Attribute) and source.qualified_name(func.value) in (module, *homes):
        end = source.span(func).end
        start = end - len(func.attr.encode())
        if source.body[start:end] == func.attr.encode():
            return Renamed(source.edit(start, end, name), ())
    direct = isinstance(func, ast.Name)
    reached = access(source, func, module, name) if direct else access(source, func, module)
    if reached is None and direct:
        reached, direct = access(source, func, module), False
    if reached is None:
        return None
    text = reached.text if direct else f"{reached.text}.{name}"
    return Renamed(source.replace(func, text), (*reached.needed_names, *obsolete_import_of(func)))


def obsolete_import_of(func: ast.expr) -> tuple[ObsoleteImport, ...]:
    """The import that a function was reached by, which may have lost its last use."""
    while isinstance(func, ast.Attribute):
        func = func.value
    return (ObsoleteImport(func.id),) if isinstance(func, ast.Name) else ()


@memoized
def other_runner(source: Source) -> str | None:
    """A framework by which the coroutines of this file may run without asyncio."""
    names = {alias.name for node in source.nodes(ast.Import) for alias in node.names}
    names |= {node.module or "" for node in source.nodes(ast.ImportFrom) if not node.level}
    roots = {name.partition(".")[0] for name in names}
    found = sorted(roots & RUNNERS)
    plain = "asyncio" in roots and "anyio" in found  # anyio beside asyncio: a helper of it
    return next((name for name in found if not (plain and name == "anyio")), None)


def is_in_default(source: Source, node: ast.AST) -> bool:
    """True in the default of a parameter, which is evaluated once, when the function is made."""
    child = node
    for above in source.ancestors(node):
        if isinstance(above, ast.arguments):
            return any(child is entry for entry in (*above.defaults, *above.kw_defaults))
        if isinstance(above, ast.stmt):
            return False
        child = above
    return False


def replacing_test(source: Source, name: str, *, keyword: str = "") -> str | None:
    """`path:line` of a test that puts something else in the place of `name`; None for none.

    Only tests that reach the name through this module, or everywhere (`patch("time.sleep")`). With a
    `keyword`, those that put something there that takes it do not count: a function or lambda of the
    file, or a mock where the file asserts no arguments of calls.
    """
    last, tail = name.rpartition(".")[2], source.module.rpartition(".")[2]
    for mention in source.project.mentions(last.encode(), 2000, tests_only=True):
        if not _PATCHING.search(mention.text):
            continue
        path = PurePosixPath(mention.path.as_posix())
        quoted = re.search(rf"""["']([\w.]*\b{re.escape(last)})["']""", mention.text)
        if quoted is None or str(path).endswith(f"/{source.path}"):
            continue
        target = quoted[1]
        if keyword and _takes(source.project.read(mention.path) or b"", mention, keyword):
            continue
        if target in (name, last) or f".{tail}." in f".{target}":
            root = source.project.root
            shown = path.relative_to(root.as_posix()) if root is not None else path
            return f"{shown}:{mention.line}"
    return None


def _takes(content: bytes, mention: Mention, keyword: str) -> bool:
    """True where what a line of a test puts in a function's place takes the keyword."""
    if _is_mock(mention.text):
        return _ASSERTING.search(content) is None
    try:
        nodes = list(ast.walk(parse(content.decode("utf-8"), str(mention.path))))
    except (SourceError, UnicodeDecodeError):
        return False
    calls = [node for node in nodes if isinstance(node, ast.Call) and node.args]
    values = [call.args[-1] for call in calls if call.lineno <= mention.line <= _end(call)]
    made: list[ast.arguments] = []
    for value in values:
        if isinstance(value, ast.Lambda):
            made.append(value.args)
        elif isinstance(value, ast.Name):
            made += [each.args for each in nodes if _is_function(each) and each.name == value.id]
    return bool(made) and all(_has(arguments, keyword) for arguments in made)


def _end(call: ast.Call) -> int:
    return call.end_lineno or call.lineno


def _is_function(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def _has(arguments: ast.arguments, keyword: str) -> bool:
    named = (*arguments.args, *arguments.kwonlyargs)
    return arguments.kwarg is not None or any(each.arg == keyword for each in named)
