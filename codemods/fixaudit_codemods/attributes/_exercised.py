"""Which statements of a test are about the code that is judged: those that say its words."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from fixaudit import Project, Source
from fixaudit.authoring import ModuleFacts

_MANY = 200


class _Statement(NamedTuple):
    """A statement at the top level of a module: its lines and the names that it binds."""

    first: int
    last: int
    names: tuple[str, ...]

    def holds(self, line: int) -> bool:
        return self.first <= line <= self.last


def exercised(source: Source, path: Path, line: int, words: frozenset[str]) -> bool:
    """True where the statement around a line says one of the words, or one that uses its name does.

    Such as a test that calls the helper or the fixture in which the line stands.
    """
    project = source.project
    module = project.facts_of(path)
    if module is None:
        return True
    about = list(_naming(project, module, words))
    if any(statement.holds(line) for statement in about):
        return True
    text = (project.read(path) or b"").splitlines()
    here = text[line - 1].decode("utf-8", "replace") if line <= len(text) else ""
    around = (each for each in _naming(project, module, _words(here)) if each.holds(line))
    names = next((statement.names for statement in around), ())
    return any(_uses(project, module, name, words, about) for name in names)


def _uses(
    project: Project, module: ModuleFacts, name: str, words: frozenset[str], about: list[_Statement]
) -> bool:
    """True where a test that is about the words names what makes the double."""
    if set(about) & set(_naming(project, module, [name])):
        return True
    for path in {item.path for item in project.mentions(name.encode(), _MANY, tests_only=True)}:
        other = project.facts_of(path) if path != module.path else None
        if other is not None:
            using = set(_naming(project, other, [name]))
            if using & set(_naming(project, other, words)):
                return True
    return False


def _naming(project: Project, module: ModuleFacts, words: Iterable[str]) -> Iterator[_Statement]:
    """The statements in which one of the words stands, imports apart."""
    for node in project.naming(module, words):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(item.lineno for item in decorators)])
        yield _Statement(first, node.end_lineno or node.lineno, tuple(_bound(node)))


def _bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (item.id for item in targets if isinstance(item, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _words(line: str) -> list[str]:
    """The identifiers of a line, for which the statement that it belongs to can be asked."""
    parts = "".join(each if each.isalnum() or each == "_" else " " for each in line).split()
    return [part for part in parts if part.isidentifier()]
