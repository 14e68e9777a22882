"""`if not user or not verify(password, user.hash)` verifies for unknown users too, against a dummy hash.

A login that skips the slow hash for an unknown name answers faster than for a known one, which tells
who has an account. The verification goes first and takes a hash that no password has where there is no
user; the answers stay. A refused unknown name costs as much processor time as a wrong password from
now on, and the first one makes the dummy hash besides, so it is unsafe: limit how often may be tried.

The edit needs a function beside the verifier that makes a hash, and a proof that the user's hash is
never None (`checkpw(b"…", None)` raises); else the finding is for a human. So are a method of the user
(nothing can be verified without one) and a login that has returned before it verifies. Hashes of
another cost than new ones keep a difference: rehash them at the next login.

It is on: audits call it user enumeration. It leaves alone: a login that verifies or hashes for an
unknown user too (in the branch that answers for one, itself or in a function that is called there), the
password of who is logged in already, and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import (
    Codemod,
    Edit,
    Finding,
    NeededModuleName,
    ReportMatch,
    Role,
    Source,
    Span,
    access,
)
from fixaudit.authoring import children, never_passes_end, outer_parentheses, text_kind
from fixaudit_codemods.security.constant_time_login import _verifiers as verifiers

_NAME = "_dummy_password_hash"
_LOGGED_IN = ("current_user", "current", "me", "self", "request")
_OLD = ("current", "old", "existing", "actual", "previous", "new", "confirm")
_HELPER = '''\
@{cache}
def {name}() -> str:
    """The hash of a password nobody has: refusing an unknown user takes as long as any other."""
    return {made}
'''
GUIDANCE = (
    "Verify in any case: against `user.hash` where there is a user, else against a hash made once of a "
    "random password with the same function and cost (`@functools.cache`), and test for the user "
    "afterwards; passlib has `context.dummy_verify()` for it. Or answer after a fixed time, which also "
    "hides the query. Either costs one hash for each unknown name, so keep a rate limit. Returning the "
    "same message alone hides nothing."
)


class ConstantTimeLogin(Codemod):
    name = "constant-time-login"
    code = "FA406"
    triggers = (b"erify", b"check", b"match", b"valid", b"compare")
    visits = (ast.BoolOp, ast.If)
    tags = frozenset({"security"})
    hints_to_leave = 1  # `current_password` is nowhere the password of a login
    right_already = (r"^line \d+ verifies for an unknown",)
    report_match = ReportMatch(
        rules=("CWE-204", "CWE-203"),
        keywords=(
            ("timing attack|timing-attack|timing", "password|login|hash"),
            ("user enumeration|email enumeration|account enumeration|username enumeration",),
            ("enumeration|enumerate", "timing|email*|user*|account*"),
            ("constant-time|constant time", "password|login|verif*"),
            ("dummy hash|dummy_verify|dummy password",),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "nobody measures how long a test takes",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.BoolOp | ast.If, source: Source) -> Iterator[Finding]:
        if isinstance(node, ast.If):
            yield from self._returned_before(source, node)
            return
        call, negated = _call_of(node.values[-1])
        if call is None or negated != isinstance(node.op, ast.Or):
            return
        user = _missing(node.values[0], absent=negated)
        if user is None or not verifiers.verified(source, call):
            return
        if _is_command(source, node):
            reason = "a command asks: who types it is on the machine already"
            yield self.leave(source, node, reason)
            return
        if (line := verifiers.verifies_in(source, _unknown(source, node), user)) is not None:
            yield self.leave(source, node, f"line {line} verifies for an unknown `{user}` too")
            return
        hashed = _hash_of(call, user)
        if _is_own(call, user):
            reason = f"`{user}` verifies itself: an unknown name is answered without hashing"
            yield self._told(source, node, call, user, reason)
        elif hashed is not None and _logged_in(user, call) is not None:
            yield self._told(source, node, call, user, "")
        elif hashed is not None:
            yield self._edited(source, node, call, user, hashed)

    def _told(self, source: Source, node: ast.AST, call: ast.Call, user: str, reason: str) -> Finding:  # fmt: skip
        left = _logged_in(user, call)
        if left is not None:
            return self.leave(source, node, source.hint(node, left))
        return self.review(source, node, reason, GUIDANCE)

    def _edited(self, source: Source, node: ast.BoolOp, call: ast.Call, user: str, hashed: ast.expr) -> Finding:  # fmt: skip
        reason = f"without `{user}` nothing is hashed, so an unknown name is answered faster"
        made = verifiers.hashing_beside(source, call)
        refused = _refusal(source, node, user, hashed)
        if isinstance(made, str) or refused is not None:
            why = refused or made
            return self.review(source, node, f"{reason}; {why}", GUIDANCE)
        helper = _helper(source, node, made)
        if helper is None:
            return self.review(source, node, f"{reason}; no name is free for a function", GUIDANCE)
        name, needed = helper
        there = f"{user} and {source.segment(hashed)}" if _is_asked_for(node, hashed) else user
        changed = f"{source.segment(hashed)} if {there} else {name}()"
        edits = _moved(source, node, hashed, changed)
        return self.unsafe(source, node, f"{reason}: a dummy hash is verified then", edits, needed)

    def _returned_before(self, source: Source, node: ast.If) -> Iterator[Finding]:
        """`if not user: raise …`, and only then `if not verify(password, user.hash): raise …`."""
        call, _ = _call_of(node.test)
        if call is None or not verifiers.verified(source, call) or _is_command(source, node):
            return
        for before in _earlier(source, node):
            user = _missing(before.test, absent=True)
            if user is None or not never_passes_end(before.body):
                asked, _ = _call_of(before.test)
                if asked is not None and verifiers.verified(source, asked):
                    return  # the first verification is told, not those behind it
                continue
            if not _is_own(call, user) and _hash_of(call, user) is None:
                continue
            line = verifiers.verifies_in(source, before.body, user)
            if line is not None:
                reason = f"line {line} verifies for an unknown `{user}` too"
                yield self.leave(source, node, reason)
                return
            reason = f"line {before.lineno} has answered for an unknown `{user}` without hashing"
            last, wrong = before.body[-1], node.body[-1]
            if isinstance(wrong, ast.Raise) and ast.dump(last) != ast.dump(wrong):
                reason += f", and in other words than line {wrong.lineno}"
            yield self._told(source, node, call, user, reason)
            return


# ------------------------------------------------------------------------------ what it is


def _call_of(node: ast.expr) -> tuple[ast.Call | None, bool]:
    """The call in `verify(…)`, `not verify(…)` and `not await verify(…)`, and whether there is a `not`."""
    negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    inner = inner.value if isinstance(inner, ast.Await) else inner
    return (inner if isinstance(inner, ast.Call) else None), negated


def _missing(test: ast.expr, *, absent: bool) -> str | None:
    """The name that `not user` and `user is None` ask for; with `absent` false, `user` itself."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)) if absent:
            return name
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=None)]):
            wanted = ast.Is if absent else ast.IsNot
            return name if isinstance(op, wanted) else None
        case ast.Name(id=name) if not absent:
            return name
    return None


