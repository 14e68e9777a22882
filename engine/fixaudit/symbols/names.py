"""Whether a place means a name of a module, and whether its new name is free there."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from pathlib import Path

from fixaudit.semantics.module_facts import ModuleFacts, dotted_name
from fixaudit.source.source import Source
from fixaudit.source.static_type import definition_of, is_outside
from fixaudit.source.uses import names_written
from fixaudit.symbols.identifiers import Identifier, Written
from fixaudit.symbols.meaning import (
    OTHER,
    USE,
    Hindrance,
    HindranceKind,
    Meaning,
    doubt,
)
from fixaudit.symbols.members import of_keyword
from fixaudit.symbols.passed_on import imported_module
from fixaudit.symbols.symbol import Symbol
from fixaudit.syntax.namespace import Binding


def is_home(source: Source, symbol: Symbol) -> bool:
    """True where the file holds the name at its top level."""
    return source.project.facts_of_source(source).path in symbol.homes


def name_meaning(source: Source, symbol: Symbol, found: Identifier) -> Meaning:
    """What a place that writes the word means, strings left out."""
    node = found.node
    match found.kind:
        case Written.NAME | Written.DECLARED:
            return bound_meaning(source, symbol, node)
        case Written.DEFINITION:
            scope = source.scopes.scope_of(node)
            here = scope is source.scopes.module and is_home(source, symbol)
            return USE if here else OTHER
        case Written.ATTRIBUTE:
            assert isinstance(node, ast.Attribute)
            return _of_attribute(source, symbol, node)
        case Written.IMPORTED:
            return _of_import(source, symbol, node)
        case Written.ALIAS:
            assert isinstance(node, ast.alias)
            return USE if node.name == symbol.old and _brought(source, symbol, node) else OTHER
        case Written.KEYWORD:
            return of_keyword(source, node)
    return OTHER


def bound_meaning(source: Source, symbol: Symbol, node: ast.AST) -> Meaning:
    """What the bare word means at a node."""
    scope, bindings = source.scopes.lookup(symbol.old, node)
    if scope is None:
        return OTHER
    if scope is source.scopes.module:
        if not is_home(source, symbol):
            return OTHER
        foreign = [each for each in bindings if _is_foreign(source, symbol, each)]
        if foreign:
            line = getattr(foreign[0].statement, "lineno", 1)
            return doubt(f"line {line} binds the name to something else")
        return USE
    brought = [each for each in bindings if _brought(source, symbol, each.node)]
    if not brought:
        # The body of a class reads the module's name until it has bound its own.
        reads = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        if scope.is_class and reads and symbol.old in source.scopes.module.bindings:
            return doubt("the class binds the name too, and may read the module's")
        return OTHER
    if scope.is_class or len(brought) < len(bindings):
        return doubt("the name is imported into a class, or bound to something else as well")
    return USE


def _is_foreign(source: Source, symbol: Symbol, binding: Binding) -> bool:
    """True for a binding of a module's name that is another thing: an import from elsewhere."""
    return binding.kind == "import" and not _brought(source, symbol, binding.node)


def _brought(source: Source, symbol: Symbol, node: ast.AST) -> bool:
    """True for an import that takes the name from one of its modules."""
    if not isinstance(node, ast.alias) or node.name != symbol.old:
        return False
    return imported_module(source, node) in symbol.homes


def _of_import(source: Source, symbol: Symbol, node: ast.AST) -> Meaning:
    assert isinstance(node, ast.alias)
    path = imported_module(source, node)
    if path in symbol.homes:
        return USE
    facts = None if path is None else source.project.facts_of(path)
    if facts is None or symbol.old in facts.bindings:
        return OTHER
    if facts.stars or facts.has_getattr:
        return doubt(f"`{facts.name}` may pass it on by a star import")
    return OTHER


def _of_attribute(source: Source, symbol: Symbol, node: ast.Attribute) -> Meaning:
    found = definition_of(source, node.value)
    if isinstance(found, ModuleFacts):
        return USE if found.path in symbol.homes else OTHER
    chain = dotted_name(node.value)
    if found is not None or chain is None or is_outside(source, node.value):
        return OTHER
    bindings = source.lookup(chain.partition(".")[0], node)
    stems = {_stem(path.as_posix()) for path in symbol.homes}
    for each in bindings:
        if each.kind == "import" and not stems.isdisjoint(f"{each.target}.{chain}".split(".")):
            return doubt(f"what `{chain}` is there is not certain")
    return OTHER


def _stem(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2] if name == "__init__.py" else name.removesuffix(".py")


def collisions(source: Source, symbol: Symbol, uses: Iterable[Identifier]) -> Iterator[Hindrance]:
    """Where the new name means something already, in the scope of a use or of the module."""
    bare = (Written.NAME, Written.DEFINITION, Written.DECLARED, Written.IMPORTED)
    names = [each for each in uses if each.kind in bare and not _is_renamed(each)]
    for each in names:
        scope, found = source.scopes.lookup(symbol.new, each.node)
        if scope is not None:
            line = getattr(found[0].statement, "lineno", 1) if found else each.line
            why = f"`{symbol.new}` is taken: it means something else in line {line}"
            yield Hindrance(HindranceKind.TAKEN, source.path, each.line, why)
            return
    if names and hasattr(builtins, symbol.new):
        why = f"`{symbol.new}` is a builtin, which it would hide"
        yield Hindrance(HindranceKind.TAKEN, source.path, names[0].line, why)
        return
    for name in names_written(source, symbol.new) if names else ():
        if source.scopes.lookup(symbol.new, name)[0] is None:
            why = f"`{symbol.new}` is read, and nothing is seen to bind it"
            yield Hindrance(HindranceKind.TAKEN, source.path, name.lineno, why)
            return


def _is_renamed(found: Identifier) -> bool:
    """True for an import that calls it something else anyway."""
    return isinstance(found.node, ast.alias) and found.node.asname is not None


def submodule_hindrance(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    """Modules of a package that have the old or the new name."""
    for path in sorted(symbol.homes):
        if path.name == "__init__.py":
            for word in (symbol.old, symbol.new):
                below = source.project.path_of(f"{_package(source, path)}.{word}", path)
                if below is not None:
                    why = f"the package has a module `{word}` too"
                    yield Hindrance(HindranceKind.TAKEN, source.shown(below), 1, why)


def _package(source: Source, path: Path) -> str:
    return "" if (facts := source.project.facts_of(path)) is None else facts.name
