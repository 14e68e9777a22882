"""Variants that import differently: under another name, or the names out of a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit.edits.compose import apply_edits
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import BUILTINS

Import = tuple[ast.Import, ast.alias]


def aliased(source: Source) -> bytes | None:
    """`import hashlib` as `import hashlib as _al_hashlib`, its uses renamed."""
    edits: list[Edit] = []
    for _, alias in _plain_imports(source):
        uses = _uses(source, alias.name)
        if uses is None:
            continue
        new = f"_al_{alias.name}"
        edits.append(source.replace(alias, f"{alias.name} as {new}"))
        edits += [source.replace(use, new) for use in uses]
    return _edited(source, edits)


def from_imported(source: Source) -> bytes | None:
    """`import hashlib` as `from hashlib import md5`, where every use is an attribute of it."""
    edits: list[Edit] = []
    taken = _names_in(source)
    for statement, alias in _plain_imports(source):
        attributes = _attribute_uses(source, alias.name)
        names = {node.attr for node in attributes or ()}
        if not attributes or len(statement.names) > 1 or names & (taken - {alias.name}):
            continue
        taken |= names
        imported = ", ".join(sorted(names))
        edits.append(source.replace(statement, f"from {alias.name} import {imported}"))
        edits += [_without_module(source, node) for node in attributes]
    return _edited(source, edits)


def _plain_imports(source: Source) -> Iterator[Import]:
    """Top-level `import name`, the only binding of the name in the module."""
    exempt = {name for node in source.nodes(ast.Global) for name in node.names}
    for statement in source.tree.body:
        if not isinstance(statement, ast.Import):
            continue
        for alias in statement.names:
            plain = alias.asname is None and "." not in alias.name and alias.name not in exempt
            if plain and len(source.scopes.module.bindings[alias.name]) == 1:
                yield statement, alias


def _uses(source: Source, name: str) -> list[ast.Name] | None:
    """Where the module's name is read; None where one of them has no place in the text.

    Before Python 3.12 the positions of names inside an f-string may be wrong.
    """
    found = []
    for node in source.nodes(ast.Name):
        if node.id == name and source.scopes.lookup(name, node)[0] is source.scopes.module:
            if source.segment(node) != name:
                return None
            found.append(node)
    return found


def _attribute_uses(source: Source, name: str) -> list[ast.Attribute] | None:
    uses = _uses(source, name)
    found = []
    for use in uses or ():
        parent = source.parent(use)
        if not isinstance(parent, ast.Attribute) or not isinstance(parent.ctx, ast.Load):
            return None
        if not source.segment(parent).endswith(parent.attr):
            return None
        found.append(parent)
    return found


def _without_module(source: Source, node: ast.Attribute) -> Edit:
    """`hashlib.md5` to `md5`, and `hashlib . md5` too."""
    span = source.span(node)
    return Edit(Span(span.start, span.end - len(node.attr.encode())), "", drops_comments=True)


def _names_in(source: Source) -> set[str]:
    """Every name that the file uses or that Python knows."""
    bound = {name for scope in source.scopes.scopes() for name in scope.bindings}
    return bound | {node.id for node in source.nodes(ast.Name)} | BUILTINS


def _edited(source: Source, edits: list[Edit]) -> bytes | None:
    if not edits:
        return None
    return source.decoded.encode(apply_edits(source.body, edits))
