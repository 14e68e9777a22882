"""Follows names through imports, re-exports and stars to the definition they mean."""

from __future__ import annotations

import builtins
from pathlib import Path

from fixaudit.semantics.attributes import Where
from fixaudit.semantics.classes import ClassFacts, Definition, Found, ProjectIndex
from fixaudit.semantics.known_classes import ClassKind
from fixaudit.semantics.module_facts import (
    Binding,
    FunctionRecord,
    ImportFacts,
    Meanings,
    ModuleFacts,
    VariableFacts,
)
from fixaudit.semantics.signatures import FunctionFacts, qualified_names

Trail = frozenset[tuple[Path, str]]
_BUILTINS = frozenset(dir(builtins))


def member(
    project: ProjectIndex, module: ModuleFacts, name: str, trail: Trail = frozenset()
) -> Found:
    """What `name` means at the top level of `module`; several different meanings are None."""
    step = (module.path, name)
    if step in trail or len(trail) > 40:
        return None
    trail |= {step}
    meanings = module.meanings(name)
    if meanings is not None:
        if _star_may_replace(project, module, name, meanings.first_line):
            return None
        return _one(project, module, name, meanings, trail)
    if module.stars:
        return _from_stars(project, module, name, trail)
    if module.is_package:
        below = project.module(f"{module.name}.{name}", module.path)
        if below is not None:
            return below
    if module.has_getattr:
        return None
    return f"builtins.{name}" if name in _BUILTINS else None


def _one(
    project: ProjectIndex,
    module: ModuleFacts,
    name: str,
    meanings: Meanings,
    trail: Trail,
) -> Found:
    if meanings.only_functions:
        return _function(project, module, meanings.distinct)
    found = (_bound(project, module, name, item, trail) for item in meanings.distinct)
    first = next(found)
    # The first other meaning decides: a name bound a thousand times is not followed as often.
    if first is None or any(not same(first, other) for other in found):
        return None
    return first


def same(one: Found, other: Found) -> bool:
    """True where two answers mean the same definition."""
    if one is None or other is None or isinstance(one, str) or isinstance(other, str):
        return one is not None and one == other
    return _identity(one) == _identity(other)


def _identity(found: Definition) -> tuple[object, ...]:
    line = 0 if isinstance(found, ModuleFacts) else found.line
    return type(found), found.path, found.qualified_name, line


def _function(project: ProjectIndex, module: ModuleFacts, bindings: tuple[Binding, ...]) -> Found:
    overloads: list[FunctionRecord] = []
    plain: list[FunctionRecord] = []
    for record in (item.function for item in bindings if item.function is not None):
        is_overload = "typing.overload" in qualified_names(record.decorators, module)
        (overloads if is_overload else plain).append(record)
        if len(plain) > 1:
            return None
    if not plain:
        return None
    return FunctionFacts(plain[0], module, project.locating(module), None, tuple(overloads))


def _bound(
    project: ProjectIndex, module: ModuleFacts, name: str, binding: Binding, trail: Trail
) -> Found:
    if binding.place is not None:
        return project.class_at(module, *binding.place)
    if binding.function is not None:
        return FunctionFacts(binding.function, module, project.locating(module))
    if binding.kind == "variable":
        return VariableFacts(
            f"{module.name}.{name}",
            name,
            module.path,
            binding.line,
            binding.conditional,
            module,
            binding.annotation,
            binding.value,
            project.locating(module),
        )
    if binding.imported is not None:
        return imported(project, binding.imported, module.path, module.name, trail)
    return None


def imported(
    project: ProjectIndex, item: ImportFacts, near: Path, own_name: str, trail: Trail = frozenset()
) -> Found:
    """What an import statement in the file `near` binds."""
    source = project.module(item.module, near, item.name or "")
    if item.name is None:
        return source or item.module
    whole = f"{item.module}{'' if item.module.endswith('.') else '.'}{item.name}"
    if source is None:
        return project.module(whole, near) or (None if whole.startswith(".") else whole)
    if source.path == near and source.is_package:
        # `from . import part` in the package's own `__init__.py` can only mean the submodule.
        return project.module(whole, near)
    return member(project, source, item.name, trail)


# -------------------------------------------------------------------- star imports


def _from_stars(project: ProjectIndex, module: ModuleFacts, name: str, trail: Trail) -> Found:
    answers: list[Found] = []
    for star in module.stars:
        provided = project.stars.provides(module, star, name)
        if provided == "unclear":
            return None
        if provided == "yes":
            source = project.module(star.module, module.path)
            answers.append(member(project, source, name, trail) if source else None)
    if not answers:
        return f"builtins.{name}" if name in _BUILTINS else None
    first = answers[0]
    return first if all(same(first, other) for other in answers[1:]) else None


def _star_may_replace(project: ProjectIndex, module: ModuleFacts, name: str, first: int) -> bool:
    """True where a star import after line `first` may bring another thing of that name."""
    later = [star for star in module.stars if star.line > first]
    return any(project.stars.provides(module, star, name) != "no" for star in later)


# -------------------------------------------------------------------- dotted names


def walk(project: ProjectIndex, start: Found, rest: list[str]) -> Found:
    """Follow attributes from a definition: submodules, nested classes, methods, class variables."""
    found = start
    for name in rest:
        match found:
            case ModuleFacts():
                found = member(project, found, name)
            case ClassFacts():
                found = class_member(found, name)
            case str():
                found = f"{found}.{name}"
            case _:
                return None
    return found


def class_member(cls: ClassFacts, name: str) -> Found:
    """A method, nested class or class variable, looked up in the class and its project bases."""
    for entry in cls.mro().own:
        found = entry.body.found.get(name)
        if not found:
            continue
        method = entry.method(name)
        if method is not None:
            return method
        if len(found) == 1 and entry.kind is not ClassKind.ENUM:
            return _class_entry(entry, name)
        return None
    return None


def _class_entry(cls: ClassFacts, name: str) -> Found:
    entry = cls.body.found[name][0]
    if not entry.direct:
        return None
    if entry.where is Where.NESTED_CLASS:
        for record in cls.module.contents.classes():
            if record.name == name and record.span[0] == entry.line:
                return cls.project.class_facts(record, cls.module)
        return None
    return VariableFacts(
        f"{cls.qualified_name}.{name}",
        name,
        cls.path,
        entry.line,
        False,
        cls.module,
        entry.annotation_at,
        entry.value_at,
        entry.locate,
    )


def definition(project: ProjectIndex, qualified: str, near: Path | None) -> Found:
    """The definition a dotted name means, by the longest part of it that is a module."""
    head = len(qualified) - len(qualified.lstrip("."))
    parts = qualified[head:].split(".")
    for length in range(len(parts), 0, -1):
        wanted = parts[length] if length < len(parts) else ""
        module = project.module(qualified[:head] + ".".join(parts[:length]), near, wanted)
        if module is None:
            continue
        if length == len(parts) and length > 1:
            # `from app import settings` gives the package's own name before the submodule.
            package = project.module(qualified[:head] + ".".join(parts[:-1]), near)
            if package is not None and parts[-1] in package.bindings:
                return member(project, package, parts[-1])
        return walk(project, module, parts[length:])
    return None
