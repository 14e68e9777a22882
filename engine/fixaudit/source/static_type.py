"""The statically known class of an expression: provable from the code, or not at all."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixaudit.semantics.classes import ClassFacts, Declaration, Definition
from fixaudit.semantics.module_facts import dotted_name
from fixaudit.semantics.values.infer import Inference
from fixaudit.source.memo import memoized
from fixaudit.source.values import value_of

if TYPE_CHECKING:
    from fixaudit.source.source import Source


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """An instance of one of `members`; with `optional` it may also be None.

    `by_cast` says that a `typing.cast` was met on the way: somebody's word instead of a proof.
    """

    members: tuple[ClassFacts, ...]
    optional: bool = False
    by_cast: bool = False

    @property
    def names(self) -> str:
        """The class names as a reader would write the type: `Settings | None`."""
        names = [cls.name for cls in self.members]
        return " | ".join([*names, "None"] if self.optional else names)

    def declares(self, name: str) -> tuple[Declaration | None, ...]:
        """Who declares the attribute, for each member in turn."""
        return tuple(cls.declares(name) for cls in self.members)


def static_type(source: Source, expression: ast.expr) -> TypeFacts | None:
    """The classes of the project that the expression's value can be an instance of.

    None in any doubt: unknown or outside classes, names that change their type, values that come
    from calls nobody annotated. Trusts annotations, as a type checker does.
    """
    value = value_of(source, expression)
    if value is None or value.outside or value.assumed:
        return None
    return TypeFacts(value.members, value.optional, value.by_cast)


def unread_module(source: Source, expression: ast.expr) -> str | None:
    """The path of a module that says what an expression is and cannot be read, as findings name it.

    Such as one in newer syntax than that of the running Python; None where there is none.
    """
    names = [node for node in ast.walk(expression) if isinstance(node, ast.Name)]
    said = [part for node in names for part in _said_of(source, node)]
    for node in [*names, *said]:
        for binding in source.lookup(node.id, node):
            parts = (binding.target or "").split(".") if binding.kind == "import" else []
            for length in range(len(parts), 0, -1):
                path = source.project.path_of(".".join(parts[:length]), source.location)
                if path is not None and source.project.facts_of(path) is None:
                    return source.shown(path)
    return None


def _said_of(source: Source, name: ast.Name) -> list[ast.Name]:
    """The names in the annotations and values of a name."""
    given = (
        part for item in source.lookup(name.id, name) for part in (item.annotation, item.value)
    )
    return [
        n for part in given if part is not None for n in ast.walk(part) if isinstance(n, ast.Name)
    ]


def is_outside(source: Source, expression: ast.expr) -> bool:
    """True for a name or dotted chain that an import brings from outside of the project.

    False where that is not certain without reading other files.
    """
    chain = dotted_name(expression)
    if chain is None:
        return False
    head, dot, rest = chain.partition(".")
    found = source.lookup(head, expression)
    target = found[0].target if len(found) == 1 and found[0].kind == "import" else None
    if not target or target.startswith(".") or source.scopes.has_star_import():
        return False
    return _is_outside(source, target + dot + rest)


@memoized
def _is_outside(source: Source, name: str) -> bool:
    return source.project.is_outside(tuple(name.split(".")), source)


def definition_of(source: Source, expression: ast.expr) -> Definition | None:
    """The class, function, module or module-level variable that a name or dotted chain means.

    For a chain that starts at a value (`self.client.get`) the method of its class is given.
    """
    if is_outside(source, expression):
        return None
    module = source.project.facts_of_source(source)
    source.project.settle()
    inference = Inference(source.project, module)
    found = inference.definition(expression)
    if found is None and isinstance(expression, ast.Attribute):
        owner = static_type(source, expression.value)
        if owner is not None and len(owner.members) == 1:
            return owner.members[0].find_method(expression.attr)
    return None if isinstance(found, str) else found


def outside_bases(cls: ClassFacts) -> frozenset[str]:
    """The full names of all bases of a class and of its bases that are no classes of the project."""
    return frozenset(cls.written_bases()) - {entry.qualified_name for entry in cls.mro().own}