def _is_command(source: Source, node: ast.AST) -> bool:
    """True inside of a function that click or Typer makes a command of: `@click.command()`, `@cli.command`."""
    function = source.function(node)
    made = getattr(function, "decorator_list", ())
    called = (entry.func if isinstance(entry, ast.Call) else entry for entry in made)
    return any(getattr(each, "attr", getattr(each, "id", "")) == "command" for each in called)


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_own(call: ast.Call, user: str) -> bool:
    """True for `user.check_password(…)`."""
    return isinstance(call.func, ast.Attribute) and _is(call.func.value, user)


def _hash_of(call: ast.Call, user: str) -> ast.Attribute | ast.Subscript | None:
    """`user.hash` among the arguments: itself, or encoded."""
    parts = (part for given in (*call.args, *call.keywords) for part in ast.walk(given))
    kinds = (ast.Attribute, ast.Subscript)
    found = [part for part in parts if isinstance(part, kinds) and _is(part.value, user)]
    return found[0] if len(found) == 1 else None


def _logged_in(user: str, call: ast.Call) -> str | None:
    """Why no stranger asks: the user is known from the session."""
    if user in _LOGGED_IN:
        return f"`{user}` is who is logged in already: there is no name to find out"
    parts = (part for given in call.args for part in ast.walk(given))
    names = (getattr(part, "id", getattr(part, "attr", "")) for part in parts)
    old = next((name for name in names if name.lower().startswith(_OLD)), None)
    return f"`{old}` is asked of who is logged in already" if old is not None else None


