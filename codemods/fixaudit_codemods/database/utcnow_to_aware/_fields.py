"""The fields that dates are kept in: how they are declared, and all code that sets or reads them.

A field is followed by its name through all files of the project. An object whose class is known to
be another one is not it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from fixaudit import Evidence, Reach, Source
from fixaudit.authoring import (
    AttributeFacts,
    ClassFacts,
    ClassKind,
    Where,
    definition_of,
    static_type,
    unpacks,
)
from fixaudit_codemods.database._other_files import other_file

_COLUMNS = frozenset({"Column", "mapped_column", "DateTimeField"})
_MAX_FILES = 12
_MAX_LINES = 400


class How(Enum):
    """What a place does with a field."""

    NAMED = "an attribute or a declaration"
    GIVEN = "a value that it gets"
    HIDDEN = "a call that sets or reads it unseen"


class Storage(Enum):
    """What keeps the values of a field."""

    ZONED = "a column with a time zone"
    NAIVE = "a column without a time zone"
    PLAIN = "an attribute"


def class_of_value(source: Source, node: ast.expr) -> ClassFacts | None:
    """The class of an object; None where it is not known, or may be more than one."""
    if isinstance(node, ast.Name):
        around = source.class_of(node)
        function = source.function(node)
        if around is not None and node.id in ("self", "cls") and function is not None:
            return source.project.class_of(around, source.project.facts_of_source(source))
        found = definition_of(source, node)
        if isinstance(found, ClassFacts):
            return found
    known = static_type(source, node)
    return known.members[0] if known is not None and len(known.members) == 1 else None


def called_class(source: Source, call: ast.Call) -> ClassFacts | None:
    """The class of the project that a call makes an instance of."""
    if isinstance(call.func, ast.Name) and call.func.id == "cls":
        return class_of_value(source, call.func)
    if not isinstance(call.func, ast.Name | ast.Attribute):
        return None
    found = definition_of(source, call.func)
    return found if isinstance(found, ClassFacts) else None


def storage_of(owner: ClassFacts, name: str) -> tuple[Storage, AttributeFacts] | None:
    """What keeps a field of a class, with its declaration.

    None where no class of the project declares it, or a base that is not known may.
    """
    declared = owner.declares(name)
    if declared is None or declared.attribute is None:
        return None
    attribute = declared.attribute
    on_self = attribute.where in (Where.INIT, Where.METHOD_ASSIGNMENT)
    if on_self and not owner.mro().complete:
        return None
    return _storage(attribute.value, attribute.annotation), attribute


def _storage(value: ast.expr | None, annotation: ast.expr | None) -> Storage:
    if annotation is not None and has_zone(annotation):
        return Storage.ZONED
    columns = [] if value is None else [node for node in ast.walk(value) if _is_column(node)]
    if not columns:
        mapped = isinstance(annotation, ast.Subscript) and _last(annotation.value) == "Mapped"
        return Storage.NAIVE if mapped else Storage.PLAIN
    return Storage.ZONED if has_zone(columns[0]) else Storage.NAIVE


def has_zone(column: ast.AST) -> bool:
    """True for `DateTime(timezone=True)` or `DateTime(True)` in it, and a field of aware dates."""
    for node in ast.walk(column):
        match node:
            case ast.keyword(arg="timezone", value=ast.Constant(value=True)):
                return True
            case ast.Call(
                func=ast.Name() | ast.Attribute() as func, args=[ast.Constant(value=True)]
            ):
                if _last(func) in ("DateTime", "TIMESTAMP"):
                    return True
            case ast.Name(id="AwareDatetime") | ast.Attribute(attr="AwareDatetime"):
                return True
    return False


def _is_column(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _last(node.func) in _COLUMNS


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def declared_as(
    source: Source, attribute: AttributeFacts, owner: ClassFacts, text: str
) -> Evidence:
    """The declaration of a field as evidence, at its place."""
    source.project.facts_of_source(source)  # the file that `proof_at` calls by its own name
    return source.proof_at(owner.path, attribute.line, text, Reach.CLASS)


def is_filled_from_outside(owner: ClassFacts) -> bool:
    """True for models that make their fields of what comes from outside, such as JSON."""
    return owner.kind is ClassKind.PYDANTIC


def is_shown_whole(owner: ClassFacts) -> bool:
    """True where a function can turn all fields into texts at once."""
    return owner.kind is not ClassKind.PLAIN


def files_naming(source: Source, name: str) -> list[Source] | None:
    """The files in which a field may be used, the judged one among them; None where these are too many."""
    found: dict[Path, None] = {}
    word = re.compile(rf"\b{re.escape(name)}\b")
    own = source.project.facts_of_source(source).path
    mentions = source.project.mentions(name.encode(), _MAX_LINES)
    for mention in mentions:
        if mention.path != own and word.search(mention.text):
            found[mention.path] = None
    if len(found) >= _MAX_FILES or len(mentions) >= _MAX_LINES:
        return None
    others = [other_file(source, path) for path in found]
    return [source, *(each for each in others if each is not None)]


def uses_of(source: Source, name: str, owner: ClassFacts) -> Iterator[tuple[How, ast.expr]]:
    """All places of a file that may set or read a field: attributes, keywords, declarations."""
    for node in source.nodes(ast.Attribute):
        if node.attr == name and _may_be(source, node.value, owner):
            yield How.NAMED, node
    for cls in source.nodes(ast.ClassDef):
        if cls.name == owner.name:
            for statement in cls.body:
                if isinstance(statement, ast.AnnAssign | ast.Assign):
                    yield from _declared(statement, name)
    for call in source.nodes(ast.Call):
        yield from _given(source, call, name, owner)


def _declared(statement: ast.AnnAssign | ast.Assign, name: str) -> Iterator[tuple[How, ast.expr]]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        if isinstance(target, ast.Name) and target.id == name:
            yield How.NAMED, target


def _may_be(source: Source, node: ast.expr, owner: ClassFacts) -> bool:
    known = class_of_value(source, node)
    return known is None or _related(known, owner)


def _related(one: ClassFacts, other: ClassFacts) -> bool:
    return _place(other) in map(_place, one.mro().own) or _place(one) in map(
        _place, other.mro().own
    )


def _place(cls: ClassFacts) -> tuple[Path, str]:
    """What a class is known by; its line is another one where the judged text is not yet written."""
    return cls.path, cls.qualified_name


def _given(
    source: Source, call: ast.Call, name: str, owner: ClassFacts
) -> Iterator[tuple[How, ast.expr]]:
    """What a call gives the field, by keyword or by position, or the call where that is hidden."""
    words = [word.value for word in call.keywords if word.arg == name]
    if not words and _last(call.func) not in (owner.name, "cls", "replace", "evolve"):
        if _last(call.func) in ("getattr", "setattr") and _names(call, name):
            yield How.HIDDEN, call
        return
    made = called_class(source, call)
    if made is not None and not _related(made, owner):
        return
    yield from ((How.GIVEN, value) for value in words)
    if made is None or words:
        return
    if unpacks(call):
        yield How.HIDDEN, call
        return
    names = parameters_of(made)
    if names and name in names and names.index(name) < len(call.args):
        yield How.GIVEN, call.args[names.index(name)]


def _names(call: ast.Call, name: str) -> bool:
    return any(isinstance(item, ast.Constant) and item.value == name for item in call.args)


def parameters_of(owner: ClassFacts) -> list[str] | None:
    """What a class takes by position, in order; None where that is not known."""
    written = owner.constructor()
    if written is not None:
        return [item.name for item in written.parameters[1:]]
    if owner.kind not in (ClassKind.DATACLASS, ClassKind.NAMED_TUPLE):
        return None
    order = reversed(owner.mro().own)
    return [
        name
        for entry in order
        for name, found in entry.body.found.items()
        if found[0].annotation_at is not None
    ]


def is_own_parameter(source: Source, node: ast.Name) -> bool:
    """True for the parameter `x` of `__init__` in `self.x = x or …`: what it is given is followed
    with the field, by keyword and by position."""
    if getattr(source.function(node), "name", "") != "__init__":
        return False
    if any(entry.kind != "parameter" for entry in source.lookup(node.id, node)):
        return False
    match source.statement(node):
        case ast.Assign(targets=[ast.Attribute(attr=name)]) | ast.AnnAssign(
            target=ast.Attribute(attr=name)
        ):
            return name == node.id
    return False
