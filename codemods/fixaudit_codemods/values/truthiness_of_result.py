"""`if result:` where the result may be None, and also 0, "" or empty: both go the same way.

A function that gives `dict | None` says two things with None and `{}`; a plain test cannot tell them
apart, and neither can who reads the log line behind it. The finding says what counts as false besides
None, also for objects whose `__bool__` surprises (`requests.Response` is false from status 400 on).
Nothing is edited: whether an empty result is a failure is the project's to say.

It is off: mostly the test is meant so. It leaves alone: objects that are always true, text, results that
are handed on as nothing (`return None`, `return []`, `continue`), and tests. Results of which nothing is
known are told where both branches speak of the result, which is how reports show them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source
from fixaudit.authoring import FalseValues, false_values, walk

GUIDANCE = (
    "Say which is meant. `if {name} is not None:` tells None alone apart, and {empty} then takes the other "
    "branch: look at what it does with it. `if {name} is None: … elif not {name}: …` answers each, for one "
    "branch more. Where the two really are the same, let the function give one of them always, which its "
    "callers must then be looked at for."
)
# What these give is known to be an object or text, or not known at all: following it shows nothing.
_OF_LIBRARIES = frozenset({"match", "search", "fullmatch", "getenv", "strip", "lower", "group", "split", "join", "first", "fetchone", "scalar", "scalar_one_or_none", "one_or_none", "getattr", "isinstance", "any", "all", "str", "next", "format", "bool"})  # fmt: skip
_SAYS_NOTHING = frozenset({"the empty text", "empty bytes"})
_UNKNOWN = "0, an empty text or an empty collection"


class TruthinessOfResult(Codemod):
    name = "truthiness-of-result"
    code = "FA627"
    triggers = (b"if ",)
    trigger_pattern = re.compile(rb"^[ \t]*(?:el)?if (?:not )?[a-zA-Z_]\w*[ \t]*:", re.MULTILINE)
    visits = (ast.If,)
    default = False  # mostly an empty result is meant to be like none
    tags = frozenset({"style"})
    right_already = ("are always true",)
    report_match = ReportMatch(
        keywords=(
            ("truth testing|truthiness|truth value|truthy|falsy",),
            ("is not none", "empty|clarity|explicit|if result"),
            ("if result", "empty|none|explicit"),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test knows what it gets",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.If, source: Source) -> Iterator[Finding]:
        test = node.test
        missing = node.orelse
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, missing = test.operand, node.body
        if not isinstance(test, ast.Name) or _hands_on_nothing(missing):
            return
        if not _is_result(source, test):
            return
        found = false_values(source, test)
        name = test.id
        if found is None:
            if node.orelse and _speaks_of_both(node):
                reason = f"nothing here shows what `{name}` is: None, {_UNKNOWN} go the same way"
                yield self.review(source, node, reason, _guidance(name, _UNKNOWN))
            return
        if not found.values:
            if found.none:
                yield self.leave(source, node, f"the objects that `{name}` may be are always true")
            return
        if found.none and set(found.values) <= _SAYS_NOTHING:
            yield self.leave(source, node, f"an empty `{name}` says as little as None: it is text")
        elif found.none or _surprises(found):
            yield self._told(source, node, name, found)

    def _told(self, source: Source, node: ast.If, name: str, found: FalseValues) -> Finding:
        words = " and ".join(found.values)
        reason = f"`{name}` counts as missing when it is {words}" + (", as None does" * found.none)
        return self.review(source, node, reason, _guidance(name, words))


def _guidance(name: str, empty: str) -> str:
    return GUIDANCE.format(name=name, empty=empty)


def _surprises(found: FalseValues) -> bool:
    """True for objects that are there and false all the same."""
    return any(word.startswith(("a response", "an element", "a `")) for word in found.values)


def _is_result(source: Source, name: ast.Name) -> bool:
    """True for a name that is given what a call gives, awaited or not."""
    for binding in source.lookup(name.id, name):
        value = binding.value
        value = value.value if isinstance(value, ast.Await) else value
        if binding.kind == "assign" and isinstance(value, ast.Call):
            called = getattr(value.func, "attr", getattr(value.func, "id", ""))
            return called not in _OF_LIBRARIES
    return False


def _hands_on_nothing(missing: list[ast.stmt]) -> bool:
    """True where nothing is made of a missing result but nothing: `return None`, `return []`, `continue`."""
    match missing:
        case [ast.Continue() | ast.Pass() | ast.Break()] | [ast.Return(value=None)]:
            return True
        case [ast.Return(value=ast.Constant(value=value))]:
            return value is None or value == ""
        case [ast.Return(value=ast.List(elts=[]) | ast.Dict(keys=[]) | ast.Tuple(elts=[]))]:
            return True
    return False


def _speaks_of_both(node: ast.If) -> bool:
    """True where both branches do nothing but tell: a log call or a print each."""
    return all(
        isinstance(entry, ast.Expr) and _tells(entry.value) for entry in (*node.body, *node.orelse)
    )


def _tells(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    inner = [part for part in walk(node) if isinstance(part, (ast.Await, ast.Yield))]
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return not inner and name in ("debug", "info", "warning", "error", "exception", "print", "success")  # fmt: skip