def _earlier(source: Source, node: ast.If) -> Iterator[ast.If]:
    """The `if` statements above in the same block, the nearest first."""
    block = source.block(node)
    place = next((at for at, entry in enumerate(block) if entry is node), 0)
    return (entry for entry in reversed(block[:place]) if isinstance(entry, ast.If))


def _unknown(source: Source, node: ast.BoolOp) -> list[ast.stmt]:
    """The statements that run for an unknown user once the condition has failed it."""
    above = source.parent(node)
    if not isinstance(above, ast.If):
        return []
    if isinstance(node.op, ast.Or):
        return above.body
    block = source.block(above)
    return [*above.orelse, *block[block.index(above) + 1 :]]


# ------------------------------------------------------------------------------ the edit


def _refusal(source: Source, node: ast.BoolOp, user: str, hashed: ast.expr) -> str | None:
    above = source.parent(node)
    if isinstance(node.op, ast.And) and not isinstance(above, ast.If):
        return "what the whole gives is used"
    if "#" in source.segment(node):
        return "a comment stands inside"
    given = {part.id for part in ast.walk(node.values[-1]) if isinstance(part, ast.Name)} - {user}
    asked = (part for value in node.values[1:-1] for part in ast.walk(value))
    first = next(
        (part.id for part in asked if isinstance(part, ast.Name) and part.id in given), None
    )
    if first is not None:
        return f"`{first}` is asked for first"
    shown = source.segment(hashed)
    kind = text_kind(source, hashed)
    if kind is not None and kind.kind == "bytes":
        return f"`{shown}` is bytes, and a new hash is text"
    if _is_asked_for(node, hashed):
        return None
    if kind is None:
        return f"that `{shown}` is never None is not shown here"
    return f"`{shown}` may be None, which cannot be verified against" if kind.optional else None


def _is_asked_for(node: ast.BoolOp, hashed: ast.expr) -> bool:
    """True where an operand in between asks for the hash: `not user.hash`."""
    asked = (inner for value in node.values[1:-1] for inner in (value, *children(value)))
    return any(ast.dump(inner) == ast.dump(hashed) for inner in asked)


def _helper(source: Source, node: ast.AST, made: verifiers.Hashing) -> tuple[str, list[NeededModuleName]] | None:  # fmt: skip
    """The function that gives the dummy hash: the one that is there, or a new one."""
    cache = access(source, source.tree.body[-1], "functools", "cache")
    own = source.scopes.module.bindings.get(_NAME, [])
    if cache is None or source.lookup(_NAME, node) != own:
        return None
    if own:
        return (_NAME, []) if isinstance(own[0].node, ast.FunctionDef) else None
    text = _HELPER.format(cache=cache.text, name=_NAME, made=made.text)
    return _NAME, [NeededModuleName(_NAME, text, (*cache.needed_names, *made.needed_names))]


def _moved(source: Source, node: ast.BoolOp, hashed: ast.expr, changed: str) -> list[Edit]:
    """The verification in front of the other operands, with the dummy hash in it."""
    first = outer_parentheses(source, node.values[0])
    before = source.line_text(node.lineno)[: node.col_offset]
    space = " " if before.strip() else f"\n{before}"  # an operand a line
    joined = f"{space}or " if isinstance(node.op, ast.Or) else f"{space}and "
    last = outer_parentheses(source, node.values[-1])
    span = source.span(hashed)
    if not isinstance(source.parent(hashed), (ast.Call, ast.keyword)):
        changed = f"({changed})"  # `user.hash.encode()`
    start = source.slice(Span(last.start, span.start))
    end = source.slice(Span(span.end, last.end))
    return [
        source.edit(first.start, first.start, f"{start}{changed}{end}{joined}"),
        source.edit(outer_parentheses(source, node.values[-2]).end, last.end, ""),
    ]
