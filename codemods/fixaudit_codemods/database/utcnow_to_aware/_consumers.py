"""Functions of libraries that make the same of a naive UTC date and of an aware one."""

from __future__ import annotations

import ast

from fixaudit import Source
from fixaudit.authoring import variable_uses
from fixaudit_codemods.database.utcnow_to_aware._origins import values_of

# cryptography's builders make an aware date naive UTC before they keep it.
_BUILDERS = "cryptography.x509."
_BUILDER_DATES = frozenset({"not_valid_before", "not_valid_after", "last_update", "next_update", "revocation_date"})  # fmt: skip
# PyJWT and python-jose turn these claims into seconds by `timegm(value.utctimetuple())`.
_CLAIMS = frozenset({"exp", "iat", "nbf"})
_ENCODERS = frozenset({"jwt.encode", "jose.jwt.encode"})


def takes_either(source: Source, call: ast.Call) -> bool:
    """True where a call makes the same of a naive UTC date and an aware one as its argument."""
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _BUILDER_DATES:
        return False
    return _is_builder(source, func.value)


def _is_builder(source: Source, node: ast.expr, depth: int = 0) -> bool:
    """True for `x509.CertificateBuilder()`, with methods called on it, and variables that hold it."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = source.qualified_name(node.func) or ""
        if name.startswith(_BUILDERS) and name.endswith("Builder"):
            return True
        node = node.func.value
    if isinstance(node, ast.Call):
        name = source.qualified_name(node.func) or ""
        return name.startswith(_BUILDERS) and name.endswith("Builder")
    if not isinstance(node, ast.Name) or depth:
        return False
    values = values_of(source, node)
    roots = [value for value in values or () if not _starts_with(value, node.id)]
    return bool(roots) and all(_is_builder(source, value, 1) for value in roots)


def _starts_with(node: ast.expr, name: str) -> bool:
    """True for `name.method(…).method(…)`."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id == name


def is_claim(source: Source, value: ast.expr) -> bool:
    """True for a date that is a claim of a token, in a dict that goes into `jwt.encode` and nowhere else."""
    parent = source.parent(value)
    if isinstance(parent, ast.Dict):
        named = {id(each): key for key, each in zip(parent.keys, parent.values, strict=True)}
        return _is_name_of_claim(named.get(id(value))) and _is_encoded(source, parent)
    if isinstance(parent, ast.keyword):
        made = source.parent(parent)
        if not isinstance(made, ast.Call) or not is_made_dict(source, made):
            return False
        return parent.arg in _CLAIMS and _is_encoded(source, made)
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        match parent.targets[0]:
            case ast.Subscript(value=ast.Name() as claims, slice=key):
                return _is_name_of_claim(key) and _all_encoded(source, claims)
    return False


def is_made_dict(source: Source, call: ast.Call) -> bool:
    """True for `dict(exp=…)`, another way to write a dict's entries."""
    return source.qualified_name(call.func) == "builtins.dict"


def _is_name_of_claim(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and key.value in _CLAIMS


def _is_encoded(source: Source, claims: ast.expr) -> bool:
    """True where a dict is given to `jwt.encode`, by itself, by a variable or by `update`."""
    match source.parent(claims):
        case ast.Call() as call if _is_encoder(source, call):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name() as target, attr="update")):
            return _all_encoded(source, target)
        case ast.Assign(targets=[ast.Name() as target]) | ast.AnnAssign(
            target=ast.Name() as target
        ):
            return _all_encoded(source, target)
        case ast.keyword(arg="payload" | "claims") as word:
            encoder = source.parent(word)
            return isinstance(encoder, ast.Call) and _is_encoder(source, encoder)
    return False


def _is_encoder(source: Source, call: ast.Call) -> bool:
    return source.qualified_name(call.func) in _ENCODERS


def _all_encoded(source: Source, claims: ast.Name) -> bool:
    """True where a local dict is filled, and read by nothing but `jwt.encode`."""
    scope, _ = source.scopes.lookup(claims.id, claims)
    if scope is None or scope is source.scopes.module:
        return False
    encoded = False
    for use in variable_uses(source, scope, claims.id):
        match source.parent(use):
            case ast.Call() as call if call.func is not use and _is_encoder(source, call):
                encoded = True
            case ast.keyword(arg="payload" | "claims"):
                encoded = True
            case ast.Attribute(attr="update"):
                pass
            case ast.Subscript(slice=key, ctx=ast.Store()) if isinstance(key, ast.Constant):
                pass
            case _:
                return False
    return encoded
