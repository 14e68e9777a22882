"""Where the keys of a mapping come from, and what lets only some of them through."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from fixaudit import Source
from fixaudit.authoring import ClassFacts, ClassKind, received, static_type

# What a schema for clients should not let them set, by the words that projects use for it.
_PRIVILEGED = re.compile(
    r"(?:user_)?roles?|is_(?:admin|staff|superuser)|owner_id|user_id|tenant_id|org(?:anization)?_id"
    r"|hashed_password|password_hash|balance|credits"
)
_DUMPS = frozenset({"model_dump", "dict"})
Origin = Literal["listed", "schema", "request", "parameter"]


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the keys come from; `text` says more: the schema's name, the parameter's, the part.

    `privileged` are fields of a schema that should not be a client's to set.
    """

    origin: Origin
    text: str
    privileged: tuple[str, ...] = ()
    node: ast.AST | None = None


def keys_of(source: Source, mapping: ast.expr, steps: int = 4) -> Keys | None:
    """Where the keys of a mapping come from; None where that is not known."""
    if steps == 0:
        return None
    match mapping:
        case ast.Dict(keys=keys) if None not in keys:
            return Keys("listed", f"line {mapping.lineno}", node=mapping)
        case ast.DictComp(generators=[part]) if part.ifs and allowed_by(part.ifs[0]) is not None:
            return Keys("listed", f"line {mapping.lineno}", node=mapping)
        case ast.DictComp(generators=[part]):
            return keys_of(source, _without_items(part.iter), steps - 1)
        case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in _DUMPS:
            schema = static_type(source, owner)
            if schema is None or any(c.kind is not ClassKind.PYDANTIC for c in schema.members):
                return None
            return _of_schema(schema.members, mapping)
        case ast.Name():
            return _of_name(source, mapping, steps)
    part_of = received(source, mapping)
    return None if part_of is None else Keys("request", part_of.part)


def _without_items(node: ast.expr) -> ast.expr:
    """`data` in `data.items()`."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="items" | "keys"), args=[]):
            return value
    return node


def _of_name(source: Source, name: ast.Name, steps: int) -> Keys | None:
    bindings = source.lookup(name.id, name)
    solid = [entry for entry in bindings if entry.kind in ("assign", "parameter")]
    if len(solid) != len(bindings) or not solid:
        return None
    values = [entry.value for entry in solid if entry.kind == "assign"]
    if solid[0].kind == "assign":
        above = [value for value in values if value is not None and value.lineno < name.lineno]
        last = above[-1] if above else values[-1]
        return keys_of(source, last, steps - 1) if last is not None else None
    part_of = received(source, name)
    if part_of is not None:
        return Keys("request", part_of.part)
    kind = static_type(source, name)
    if kind is not None and all(cls.kind is ClassKind.TYPED_DICT for cls in kind.members):
        return _fields_of(kind.members, set())
    filtered = [keys_of(source, value, 1) for value in values if value is not None]
    if filtered and filtered[-1] is not None and filtered[-1].origin == "listed":
        return filtered[-1]
    return Keys("parameter", name.id)


def _of_schema(members: tuple[ClassFacts, ...], call: ast.expr) -> Keys:
    assert isinstance(call, ast.Call)
    left_out: set[object] = set()
    for word in call.keywords:
        parts = {n.value for n in ast.walk(word.value) if isinstance(n, ast.Constant)}
        if word.arg == "include" and parts:
            return Keys("listed", f"line {call.lineno}", node=call)
        left_out |= parts if word.arg == "exclude" else set()
    return _fields_of(members, left_out)


def _fields_of(members: tuple[ClassFacts, ...], left_out: set[object]) -> Keys:
    names = {
        name
        for cls in members
        for entry in cls.mro().own
        for name, found in entry.body.found.items()
        if any(item.annotation_at is not None for item in found)
    }
    privileged = sorted(name for name in names - left_out if _PRIVILEGED.fullmatch(str(name)))
    return Keys("schema", members[0].name, tuple(map(str, privileged)))


# ------------------------------------------------------------------------------ guards


def allowed_by(test: ast.expr) -> ast.expr | None:
    """`ALLOWED` in `key in ALLOWED`; None for other tests, and for lists of whatever there is."""
    for part in ast.walk(test):
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.In):
            container = part.comparators[0]
            if not _is_all_there_is(container):
                return container
    return None


def _is_all_there_is(container: ast.expr) -> bool:
    """True for the columns or attributes of the object itself: `Model.__table__.columns`, `dir(x)`."""
    words = ast.unparse(container)
    return re.search(r"__table__|columns|__dict__|__annotations__|\bdir\(|\bvars\(|mapper|_meta", words) is not None  # fmt: skip


def refused_by(test: ast.expr) -> ast.expr | None:
    """`PROTECTED` in `key not in PROTECTED`: a list of what may not be set."""
    for part in ast.walk(test):
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.NotIn):
            return part.comparators[0]
    return None
