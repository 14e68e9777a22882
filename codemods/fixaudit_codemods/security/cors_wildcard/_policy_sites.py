"""Where a CORS policy is written: keywords of the middleware, and fields of settings classes."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from fixaudit import Source, memoized
from fixaudit.authoring import ClassFacts, assigned_literal, static_type

Kind = Literal["origins", "methods", "headers"]

MIDDLEWARE = frozenset(
    {"fastapi.middleware.cors.CORSMiddleware", "starlette.middleware.cors.CORSMiddleware"}
)
KEYWORDS: dict[str, Kind] = {
    "allow_origins": "origins",
    "allow_methods": "methods",
    "allow_headers": "headers",
}
_FIELD = re.compile(
    r"(?:\w*cors\w*_|(?:\w+_)?allow(?:ed)?_)(?P<kind>origins|methods|headers)(?:_list)?",
    re.IGNORECASE,
)
_ORIGINS = re.compile(r"(?:cors_?)?origins|cors", re.IGNORECASE)
_SETTINGS_CLASS = re.compile(r"Settings|Config|Options")
_FIELD_MAKERS = frozenset({"pydantic.Field", "dataclasses.field", "attrs.field", "attr.ib"})


@dataclass(frozen=True, slots=True)
class Default:
    """The default of a field of a settings class, as it is written."""

    kind: Kind
    value: ast.expr


def is_middleware(source: Source, call: ast.Call) -> bool:
    """True for `add_middleware(CORSMiddleware, …)`, `Middleware(CORSMiddleware, …)` and itself."""
    candidates = [call.func, *call.args[:1]]
    return any(
        isinstance(entry, (ast.Name, ast.Attribute)) and source.qualified_name(entry) in MIDDLEWARE
        for entry in candidates
    )


def default_of(source: Source, node: ast.AnnAssign | ast.Assign) -> Default | None:
    """The default of a CORS field; None for any other assignment."""
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if not isinstance(target, ast.Name) or node.value is None:
        return None
    match = _FIELD.fullmatch(target.id)
    owner = source.parent(node)
    if match is None or not isinstance(owner, ast.ClassDef) or not _is_settings(owner):
        return None
    kind: Kind = match["kind"].lower()  # type: ignore[assignment]
    value = _written(source, node.value)
    return Default(kind, value) if value is not None else None


def _is_settings(owner: ast.ClassDef) -> bool:
    bases = " ".join(map(ast.unparse, owner.bases))
    return _SETTINGS_CLASS.search(f"{owner.name} {bases}") is not None


def _written(source: Source, value: ast.expr) -> ast.expr | None:
    """What a field starts with: `Field(default=…)`, `Field(…)`, a factory's result, or the value."""
    if not isinstance(value, ast.Call):
        return value
    if source.qualified_name(value.func) not in _FIELD_MAKERS:
        return None
    for entry in value.keywords:
        if entry.arg == "default":
            return entry.value
        if entry.arg in ("default_factory", "factory") and isinstance(entry.value, ast.Lambda):
            return entry.value.body
    return value.args[0] if value.args else None


# ----------------------------------------------------------------------------- wildcards


def is_wildcard(node: ast.expr) -> bool:
    """True for exactly `["*"]`, `("*",)` and `{"*"}`."""
    match node:
        case ast.List(elts=[ast.Constant(value="*")]) | ast.Tuple(elts=[ast.Constant(value="*")]):
            return True
        case ast.Set(elts=[ast.Constant(value="*")]):
            return True
    return False


def holds_wildcard(node: ast.AST) -> bool:
    """True where `"*"` is written anywhere in it."""
    return any(isinstance(inner, ast.Constant) and inner.value == "*" for inner in ast.walk(node))


def is_spelled_out(node: ast.expr) -> bool:
    """True for a literal list of texts."""
    return isinstance(node, (ast.List, ast.Tuple, ast.Set)) and all(
        isinstance(entry, ast.Constant) for entry in node.elts
    )


def may_be_wildcard(source: Source, node: ast.expr) -> bool | None:
    """Whether the origins can be `*`: shown, ruled out, or (None) not to be seen from here."""
    value = assigned_literal(source, node)
    if holds_wildcard(value):
        return True
    if is_spelled_out(value):
        return False
    if isinstance(value, ast.Attribute):
        return _by_field(source, value)
    return None


def environment_default(source: Source, node: ast.AnnAssign | ast.Assign) -> ast.expr | None:
    """The value of a module-level name of a CORS policy that the environment decides, `*` by default."""
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if not isinstance(target, ast.Name) or not isinstance(source.parent(node), ast.Module):
        return None
    named = _FIELD.fullmatch(target.id) or _ORIGINS.fullmatch(target.id)
    if named is None or node.value is None or not holds_wildcard(node.value):
        return None
    if b"CORSMiddleware" in source.body:
        # The middleware in the same file is the site, and names this line.
        return None
    return node.value if b"environ" in source.body or b"getenv" in source.body else None


def _by_field(source: Source, node: ast.Attribute) -> bool | None:
    owner = static_type(source, node.value)
    if owner is None or len(owner.members) != 1 or not isinstance(owner.members[0], ClassFacts):
        return None
    declared = owner.members[0].declares(node.attr)
    if declared is None or declared.attribute is None or declared.attribute.value is None:
        return None
    return True if holds_wildcard(declared.attribute.value) else None


def is_checked(source: Source, node: ast.expr) -> bool:
    """True where the file asks whether `"*"` is among the origins."""
    return ast.unparse(node) in _checked(source)


@memoized
def _checked(source: Source) -> frozenset[str]:
    return frozenset(
        ast.unparse(entry)
        for compare in source.nodes(ast.Compare)
        if isinstance(compare.left, ast.Constant) and compare.left.value == "*"
        for entry in compare.comparators
    )
