"""Modules that are used as values, so that names may be looked up in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.source.source import Source
from fixaudit.source.static_type import definition_of
from fixaudit.symbols.meaning import Hindrance, HindranceKind
from fixaudit.symbols.other_sources import files_naming, of_other_file
from fixaudit.symbols.symbol import Symbol


def modules_handed_on(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    """Where the modules that hold a name are handed on as values, or named by a text: what happens to
    their names there is not seen."""
    own = source.project.facts_of_source(source).path
    for home in sorted(symbol.homes):
        stem = home.parent.name if home.stem == "__init__" else home.stem
        for path in (own, *files_naming(source, stem, symbol.path)):
            key = ("modules handed on", symbol, stem)
            read = partial(_handed_on, symbol=symbol, stem=stem)
            found = read(source) if path == own else of_other_file(source, path, key, read)
            yield from found or ()


def _handed_on(source: Source, symbol: Symbol, stem: str) -> tuple[Hindrance, ...]:
    words = {stem}
    for alias in source.nodes(ast.alias):
        if alias.asname is not None and alias.name.rpartition(".")[2] == stem:
            words.add(alias.asname)
    found = []
    nodes: list[ast.Name | ast.Attribute] = [*source.nodes(ast.Name)]
    nodes += source.nodes(ast.Attribute)
    for node in nodes:
        word = node.id if isinstance(node, ast.Name) else node.attr
        if word not in words or not isinstance(node.ctx, ast.Load):
            continue
        above = source.parent(node)
        if isinstance(above, ast.Attribute) or _says_which(source, node, above):
            continue
        meant = definition_of(source, node)
        if isinstance(meant, ModuleFacts) and meant.path in symbol.homes:
            why = f"the module `{word}` is handed on, and its names may be looked up"
            found.append(Hindrance(HindranceKind.MODULES, source.path, node.lineno, why))
    names = {symbol.module}
    for text in source.nodes(ast.Constant):
        if text.value in names and not _is_logger_name(source, text):
            why = f"a string names the module `{symbol.module}`, which may be loaded by it"
            found.append(Hindrance(HindranceKind.MODULES, source.path, text.lineno, why))
    return tuple(found)


def _says_which(source: Source, node: ast.expr, above: ast.AST | None) -> bool:
    """True where a call that is handed the module says the one name that it looks up, or reloads it."""
    if not isinstance(above, ast.Call) or not above.args or above.args[0] is not node:
        return False
    if source.qualified_name(above.func) == "importlib.reload":
        return True
    last = ast.unparse(above.func).rpartition(".")[2]
    named = len(above.args) > 1 and isinstance(above.args[1], ast.Constant)
    return named and last in (
        "getattr",
        "hasattr",
        "setattr",
        "delattr",
        "object",
        "spy",
        "delitem",
    )


def _is_logger_name(source: Source, text: ast.Constant) -> bool:
    call = source.parent(text)
    return isinstance(call, ast.Call) and "ogger" in ast.unparse(call.func)
