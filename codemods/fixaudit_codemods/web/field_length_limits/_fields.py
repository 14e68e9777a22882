"""The fields of a Pydantic model that hold text, bytes or lists, and what limits them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from fixaudit import Source
from fixaudit.authoring import ClassFacts, assigned_literal, keyword, walk
from fixaudit_codemods.web._routes import last_name

Kind = Literal["text", "list"]
_KINDS: dict[str, Kind] = {
    "str": "text",
    "bytes": "text",
    "list": "list",
    "typing.List": "list",
    "collections.abc.Sequence": "list",
    "typing.Sequence": "list",
}
_LIMITS = frozenset({"max_length", "pattern", "regex", "max_items", "const", "strict", "exclude"})
_VALIDATORS = frozenset({"field_validator", "validator"})
_OF_ALL = frozenset({"model_validator", "root_validator"})
_TEXT_LIMITS = frozenset({"str_max_length", "max_anystr_length"})


@dataclass(frozen=True, slots=True)
class OpenField:
    """A field without a limit. `call` is the `Field(…)` that it has already."""

    node: ast.AnnAssign
    name: str
    kind: Kind
    call: ast.Call | None = None


_NO_LIMIT = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "title", "replace", "isinstance", "ValueError", "field_validator", "validator"})  # fmt: skip


@dataclass
class Fields:
    """Those of one class: `open` without a limit, `unions` of a text or list and something else;
    `limited` says that others have one, `soft` that of some it is a pattern or a validator that may do.
    """

    open: list[OpenField] = field(default_factory=list)
    unions: list[str] = field(default_factory=list)
    limited: bool = False
    soft: bool = False


def fields_of(source: Source, node: ast.ClassDef, cls: ClassFacts) -> Fields:
    found = Fields()
    validated = set(_validated(node))
    texts_limited = any(_sets(value, _TEXT_LIMITS) for value in configurations(node, cls))
    for entry in node.body:
        if not isinstance(entry, ast.AnnAssign) or not isinstance(entry.target, ast.Name):
            continue
        name = entry.target.id
        kind, metadata = _kind(source, entry.annotation)
        if kind is None or name.startswith("_") or name == "model_config":
            continue
        if {name, "*"} & validated or (kind == "text" and texts_limited):
            found.limited = True
            found.soft = found.soft or not texts_limited
        elif kind == "union":
            found.unions.append(name)
        else:
            made = _open(entry, name, kind, metadata)
            found.limited = found.limited or made is None
            found.soft = found.soft or (made is None and not _is_bounded(entry))
            found.open += [made] if made is not None else []
    return found


def configurations(node: ast.ClassDef, cls: ClassFacts) -> Iterator[ast.AST]:
    """Where the class, or one that it extends, configures its model."""
    for entry in node.body:
        if isinstance(entry, ast.ClassDef) and entry.name == "Config":
            yield entry
    for above in cls.mro().own:
        for declared in above.body.found.get("model_config", ()):
            if declared.value is not None:
                yield declared.value


def _sets(configuration: ast.AST, names: frozenset[str]) -> bool:
    for part in walk(configuration):
        if isinstance(part, ast.keyword) and part.arg in names:
            return True
        if isinstance(part, (ast.Name, ast.Constant)):
            if (part.id if isinstance(part, ast.Name) else part.value) in names:
                return True
    return False


def reads_rows(node: ast.ClassDef, cls: ClassFacts) -> bool:
    """True where the configuration lets instances be read from the rows of a database."""
    words = frozenset({"from_attributes", "orm_mode"})
    return any(_sets(value, words) for value in configurations(node, cls))


def _validated(node: ast.ClassDef) -> Iterator[str]:
    """The fields that a validator of the class reads; `*` for all."""
    for method in node.body:
        if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for decorator in method.decorator_list:
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            if last_name(call) in _VALIDATORS and isinstance(decorator, ast.Call) and _may_limit(method):  # fmt: skip
                yield from (str(a.value) for a in decorator.args if isinstance(a, ast.Constant))
            elif last_name(call) in _OF_ALL and _measures(method):
                yield "*"


def _may_limit(method: ast.AST) -> bool:
    """False for a validator that only changes a text, or refuses an empty one."""
    calls = (part for part in walk(method) if isinstance(part, ast.Call))
    return any(last_name(call.func) not in _NO_LIMIT for call in calls)


def _is_bounded(entry: ast.AnnAssign) -> bool:
    """True for a `max_…`, and for a type that has no `Field(…)` of its own."""
    calls = [part for part in walk(entry) if isinstance(part, ast.Call)]
    words = {word.arg or "" for call in calls for word in call.keywords}
    is_field = any(last_name(call.func) == "Field" for call in calls)
    return not is_field or any(word.startswith("max_") for word in words)


def _measures(method: ast.AST) -> bool:
    calls = (part for part in walk(method) if isinstance(part, ast.Call))
    return any(last_name(call.func) == "len" for call in calls)


def _open(
    entry: ast.AnnAssign, name: str, kind: Kind, metadata: list[ast.expr]
) -> OpenField | None:
    """The field; None where something limits it, or may."""
    found: ast.Call | None = None
    value = entry.value
    for given in [*metadata, *([value] if isinstance(value, ast.Call) else [])]:
        if not isinstance(given, ast.Call) or last_name(given.func) != "Field":
            return None
        if any(word.arg is None or word.arg in _LIMITS for word in given.keywords):
            return None
        found = given
    return OpenField(entry, name, kind, found)


def _kind(source: Source, annotation: ast.expr) -> tuple[Kind | Literal["union"] | None, list[ast.expr]]:  # fmt: skip
    """What an annotation holds, and what `Annotated` says besides; None for other types."""
    written = assigned_literal(source, annotation)
    match written:
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[first, *rest])) if last_name(value) == "Annotated":  # fmt: skip
            return _kind(source, first)[0], rest
        case ast.Subscript(value=value, slice=inner) if last_name(value) == "Optional":
            return _kind(source, inner)
        case ast.Subscript(value=value, slice=ast.Tuple(elts=parts)) if last_name(value) == "Union":  # fmt: skip
            return _of_union(source, parts)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _of_union(source, [left, right])
        case ast.Subscript(value=value):
            return _named(source, value), []
    return _named(source, written), []


def _named(source: Source, node: ast.expr) -> Kind | None:
    return _KINDS.get((source.qualified_name(node) or "").removeprefix("builtins."))


def _of_union(source: Source, parts: list[ast.expr]) -> tuple[Kind | Literal["union"] | None, list[ast.expr]]:  # fmt: skip
    others = [p for p in parts if not (isinstance(p, ast.Constant) and p.value is None)]
    if len(others) == 1:
        return _kind(source, others[0])
    kinds = [_kind(source, part)[0] for part in others]
    return ("union" if any(kinds) else None), []


def default_of(entry: OpenField) -> ast.expr | None:
    """The default that a field is written with, outside of a `Field(…)` or in it."""
    value = entry.node.value
    if entry.call is None or value is not entry.call:
        return value
    named = keyword(entry.call, "default")
    return named.value if named is not None else next(iter(entry.call.args), None)
