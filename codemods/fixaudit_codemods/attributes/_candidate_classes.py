"""Which classes a value annotated with a type variable, or with `type[…]`, can be."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from fixaudit import Source
from fixaudit.authoring import (
    Binding,
    ClassFacts,
    ClassKind,
    definition_of,
    subclasses_of,
    type_arguments,
)

_TYPES = frozenset({"builtins.type", "typing.Type"})


@dataclass(frozen=True, slots=True)
class Candidates:
    """The classes that `what` (a type variable, or a class with those below it) can be.

    `themselves` says that the value is one of the classes, not an instance of one; `top` is the class
    that all of them are or inherit from, where one is named.
    """

    what: str
    classes: tuple[ClassFacts, ...]
    themselves: bool = False
    top: ClassFacts | None = None


def candidates_of(source: Source, owner: ast.expr) -> Candidates | None:
    """The classes whose attribute is asked for; None where they are not known."""
    annotation = _annotation_of(source, owner)
    if annotation is None:
        return None
    themselves = isinstance(annotation, ast.Subscript)
    if isinstance(annotation, ast.Subscript):
        if source.qualified_name(annotation.value) not in _TYPES:
            return None
        annotation = annotation.slice
    variable = _type_variable(source, annotation)
    if variable is not None:
        found = _of_variable(source, owner, annotation, variable)
        return None if found is None else replace(found, themselves=themselves)
    # An instance of a class is for `hasattr-declared`.
    cls = definition_of(source, annotation) if themselves else None
    if not isinstance(cls, ClassFacts):
        return None
    found = _below(source, cls, f"type[{cls.name}]")
    return None if found is None else replace(found, themselves=True)


def _annotation_of(source: Source, owner: ast.expr) -> ast.expr | None:
    """How a parameter is annotated, or what `self.model = model` is given."""
    if isinstance(owner, ast.Name):
        bindings = source.lookup(owner.id, owner)
        return bindings[0].annotation if len(bindings) == 1 else None
    if not isinstance(owner, ast.Attribute) or not isinstance(owner.value, ast.Name):
        return None
    cls = source.class_of(owner)
    if cls is None or owner.value.id not in ("self", "cls"):
        return None
    found: list[ast.expr | None] = []
    for node in ast.walk(cls):
        match node:
            case ast.AnnAssign(target=target, annotation=annotation) if _is_same(target, owner):
                found.append(annotation)
            case ast.Assign(targets=[target], value=ast.Name() as value) if _is_same(target, owner):
                found.append(_annotation_of(source, value))
            case ast.Assign(targets=targets) if any(_is_same(each, owner) for each in targets):
                found.append(None)
    return found[0] if len(found) == 1 else None


def _is_same(target: ast.expr, owner: ast.Attribute) -> bool:
    """True for `self.model`, and for `model: type[T]` in the class's body."""
    if isinstance(target, ast.Name):
        return target.id == owner.attr
    if not isinstance(target, ast.Attribute) or not isinstance(target.value, ast.Name):
        return False
    return target.attr == owner.attr and target.value.id == "self"


def _type_variable(source: Source, annotation: ast.expr) -> Binding | None:
    if not isinstance(annotation, ast.Name):
        return None
    bindings = source.lookup(annotation.id, annotation)
    if len(bindings) != 1:
        return None
    if bindings[0].kind == "type-parameter":
        return bindings[0]
    made = bindings[0].value
    is_variable = (
        isinstance(made, ast.Call) and source.qualified_name(made.func) == "typing.TypeVar"
    )
    return bindings[0] if is_variable else None


def _of_variable(source: Source, owner: ast.expr, name: ast.expr, variable: Binding) -> Candidates | None:  # fmt: skip
    """What subclasses give for the variable; else what its bound allows."""
    assert isinstance(name, ast.Name)
    cls = source.class_of(owner)
    index = _place(cls, name.id) if cls is not None else None
    facts = source.project.class_of(cls, source.project.facts_of_source(source)) if cls is not None else None  # fmt: skip
    if facts is not None and index is not None:
        given = type_arguments(source, facts, index)
        if given is not None:
            return Candidates(name.id, given)
    bound = _bound(variable)
    found = definition_of(source, bound) if bound is not None else None
    return _below(source, found, name.id) if isinstance(found, ClassFacts) else None


def _place(cls: ast.ClassDef, name: str) -> int | None:
    """Where the variable stands among those of the class."""
    parameters = [getattr(each, "name", "") for each in getattr(cls, "type_params", ())]
    for base in cls.bases:
        if isinstance(base, ast.Subscript):
            given = base.slice.elts if isinstance(base.slice, ast.Tuple) else [base.slice]
            parameters = parameters or [getattr(each, "id", "") for each in given]
    return parameters.index(name) if name in parameters else None


def _bound(variable: Binding) -> ast.expr | None:
    if isinstance(variable.value, ast.Call):
        words = variable.value.keywords
        return next((word.value for word in words if word.arg == "bound"), None)
    return getattr(variable.node, "bound", None)


def _below(source: Source, cls: ClassFacts, what: str) -> Candidates | None:
    """The class with those below it; a base that others only inherit from is none of them.

    None for a protocol: classes that do not name it are of it, too.
    """
    below = None if cls.kind is ClassKind.PROTOCOL else subclasses_of(source, cls)
    if below is None:
        return None
    return Candidates(what, below or (cls,), top=cls)
