"""Where code speaks of MD5: calls that make a hash object, and every other mention."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit import Evidence, Reach, Source
from fixaudit_codemods.security.md5_to_sha256._options import choice_around, is_md5_text

_THIRD_PARTY = {
    "Crypto.Hash.MD5.new": "pycryptodome",
    "Cryptodome.Hash.MD5.new": "pycryptodome",
    "cryptography.hazmat.primitives.hashes.MD5": "cryptography",
}
_HMAC = frozenset({"hmac.new", "hmac.HMAC", "hmac.digest"})
# The last parts of all names that can have to do with MD5.
MEANING_MD5 = frozenset(
    {"md5", "MD5", "new", "file_digest", "HMAC", "digest", "pbkdf2_hmac", "getattr"}
)
_BY_HAND = "decide who else computes this digest, then change all of them together"


@dataclass(frozen=True, slots=True)
class LocatedFinding:
    """A call that makes an MD5 object; `algorithm` is the name, attribute or string that says so."""

    call: ast.Call
    algorithm: ast.expr
    direct: bool
    """True for `md5(data)`: the call's own name says MD5."""

    @property
    def data(self) -> ast.expr | None:
        """The bytes hashed right at construction."""
        arguments = self.call.args if self.direct else self.call.args[1:]
        if arguments:
            return arguments[0]
        named = [k.value for k in self.call.keywords if k.arg in ("string", "data")]
        return named[0] if named else None


@dataclass(frozen=True, slots=True)
class OtherUse:
    """MD5 that is not called on the spot; left alone where there is no guidance."""

    reason: str
    guidance: str | None = None


def site_of(source: Source, call: ast.Call) -> LocatedFinding | None:
    """The site a call is, if it makes an MD5 object of `hashlib` without doubt."""
    name = source.qualified_name(call.func)
    if name == "hashlib.md5":
        return LocatedFinding(call, call.func, True)
    if name == "hashlib.new":
        algorithm = _argument(call, 0, "name")
        if algorithm is not None and is_md5_text(algorithm):
            return LocatedFinding(call, algorithm, False)
    if name == "hashlib.file_digest":
        algorithm = _argument(call, 1, "digest")
        if algorithm is not None and (
            is_md5_text(algorithm) or source.qualified_name(algorithm) == "hashlib.md5"
        ):
            return LocatedFinding(call, algorithm, False)
    return None


def _argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    if any(isinstance(entry, ast.Starred) for entry in call.args[: position + 1]):
        return None
    if len(call.args) > position:
        return call.args[position]
    return next((entry.value for entry in call.keywords if entry.arg == keyword), None)


# ------------------------------------------------------------------------------ other mentions


def other_use(source: Source, node: ast.expr) -> OtherUse | None:
    """What a call, attribute or name has to do with MD5 when it is no site; None for nothing."""
    if isinstance(node, ast.Call):
        return _other_call(source, node)
    return _reference(source, node)


def _other_call(source: Source, call: ast.Call) -> OtherUse | None:
    name = source.qualified_name(call.func)
    if name in _THIRD_PARTY:
        return OtherUse(f"MD5 of {_THIRD_PARTY[name]}", _BY_HAND)
    if name in _HMAC and any(is_md5_text(value) for value in _values(call)):
        return _hmac()
    if name == "hashlib.pbkdf2_hmac" and any(is_md5_text(value) for value in _values(call)):
        return OtherUse(
            "PBKDF2 over MD5: stored keys and passwords stop working when it changes",
            "verify old entries with MD5 and rehash them at the next login",
        )
    if name == "builtins.getattr" and len(call.args) > 1:
        module, attribute = call.args[:2]
        if is_md5_text(attribute) and source.qualified_name(module) == "hashlib":
            return OtherUse("MD5 is fetched by its name", _BY_HAND)
    if name is None and isinstance(call.func, ast.Name) and _may_be_md5(source, call.func):
        return OtherUse(f"`{call.func.id}` may be another function than hashlib's here")
    return None


def _values(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(entry.value for entry in call.keywords)]


def _may_be_md5(source: Source, name: ast.Name) -> bool:
    return any(entry.target == "hashlib.md5" for entry in source.lookup(name.id, name))


def _reference(source: Source, node: ast.expr) -> OtherUse | None:
    """`hashlib.md5` as a value: not called, not imported, not part of a site."""
    if isinstance(node, ast.Attribute):
        if node.attr != "md5" or not isinstance(node.ctx, ast.Load):
            return None
    elif not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and _may_be_md5(source, node)):  # fmt: skip
        return None
    if source.qualified_name(node, through_assignments=False) != "hashlib.md5":
        return None
    parent = source.parent(node)
    if isinstance(parent, ast.keyword):
        call = source.parent(parent)
        return _hmac() if parent.arg == "digestmod" else _handed_on(source, node, call)
    return _handed_on(source, node, parent)


def _handed_on(source: Source, node: ast.expr, parent: ast.AST | None) -> OtherUse | None:
    match parent:
        case ast.Call(func=func) if func is node:
            return None
        case ast.Call() if site_of(source, parent) is not None:
            return None
        case ast.Call(func=func) if source.qualified_name(func) in _HMAC:
            return _hmac()
        case ast.Dict() | ast.Tuple() | ast.List() | ast.Set():
            return OtherUse("MD5 stands in a table of algorithms that others choose from")
        case ast.Attribute() | ast.Compare() | ast.Expr() | ast.UnaryOp() | ast.If():
            return OtherUse("MD5 is only looked at, nothing is hashed here")
    if choice_around(source, node) is not None:
        return OtherUse("the algorithm is chosen by name, MD5 is one of the choices")
    return OtherUse(
        "`md5` itself is handed on as a value: what it hashes is not seen here", _BY_HAND
    )


def _hmac() -> OtherUse:
    return OtherUse(
        "HMAC over MD5: whoever verifies the signature must change at the same time",
        "agree on SHA-256 with the other side, accept both for a while, then drop MD5",
    )


def openssl_derivation(source: Source, call: ast.Call) -> Evidence | None:
    """The loop around or behind a site that makes a key as OpenSSL's `EVP_BytesToKey` does.

    `key = md5(key + …).digest()`, put behind what there is until it is long enough: whoever holds the
    password and the salt makes the same bytes.
    """
    function = source.function(call)
    for loop in source.nodes(ast.While):
        if function is None or source.function(loop) is not function or not _waits_for_length(loop):
            continue
        for node in ast.walk(loop):
            if isinstance(node, ast.Assign) and _feeds_itself(source, node):
                told = "OpenSSL's key derivation: each digest is made of the one before, until the key is long enough"
                return source.proof(loop, told, Reach.FUNCTION)
    return None


def _waits_for_length(loop: ast.While) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
        for node in ast.walk(loop.test)
    )


def _feeds_itself(source: Source, statement: ast.Assign) -> bool:
    """True for `x = md5(x + …).digest()`."""
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(
                func=ast.Attribute(value=ast.Call(func=made, args=[fed, *_]), attr="digest")
            ),
        ):
            if source.qualified_name(made) != "hashlib.md5":
                return False
            return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(fed))
    return False
