"""The variant in which names say nothing: what the file itself names is called otherwise, all through.

A proof is followed through code, so it holds whatever a variable, a parameter, a function or a class is
called. What no longer holds in this variant was read off a name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit.edits.compose import apply_edits
from fixaudit.model.finding import Edit
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import BUILTINS, DEFINITIONS

_RECEIVERS = frozenset({"self", "cls", "mcs", "_"})
_WORD = re.compile(r"\w+")


def renamed(source: Source) -> bytes | None:
    """The file with `renamed_1`, `Renamed2`, … in place of its own names.

    What something outside of the text may mean is left: imports, builtins, fields and methods of
    classes, keywords, words of strings, names of tests, and, where the file stands in a project,
    all but the variables of functions.
    """
    places, fixed = _places(source), _fixed(source)
    names = [name for name in places if name not in fixed]
    edits = [
        edit
        for number, name in enumerate(names, 1)
        for edit in _edits(source, places[name], name, _new(name, number))
    ]
    return source.decoded.encode(apply_edits(source.body, edits)) if edits else None


def _new(name: str, number: int) -> str:
    """In the same style, so that linters and type checkers read the same from it."""
    plain = name.lstrip("_")
    word = f"RENAMED_{number}" if plain.isupper() else f"renamed_{number}"
    if plain[:1].isupper() and not plain.isupper():
        word = f"Renamed{number}"
    return f"{name[: len(name) - len(plain)]}{word}"


def _places(source: Source) -> dict[str, list[ast.AST]]:
    """The nodes that bind or read each name."""
    found: dict[str, list[ast.AST]] = {}
    for node in source.nodes(ast.Name):
        found.setdefault(node.id, []).append(node)
    for argument in source.nodes(ast.arg):
        found.setdefault(argument.arg, []).append(argument)
    for kind in DEFINITIONS:
        for definition in source.nodes(kind):
            assert isinstance(definition, DEFINITIONS)
            found.setdefault(definition.name, []).append(definition)
    return found


def _fixed(source: Source) -> set[str]:
    """The names that something else than the file's own code may mean."""
    bound: set[str] = set()
    fixed = set(_RECEIVERS | BUILTINS)
    alone = source.project.root is None
    for scope in source.scopes.scopes():
        kept = scope.is_class or (scope is source.scopes.module and not alone)
        for name, bindings in scope.bindings.items():
            bound.add(name)
            kinds = {binding.kind for binding in bindings}
            meant = {"import", "except", "match", "type-parameter"}
            if kept or kinds & (meant if alone else {*meant, "parameter"}):
                fixed.add(name)
        fixed |= scope.global_names | scope.nonlocal_names
    for node in source.nodes(ast.Name):
        # Before Python 3.12 the positions of names inside an f-string may be wrong.
        if node.id not in bound or source.segment(node) != node.id:
            fixed.add(node.id)
    fixed |= {name for name in bound if name.startswith(("__", "test", "Test"))}
    fixed |= {word.arg for word in source.nodes(ast.keyword) if word.arg is not None}
    return fixed | set(_words(source))


def _words(source: Source) -> Iterator[str]:
    """The words of strings, but for docstrings without examples: `__all__`, routes, annotations."""
    for node in source.nodes(ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
        if ">>>" in text or not isinstance(source.parent(node), ast.Expr):
            yield from _WORD.findall(text)


def _edits(source: Source, nodes: list[ast.AST], name: str, new: str) -> Iterator[Edit]:
    for node in nodes:
        span = source.span(node)
        start = span.start
        if isinstance(node, DEFINITIONS):
            head = re.compile(rb"\b(?:def|class)\s+" + re.escape(name.encode()) + rb"\b")
            found = head.search(source.body, start)
            assert found is not None
            start = found.end() - len(name.encode())
        yield source.edit(start, start + len(name.encode()), new)
