"""In which modules a module-level name stands: where it is defined, and where imports pass it on."""

from __future__ import annotations

import ast
from pathlib import Path

from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.source.source import Source
from fixaudit.symbols.other_sources import files_naming
from fixaudit.syntax.binder import absolute_module


def modules_defining(source: Source, name: str) -> tuple[tuple[Path, int], ...]:
    """The modules of the project that bind a name at their top level by more than an import, each with
    the first line that does: those that the file's own distribution depends on among them."""
    found = []
    for facts in _naming(source, name, everywhere=True):
        lines = [each.line for each in facts.bindings.get(name, ()) if each.kind != "import"]
        if lines:
            found.append((facts.path, min(lines)))
    return tuple(found)


def modules_offering(source: Source, home: Path, name: str) -> frozenset[Path]:
    """The modules in which a name that `home` defines stands under the same name: `home`, and those
    that take it by `from … import` without another `as`, from one another."""
    naming = _naming(source, name, home)
    found = {home}
    while True:
        more = {facts.path for facts in naming if _takes(source, facts, name, found)} - found
        if not more:
            return frozenset(found)
        found |= more


def imported_module(source: Source, alias: ast.alias) -> Path | None:
    """The file of the module that a `from` import takes a name from; None for none of the project."""
    statement = source.parent(alias)
    if not isinstance(statement, ast.ImportFrom):
        return None
    own = source.project.facts_of_source(source).path
    name = absolute_module(statement.module, statement.level, source.package)
    return source.project.path_of(name, own)


def _naming(
    source: Source, name: str, about: Path | None = None, *, everywhere: bool = False
) -> list[ModuleFacts]:
    project = source.project
    own = project.facts_of_source(source)
    naming = files_naming(source, name, about, everywhere=everywhere)
    found = [project.facts_of(path) for path in naming]
    return [own, *(each for each in found if each is not None)]


def _takes(source: Source, facts: ModuleFacts, name: str, homes: set[Path]) -> bool:
    return any(
        each.name == name
        and each.bound == name
        and source.project.path_of(each.module, facts.path) in homes
        for each in facts.imports
    )
