"""A secret of a request that is compared with `==` becomes `hmac.compare_digest(…)`.

`==` on text and bytes stops at the first difference, so the time that an answer takes tells how much
of a guessed token, signature or key is right. `compare_digest` looks at everything. Both sides must
be proved to be text (they are encoded: `compare_digest` refuses text beyond ASCII) or bytes; a side that may be None is asked
for that first, and where both may be, a human must refuse first. Refusal and acceptance stay; a text
with half of a surrogate pair, which no header can hold, raises where it was merely unequal.

It is on: an audit calls every such comparison a timing attack.

It leaves alone: columns of a query, which the database compares; two values of the same request, such
as a password and its repetition, where nothing secret is compared (a CSRF token sent twice is one
nonetheless); checksums of what was sent; constants; and tests. `state` counts in the callback of a
login with OAuth only. A password that is compared with a stored one is for a human: it is stored in
the clear.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source, access
from fixaudit.authoring import (
    FunctionFacts,
    Received,
    TextKind,
    clipped,
    definition_of,
    origin_match,
    received,
    route_of,
    text_kind,
)
from fixaudit_codemods.security.constant_time_compare._configured import configured
from fixaudit_codemods.security.constant_time_compare._edits import between, edits
from fixaudit_codemods.security.constant_time_compare._secrets import (
    STATE,
    compared_with_one,
    may_be_secret,
    secret_word,
)

_TWICE = re.compile(r"csrf|xsrf|state")
_LOGIN = re.compile(r"callback|oauth|authori[sz]e|sso|oidc|login", re.IGNORECASE)
_PASSWORD = re.compile(r".*(?:password|passwd)")
_KEYED = re.compile(r"hmac\.(?:new|HMAC)\(\)\.(?:hex)?digest\(\)|hmac\.digest\(\)")
_QUERY = frozenset({"where", "filter", "having", "join", "outerjoin", "and_", "or_", "not_", "exists", "on", "case", "when", "update", "delete", "get_or_none"})  # fmt: skip
GUIDANCE = (
    "Refuse what is missing first (`if not given: …`), then `hmac.compare_digest(given.encode(), "
    "expected.encode())` where both are text, without `.encode()` where both are bytes; Django has "
    "`constant_time_compare(given, expected)`, which takes both. A check at the caller costs nothing; "
    "an annotation (`str`, `bytes`) lets fixaudit write it."
)
_IN_THE_CLEAR = (
    "Store `hash(password)` of bcrypt, argon2 or scrypt and verify with the library's own function, "
    "which compares in constant time; `compare_digest` here would leave the password readable to "
    "whoever reads the store. Hashing needs a migration or a rehash at the next login."
)


class ConstantTimeCompare(Codemod):
    name = "constant-time-compare"
    code = "FA405"
    triggers = (b"==", b"!=", b"compare_digest", b"constant_time_compare")
    trigger_pattern = re.compile(
        rb"(?i)token|signature|_sig\b|\bsig\b|secret|digest|[cx]srf|hmac|_key\b|api_?key|passw|passcode|oauth|callback"
    )
    visits = (ast.Compare, ast.Call)
    names = frozenset({"compare_digest", "constant_time_compare"})
    tags = frozenset({"security"})
    right_already = ("^it is compared in constant time",)
    report_match = ReportMatch(
        rules=("CWE-208", "CWE-385"),
        keywords=(
            ("compare_digest",),
            ("timing attack|timing-attack|timing side channel|timing side-channel", "token|signature|secret|csrf|hmac|api key|digest|comparison|compare*"),
            ("constant-time|constant time|timing-safe|timing safe", "compar*|token|signature|csrf|secret|api key|digest"),
            ("non-constant*", "compar*"),
            ("token|signature|secret|csrf|api key|hmac", "compared", "==|equality|timing"),
        ),
    )  # fmt: skip

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test compares with what it expects: nobody measures it",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Compare | ast.Call, source: Source) -> Iterator[Finding]:
        if isinstance(node, ast.Call):
            called = source.qualified_name(node.func) or ""
            if called.endswith((".compare_digest", ".constant_time_compare")):
                yield self.leave(source, node, "it is compared in constant time already")
            return
        if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
            return
        sides = (node.left, node.comparators[0])
        if any(isinstance(side, (ast.Constant, ast.UnaryOp, ast.Tuple)) for side in sides):
            return
        near = compared_with_one(source, node)
        if near is None and not any(may_be_secret(source, side) for side in sides):
            return
        parts = [received(source, side) for side in sides]
        words = (secret_word(source, *each) for each in zip(sides, parts, strict=True))
        word = next(filter(None, words), near)
        if word is None or (STATE.fullmatch(word) and not _in_login(source, node)):
            return
        yield from self._judge(source, node, word, parts)

    def _judge(self, source: Source, node: ast.Compare, word: str, parts: list[Received | None]) -> Iterator[Finding]:  # fmt: skip
        sides = (node.left, node.comparators[0])
        if _in_query(source, node):
            yield self.leave(source, node, "it builds a query: the database compares")
            return
        sent = all(
            p is not None or _by_helper(source, s) for s, p in zip(sides, parts, strict=True)
        )
        if sent and not _TWICE.search(word) and not _sent_twice(parts):
            reason = "both come from the request: nothing that is kept secret is compared"
            yield self.leave(source, node, reason)
            return
        keyed = any(origin_match(source, _made(source, side), _KEYED) is not None for side in sides)
        why = _attacked(source, sides, parts)
        signed = keyed or any(part is not None and part.part == "header" for part in parts)
        if why is None or ("digest" in word and not signed):
            return  # a digest without a key is a checksum or a version
        if _PASSWORD.fullmatch(word) and not any(_is_kept(source, side) for side in sides):
            stored = "the password is compared as it was typed: it is kept in the clear"
            yield self.review(source, node, stored, _IN_THE_CLEAR)
            return
        yield self._edited(source, node, why, all(p is None or p.is_proof for p in parts))

    def _edited(self, source: Source, node: ast.Compare, why: str, proved: bool) -> Finding:
        sides = (node.left, node.comparators[0])
        kinds = [text_kind(source, side) for side in sides]
        doubt = _doubt(source, sides, kinds)
        if "#" in source.slice(between(source, node)):
            doubt = "a comment stands between the two"
        reached = access(source, node, "secrets") if _has(source, node, "secrets") else None
        reached = reached or access(source, node, "hmac")
        if reached is None:
            doubt = doubt or "`hmac` means something else here"
        if doubt is not None or reached is None:
            return self.review(source, node, f"{why}; {doubt}", GUIDANCE)
        encode = "" if kinds[0] is not None and kinds[0].kind == "bytes" else ".encode()"
        reason = f"{why}: `compare_digest` takes as long for every guess"
        absent = next((s for s, k in zip(sides, kinds, strict=True) if k and k.optional), None)
        written = edits(source, node, f"{reached.text}.compare_digest(", encode, absent)
        found = self.unsafe(source, node, reason, written, reached.needed_names)
        if proved:
            return found
        hint = source.hint(node, f"{why}, if that is a request, as its name says")
        return self.doubt(source, node, found, hint, guidance=GUIDANCE)


# ------------------------------------------------------------------------------ what it is


def _sent_twice(parts: list[Received | None]) -> bool:
    """True for a cookie that a header or a form repeats: only the page that has it can send both."""
    found = {part.part for part in parts if part is not None}
    return "cookie" in found and bool(found & {"header", "form"})


def _by_helper(source: Source, side: ast.expr) -> bool:
    """True for a name that a function of the project gives which reads the request itself."""
    bindings = source.lookup(side.id, side) if isinstance(side, ast.Name) else []
    value = bindings[0].value if len(bindings) == 1 else None
    found = definition_of(source, value.func) if isinstance(value, ast.Call) else None
    if not isinstance(found, FunctionFacts):
        return False
    names = (part for part in ast.walk(found.node) if isinstance(part, ast.Name))
    return any(part.id == "request" for part in names)


def _is_kept(source: Source, side: ast.expr) -> bool:
    """True for what the service is configured with, and for what an object keeps for itself."""
    if isinstance(side, ast.Attribute) and isinstance(side.value, ast.Name):
        if side.value.id == "self":
            return True
    return configured(source, side) is not None


def _in_login(source: Source, node: ast.AST) -> bool:
    """True in the callback of a login at another service."""
    function = source.function(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    route = route_of(source, function)
    return _LOGIN.search(f"{function.name} {route.path if route else ''}") is not None


def _in_query(source: Source, node: ast.Compare) -> bool:
    """True for `….where(User.token == token)`, and where a side is a column of a class."""
    for above in source.ancestors(node):
        if isinstance(above, ast.stmt):
            break
        func = above.func if isinstance(above, ast.Call) else None
        if getattr(func, "attr", getattr(func, "id", "")) in _QUERY:
            return True
    return False


def _attacked(source: Source, sides: tuple[ast.expr, ast.expr], parts: list[Received | None]) -> str | None:  # fmt: skip
    """Who can guess, in words; None where nothing says that somebody outside can."""
    for side, part in zip(sides, parts, strict=True):
        if part is not None:
            return f"`{_short(source, side)}` comes from the request ({part.part})"
    for side in sides:
        if origin_match(source, _made(source, side), _KEYED) is not None:
            return f"`{_short(source, side)}` is a keyed digest, and others send what it is compared with"
    for side, other in (sides, sides[::-1]):
        setting = configured(source, side)
        if setting is not None and _is_parameter(source, other):
            return f"`{_short(source, other)}` is given by callers, and {setting}"
    return None


def _made(source: Source, side: ast.expr) -> ast.expr:
    """What is compared, before it is put into text: `f"sha256={digest}"` is the digest."""
    if isinstance(side, ast.Name):
        bindings = source.lookup(side.id, side)
        value = bindings[0].value if len(bindings) == 1 else None
        side = value if isinstance(value, (ast.JoinedStr, ast.BinOp)) else side
    if isinstance(side, ast.JoinedStr):
        shown = [part.value for part in side.values if isinstance(part, ast.FormattedValue)]
        return shown[0] if len(shown) == 1 else side
    return side.right if isinstance(side, ast.BinOp) else side


def _is_parameter(source: Source, side: ast.expr) -> bool:
    bindings = source.lookup(side.id, side) if isinstance(side, ast.Name) else []
    return bool(bindings) and all(binding.kind == "parameter" for binding in bindings)


def _short(source: Source, node: ast.expr) -> str:
    text = " ".join(source.segment(node).split())
    return clipped(text, 40)


# ------------------------------------------------------------------------------ the edit


def _doubt(source: Source, sides: tuple[ast.expr, ast.expr], kinds: list[TextKind | None]) -> str | None:  # fmt: skip
    for side, kind in zip(sides, kinds, strict=True):
        if kind is None:
            return f"that `{_short(source, side)}` is text or bytes is not shown here"
        if kind.optional and not isinstance(side, (ast.Name, ast.Attribute)):
            return f"`{_short(source, side)}` may be None, which cannot be encoded"
    if all(kind is not None and kind.optional for kind in kinds):
        return "both may be None, and then they are equal"
    if len({kind.kind for kind in kinds if kind is not None}) > 1:
        return "one side is text and the other bytes, so that they are never equal"
    return None


def _has(source: Source, node: ast.AST, module: str) -> bool:
    """True where the module is imported here, and `hmac` is not."""
    one, other = access(source, node, module), access(source, node, "hmac")
    needs_other = other is None or bool(other.needed_names)
    return one is not None and not one.needed_names and needs_other
