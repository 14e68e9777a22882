"""Classes that stand below a class, and what they put in the place of its type variables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from fixaudit.files.file_roles import is_test_path
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import dotted_name
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

_MANY = 200


@memoized
def subclasses_of(
    source: Source, cls: ClassFacts, tests: bool = False
) -> tuple[ClassFacts, ...] | None:
    """The classes of the project below one, at any depth; those of tests only with `tests`.

    None where there are more than can be looked at. Costs a search of the project for each name.
    """
    found: dict[object, ClassFacts] = {}
    todo = [cls]
    while todo:
        above = todo.pop()
        for each in _directly_below(source, above, tests):
            if each.key not in found:
                found[each.key] = each
                todo.append(each)
        if len(found) > _MANY:
            return None
    return tuple(found.values())


def _directly_below(source: Source, above: ClassFacts, tests: bool) -> Iterator[ClassFacts]:
    project = source.project
    own = project.facts_of_source(source)
    paths = project.naming_as_base(above.name, about=above.path)
    for path in dict.fromkeys((own.path, *paths)):
        if tests or path == own.path or not is_test_path(project.inner(path)):
            yield from _by_base(source, path).get(above.key, ())


@memoized
def _by_base(source: Source, path: Path) -> dict[object, list[ClassFacts]]:
    """The classes of a file by the classes that they name as bases."""
    project = source.project
    own = project.facts_of_source(source)
    module = own if path == own.path else project.facts_of(path)
    found: dict[object, list[ClassFacts]] = {}
    if module is None:
        return found
    for record in module.contents.classes():
        each = project.class_facts(record, module)
        for base in each.bases:
            meant = project.base_of(each, base)
            if isinstance(meant, ClassFacts):
                found.setdefault(meant.key, []).append(each)
    return found


def type_arguments(source: Source, cls: ClassFacts, index: int) -> tuple[ClassFacts, ...] | None:
    """The classes that the project's subclasses give for a type variable: `User` in `Repository[User]`.

    `index` is the variable's place. None where one of them gives something else, or there is none.
    """
    found: dict[object, ClassFacts] = {}
    for below in subclasses_of(source, cls) or ():
        for base in below.bases:
            meant = source.project.base_of(below, base)
            if not isinstance(base, ast.Subscript) or not isinstance(meant, ClassFacts):
                continue
            if meant.key != cls.key:
                continue
            given = base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]
            written = dotted_name(given[index]) if index < len(given) else None
            argument = source.project.resolve(below.module, written) if written else None
            if not isinstance(argument, ClassFacts):
                return None
            found[argument.key] = argument
    return tuple(found.values()) or None
