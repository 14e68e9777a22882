"""A password that is hashed with SHA or MD5 before bcrypt: what that is for, and why taking it out locks out.

bcrypt reads 72 bytes of a password: before version 5 the rest counts for nothing, version 5 raises
ValueError. A digest in front keeps long passwords whole, and takes nothing from bcrypt's salt and cost,
so that "remove the pre-hash" is mostly wrong advice; and it locks out everybody whose hash was made
with it. The finding says which version the project takes, what the digest is long, and the ways out.
A text longer than 72 bytes, such as SHA-512 in hexadecimal, is the real fault. Nothing is edited.

It is on: audits call it a weakness. It leaves alone: keyed digests (a pepper, without which a stolen
table is worth nothing) and tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import (
    FunctionFacts,
    declared_version,
    definition_of,
    dotted_name,
    own_nodes,
    value_of,
)

LIMIT = 72
_SIZES = {"md5": 16, "sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64, "sha3_256": 32, "sha3_512": 64, "blake2b": 64, "blake2s": 32}  # fmt: skip
_BCRYPT = re.compile(
    r"bcrypt\.(?P<plain>hashpw|checkpw)|passlib\.hash\.bcrypt\.(?:using\(\)\.)?(?P<passlib>hash|verify|encrypt)"
)
_CONTEXT = re.compile(r"passlib\.context\.CryptContext\(\)\.(?:hash|verify|encrypt)\(\)")
_FLASK = re.compile(r"flask_bcrypt\.(?:Bcrypt\(\)\.)?(?P<what>generate|check)_password_hash\(\)")
_DIGEST = re.compile(r"hashlib\.(\w+)|hmac\.(?:new|HMAC|digest)")
_THROUGH = frozenset({"encode", "decode", "strip", "b64encode", "urlsafe_b64encode", "standard_b64encode"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Digest:
    """The algorithm, how many bytes bcrypt is given, and the function that makes it (empty for none), with
    its file and line."""

    algorithm: str
    length: int
    by: str = ""
    path: Path | None = None
    line: int = 0


class PrehashBeforeBcrypt(Codemod):
    name = "prehash-before-bcrypt"
    code = "FA412"
    triggers = (b"bcrypt", b"CryptContext", b"pwd_context")
    visits = (ast.Call,)
    names = frozenset({"hashpw", "checkpw", "hash", "verify", "encrypt", "generate_password_hash", "check_password_hash"})  # fmt: skip
    tags = frozenset({"security"})
    right_already = ("^the digest is keyed",)
    report_match = ReportMatch(
        rules=("CWE-916",),
        keywords=(
            ("sha256|sha-256|sha512|sha-512|md5|sha1|pre-hash*|prehash*|pre hash*|double hash*", "bcrypt"),
            ("password hash*", "weak*|bcrypt|pre-hash*|prehash*"),
            ("bcrypt", "72|72-byte|truncat*"),
            ("password", "pre-hash*|prehash*"),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test has no users",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        password = _password(source, node)
        found = _digest(source, password) if password is not None else None
        if found is None:
            return
        if found.algorithm == "hmac":
            reason = "the digest is keyed: without the key a stolen table is worth nothing"
            yield self.leave(source, node, reason)
            return
        made = f" by `{found.by}`" if found.by else ""
        if found.length > LIMIT:
            reason = f"the {found.length} bytes of {found.algorithm}{made} are more than the {LIMIT} that bcrypt reads"
        else:
            reason = f"the password is hashed with {found.algorithm}{made} first ({found.length} bytes), which keeps long ones within the {LIMIT} that bcrypt reads"
        proof = [source.proof_at(found.path, found.line, f"`{found.by}` makes the digest")] if found.path else ()  # fmt: skip
        yield self.review(source, node, reason, _guidance(source, found), because=proof)

    def objection(self, advice: Source) -> str | None:
        called = {getattr(call.func, "attr", "") for call in advice.nodes(ast.Call) if isinstance(call, ast.Call)}  # fmt: skip
        if called & self.names and not called & {"hexdigest", "digest"}:
            return "it locks out everybody whose stored hash was made with the digest in front"
        return None


# ------------------------------------------------------------------------------ what it is


def _password(source: Source, call: ast.Call) -> ast.expr | None:
    """The argument of a bcrypt call that is the password."""
    if not call.args:
        return None
    if _BCRYPT.fullmatch(source.qualified_name(call.func) or "") is not None:
        return call.args[0]
    value = value_of(source, call)
    if value is None:
        return None
    flask = value.matches(_FLASK)
    if flask is not None:
        return call.args[-1] if flask["what"] == "check" else call.args[0]
    is_context = value.matches(_CONTEXT) is not None
    return call.args[0] if is_context and _takes_bcrypt(source, call) else None


def _takes_bcrypt(source: Source, call: ast.Call) -> bool:
    """True unless the context that is called names its schemes, and bcrypt is none of them."""
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    made = getattr(definition_of(source, receiver), "value", None) if receiver is not None else None
    schemes = {part.value for part in ast.walk(made) if isinstance(part, ast.Constant)} if made is not None else set()  # fmt: skip
    return not schemes or "bcrypt" in schemes


def _digest(source: Source, node: ast.expr) -> Digest | None:
    """The digest that an expression gives: written here, under a name, or by a function of the project."""
    if isinstance(node, ast.Name):
        bindings = source.lookup(node.id, node)
        value = bindings[0].value if len(bindings) == 1 else None
        return _digest(source, value) if value is not None else None
    found = _written(node, source.qualified_name)
    if found is not None or not isinstance(node, ast.Call):
        return found
    inner = _inside(node)
    if inner is not None:
        return _longer(node, _digest(source, inner))
    function = definition_of(source, node.func)
    return _made_by(function) if isinstance(function, FunctionFacts) else None


def _made_by(function: FunctionFacts) -> Digest | None:
    """What all `return`s of a function of the project give."""
    returned = [part.value for part in own_nodes(function.node) if isinstance(part, ast.Return)]
    found = [_of_function(function, value) if value is not None else None for value in returned]
    if not found or None in found:
        return None
    first = found[0]
    if first is None:
        return None
    line = next(value.lineno for value in returned if value is not None)
    return replace(first, by=function.name, path=function.path, line=line)


def _of_function(function: FunctionFacts, value: ast.expr) -> Digest | None:
    if isinstance(value, ast.Name):
        given = [
            part.value
            for part in own_nodes(function.node)
            if isinstance(part, ast.Assign) and any(getattr(t, "id", "") == value.id for t in part.targets)
        ]  # fmt: skip
        return _of_function(function, given[0]) if len(given) == 1 else None
    found = _written(value, lambda func: function.module.qualify(dotted_name(func) or ""))
    if found is None and (inner := _inside(value)) is not None:
        return _longer(value, _of_function(function, inner))
    return found


def _written(node: ast.expr, qualified: Callable[[ast.expr], str | None]) -> Digest | None:
    """`hashlib.sha256(…).hexdigest()` and `hmac.new(…).digest()`."""
    if not isinstance(node, ast.Call):
        return None
    if qualified(node.func) == "hmac.digest":
        return Digest("hmac", 0)
    if not isinstance(node.func, ast.Attribute):
        return None
    made = node.func.value
    if node.func.attr not in ("hexdigest", "digest") or not isinstance(made, ast.Call):
        return None
    known = _DIGEST.fullmatch(qualified(made.func) or "")
    if known is None:
        return None
    algorithm = known[1] or "hmac"
    size = _SIZES.get(algorithm, 32)
    return Digest(algorithm, size * 2 if node.func.attr == "hexdigest" else size)


def _inside(node: ast.expr) -> ast.expr | None:
    """`x` in `x.encode()` and in `base64.b64encode(x)`."""
    if not isinstance(node, ast.Call):
        return None
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name not in _THROUGH:
        return None
    if name.endswith("b64encode"):
        return node.args[0] if node.args else None
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def _longer(node: ast.expr, digest: Digest | None) -> Digest | None:
    """The digest in base64, which is a third longer."""
    name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""  # fmt: skip
    if digest is None or not name.endswith("b64encode"):
        return digest
    return replace(digest, length=-(-digest.length // 3) * 4)


def _guidance(source: Source, digest: Digest) -> str:
    told = declared_version(source, "bcrypt")
    if told is not None and told.is_at_least((5,)):
        version = f"The project takes bcrypt 5 (`{told.text.strip()}`), which raises on more than {LIMIT} bytes."
    elif told is not None and told.is_below((5,)):
        version = f"The project takes bcrypt before 5 (`{told.text.strip()}`), which cuts off what is behind {LIMIT} bytes without a word."
    else:
        version = f"bcrypt before 5 cuts off what is behind {LIMIT} bytes without a word, bcrypt 5 raises."
    if digest.length > LIMIT:
        first = "Give bcrypt `base64.b64encode(sha256(…).digest())`, 44 bytes, for new hashes"
    else:
        first = "Keep it: salt and cost are bcrypt's own, a digest in front takes nothing from them"
    return (
        f"{version} {first}. Taking the digest out locks out every user whose hash was made with it: verify "
        "in both ways and hash anew at the next login, until no old hash is left. passlib's "
        '`bcrypt_sha256`, or argon2 without any limit, are such new hashes (with `deprecated="auto"` '
        f"passlib's `verify_and_update` gives the one to store); a limit of {LIMIT} bytes in the form refuses long passwords instead."
    )
