"""Is an attribute there on every finished instance of a class, and who declares it?"""

from __future__ import annotations

import ast

from fixaudit.semantics.attributes import LOSING, AttributeFacts, Field, Where
from fixaudit.semantics.classes import ClassFacts, Declaration, Linearisation
from fixaudit.semantics.known_classes import ClassKind, KnownClass
from fixaudit.semantics.model_fields import is_mapped

_BY_ANNOTATION = frozenset({ClassKind.DATACLASS, ClassKind.PYDANTIC, ClassKind.NAMED_TUPLE})
_GENERATED_INIT = frozenset({ClassKind.DATACLASS, ClassKind.PYDANTIC, ClassKind.NAMED_TUPLE})


def find_declaration(cls: ClassFacts, name: str) -> Declaration | None:
    """The first certain declaration in the method resolution order, else the first doubtful one."""
    order = cls.mro()
    general = _doubt_about_class(cls, order, name)
    doubtful: Declaration | None = None
    for entry in order.classes:
        if isinstance(entry, KnownClass):
            if name in entry.attributes:
                return Declaration(entry, None, True)
            continue
        if entry.lacks(name):
            continue
        for attribute in entry.body.found.get(name, ()):
            doubt = general or doubt_about(attribute, entry, order, cls.kind)
            found = Declaration(entry, attribute, doubt is None, doubt)
            if found.certain:
                return found
            doubtful = doubtful or found
    return doubtful


def _doubt_about_class(cls: ClassFacts, order: Linearisation, name: str) -> str | None:
    if any(not entry.lacks(name) and name in entry.body.deleted for entry in order.own):
        return "some code deletes it"
    if cls.kind is ClassKind.PROTOCOL:
        return "a protocol only promises it; the object at hand need not inherit from it"
    return None


def doubt_about(
    attribute: AttributeFacts, owner: ClassFacts, order: Linearisation, kind: ClassKind
) -> str | None:
    """Why an instance may lack the attribute in spite of this declaration; None for no doubt.

    `kind` is that of the instance's own class: mappers read the bodies of plain mixins, too.
    """
    match attribute.where:
        case Where.CLASS_BODY if owner.kind is ClassKind.TYPED_DICT:
            return "it is a key of a TypedDict, not an attribute"
        case Where.CLASS_BODY if attribute.value_at is None and attribute.annotation_at is not None:
            if kind is ClassKind.SQLALCHEMY and is_mapped(attribute.written):
                return "it is mapped under a condition" if attribute.conditional else None
            doubt = _doubt_about_annotated(attribute, owner)
            return doubt or _doubt_about_generated(owner, order)
        case Where.CLASS_BODY if attribute.is_field is Field.UNSET:
            return "it is a field without default that `__init__` skips"
        case Where.CLASS_BODY if attribute.is_field:
            return _doubt_about_generated(owner, order)
        case Where.CLASS_BODY if owner.kind is ClassKind.PYDANTIC and attribute.annotation_at:
            return _doubt_about_generated(owner, order)
        case Where.INIT if kind is ClassKind.SQLALCHEMY:
            return "rows are loaded without `__init__`"
        case Where.METHOD_ASSIGNMENT:
            function = attribute.function
            return f"only `{function.name if function else '?'}` sets it"
        case Where.INIT:
            if attribute.conditional:
                return "`__init__` does not set it on every way through"
            return _doubt_about_init(owner, order)
        case Where.SLOTS:
            return "it is a slot that need not be filled"
    return "the class body declares it under a condition" if attribute.conditional else None


def _doubt_about_annotated(attribute: AttributeFacts, owner: ClassFacts) -> str | None:
    kind = owner.kind
    if attribute.conditional or kind not in _BY_ANNOTATION:
        return "it is only annotated, never set"
    written = attribute.written
    if "ClassVar" in written or "InitVar" in written or attribute.name == "_":
        return "the annotation makes no instance attribute"
    if kind is ClassKind.PYDANTIC and attribute.name.startswith("_"):
        return "it is a private attribute without a default"
    return None


def _doubt_about_generated(owner: ClassFacts, order: Linearisation) -> str | None:
    """Fields are set by an `__init__` that nobody wrote; one that somebody wrote must call it."""
    if any(entry.body.bypasses_init for entry in order.own):
        return "objects are also made without `__init__`"
    if owner.kind is ClassKind.DATACLASS and _has_no_generated_init(owner):
        return "the `__init__` that would set it is not generated"
    for entry in order.own:
        own = entry.body.initialisers.get("__init__")
        if own is not None and not own.hands_over:
            return f"`{entry.name}.__init__` may not call the one that sets it"
        # Pydantic sets all fields in the `__init__` of its own base, behind all of these.
        if entry.key == owner.key and owner.kind is not ClassKind.PYDANTIC:
            return None
    return None


def _has_no_generated_init(owner: ClassFacts) -> bool:
    options = [
        item
        for decorator in owner.decorator_list
        if isinstance(decorator, ast.Call)
        for item in decorator.keywords
    ]
    refused = any(
        item.arg == "init" and isinstance(item.value, ast.Constant) and item.value.value is False
        for item in options
    )
    return refused or "__init__" in owner.body.initialisers


def _doubt_about_init(owner: ClassFacts, order: Linearisation) -> str | None:
    """Another `__init__` in front of the owner's must hand over to it."""
    if any(entry.body.bypasses_init for entry in order.own):
        return "objects are also made without `__init__`"
    for entry in order.own:
        if entry is owner or entry.key == owner.key:
            return None
        own = entry.body.initialisers.get("__init__")
        if own is not None and not own.hands_over:
            return f"`{entry.name}.__init__` may not call the one that sets it"
        if own is None and entry.kind in _GENERATED_INIT:
            return f"the generated `{entry.name}.__init__` does not call the one that sets it"
    return None


def dynamic_reasons(cls: ClassFacts, losing: bool = False) -> tuple[str, ...]:
    """Reasons from the class and all its bases in the project; with `losing` only those for which
    a declared attribute may be missing."""
    reasons: list[str] = []
    for entry in cls.mro().own:
        found = entry.body.dynamic
        reasons.extend(f"{entry.name} {item}" for item in found if not losing or item in LOSING)
        if not losing:  # a deletion speaks for its own attribute alone
            reasons.extend(f"{entry.name} deletes `{name}`" for name in sorted(entry.body.deleted))
        if entry.body.allows_extra and not losing:
            reasons.append(f"{entry.name} allows extra fields")
    return tuple(dict.fromkeys(reasons))
