"""A RuntimeError at a point that is never reached becomes `AssertionError("Unreachable: …")`.

A bare `raise RuntimeError` behind an endless loop says nothing when it is reached after all, and
its type says "something went wrong outside" where it means "this code is wrong". The assertion
says which assumption broke, no handler for runtime errors swallows it, and it stays with `-O`.

Left alone: real messages ("Redis is unreachable"), points that nothing shows to be unreachable, and
errors that code or tests of the project catch or expect. The line behind a loop that may run zero
times is for review. The raise itself is never removed: type checkers and readers rely on it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source, calls
from fixaudit.authoring import catcher_around, expected_by
from fixaudit_codemods.errors.runtimeerror_to_assertion._reachability import (
    is_finite_loop,
    surely_runs,
    why_unreachable,
)
from fixaudit_codemods.errors.runtimeerror_to_assertion._unreachable_comments import (
    claim_beside,
    holds_claim,
    opens_with_claim,
    says_unreachable,
)


@dataclass(frozen=True)
class Options:
    evidence: Literal["documented", "proven"] = "documented"
    message: str = ""


class RuntimeErrorToAssertion(Codemod):
    """RuntimeError at unreachable points becomes AssertionError."""

    name = "runtimeerror-to-assertion"
    code = "FA104"
    triggers = (b"RuntimeError",)
    # It is raised by its name, or gets another one; it is not only caught or spoken of.
    trigger_pattern = re.compile(
        rb"\braise\b[\s(\\]*(?:#|builtins\b|RuntimeError\b)|\bRuntimeError\s+as\b"
        rb"|=[\s(\\]*(?:\w+\s*\.\s*)?RuntimeError\b(?!\s*\()"
    )
    visits = (ast.Raise,)
    tags = frozenset({"core", "errors"})
    report_match = ReportMatch(
        keywords=(
            ("runtimeerror", "unreachable"),
            ("bare", "runtimeerror"),
            ("raise runtimeerror",),
            ("unreachable code",),
            (
                (
                    "never reached|cannot be reached|can never be reached|can never happen|"
                    "unreachable|nie erreicht|unerreichbar*|inatteignable|inalcanzable"
                ),
                "runtimeerror|raise|error|exception|fehler*|erreur",
            ),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "evidence": "`documented` (a comment or message says so) or `proven` (only by control flow)",
        "message": 'what bare raises say after "Unreachable: "; by default what shows it',
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test raises it on purpose",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Raise, source: Source) -> Iterator[Finding]:
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if error is None or source.qualified_name(error) != "builtins.RuntimeError":
            return
        yield self._judge(source, node, error)

    def _judge(self, source: Source, node: ast.Raise, error: ast.expr) -> Finding:
        message = _message(node)
        if message and not holds_claim(message):
            return self.leave(source, node, "the message says what went wrong: a real error")
        if (reason := self.out_of_scope(source)) is not None:
            return self.leave(source, node, reason)
        line = catcher_around(source, node)
        if line is not None:
            return self.leave(source, node, f"the handler in line {line} catches it by its type")
        if source.lookup("AssertionError", node):
            return self.leave(source, node, "the name AssertionError means something else here")
        proof = why_unreachable(source, node)
        if proof is not None:
            return self._fix(source, node, error, proof, proof)
        return self._judge_claim(source, node, error, message)

    def _judge_claim(
        self, source: Source, node: ast.Raise, error: ast.expr, message: str
    ) -> Finding:
        """The verdict where only words say that the point is never reached."""
        claim = claim_beside(source, node.lineno, node.end_lineno or node.lineno)
        if claim is None and not message:
            return self._without_claim(source, node)
        expected = expected_by(source, node, message)
        if expected is not None and not expected.is_hint:
            return self.leave(source, node, expected)
        found = self._by_words(source, node, error, message, claim)
        return self.doubt(source, node, found, expected or ())

    def _by_words(
        self, source: Source, node: ast.Raise, error: ast.expr, message: str, claim: str | None
    ) -> Finding:
        """The verdict as far as nobody expects the error."""
        before = _before(source, node)
        if is_finite_loop(before) and not surely_runs(source, before):
            return self._behind_loop(source, node, before)
        if self.options.evidence == "proven":
            return self.review(source, node, "only words say that this is never reached", _PROVE_IT)
        if claim is not None:
            told = _TOLD_BEHIND_LOOP if _is_loop(before) else _TOLD
            return self._fix(source, node, error, "never reached, its comment says so", told)
        if not _says_nothing_else(node, message):
            reason = "the message also says what went wrong: it may be reached in practice"
            return self.review(source, node, reason, _PROVE_IT)
        if says_unreachable(message):
            return self._fix(source, node, error, "never reached, its message says so", _TOLD)
        reason = "its message hopes that it never happens: another exception if it does"
        return self.unsafe(source, node, reason, _assertion(source, node, error, _TOLD))

    def _without_claim(self, source: Source, node: ast.Raise) -> Finding:
        before = _before(source, node)
        if is_finite_loop(before):
            expected = expected_by(source, node, "")
            if expected is not None:
                return self.leave(source, node, expected)
            return self._behind_loop(source, node, before)
        return self.leave(source, node, "nothing shows that this point is never reached")

    def _behind_loop(self, source: Source, node: ast.Raise, loop: ast.stmt | None) -> Finding:
        line = 0 if loop is None else loop.lineno
        return self.review(
            source, node, f"the loop in line {line} may run zero times or to its end", _GIVE_MESSAGE
        )

    def _fix(
        self, source: Source, node: ast.Raise, error: ast.expr, reason: str, told: str
    ) -> Finding:
        text = f"Unreachable: {self.options.message or told}"
        return self.fix(source, node, reason, _assertion(source, node, error, text))


_PROVE_IT = "check who can get here; if nobody can, raise AssertionError and say why"
_GIVE_MESSAGE = (
    "check the count before the loop and raise ValueError there, or give this error a message"
)


_TOLD = "nothing should lead here"
_TOLD_BEHIND_LOOP = "the loop above should always return or raise"


def _message(node: ast.Raise) -> str:
    """The text of the error, placeholders as `{}`; empty for none, `?` for what cannot be read."""
    if not isinstance(node.exc, ast.Call) or not (node.exc.args or node.exc.keywords):
        return ""
    texts = [
        "{}" if isinstance(entry, ast.FormattedValue) else _text(entry)
        for argument in node.exc.args
        for entry in ast.walk(argument)
        if isinstance(entry, (ast.Constant, ast.FormattedValue))
    ]
    if not texts:
        return "?"
    return " ".join(text for text in texts if text)


def _text(entry: ast.Constant) -> str:
    return entry.value if isinstance(entry.value, str) else "?"


def _says_nothing_else(node: ast.Raise, message: str) -> bool:
    """True for one constant text that opens with the claim."""
    assert isinstance(node.exc, ast.Call)
    plain = len(node.exc.args) == 1 and isinstance(node.exc.args[0], ast.Constant)
    return plain and opens_with_claim(message)


def _is_loop(statement: ast.stmt | None) -> bool:
    return isinstance(statement, (ast.For, ast.AsyncFor, ast.While))


def _before(source: Source, node: ast.Raise) -> ast.stmt | None:
    """The statement in front of the raise in its block."""
    block = source.block(node)
    position = next(index for index, entry in enumerate(block) if entry is node)
    return block[position - 1] if position else None


def _assertion(source: Source, node: ast.Raise, error: ast.expr, text: str) -> list[Edit]:
    literal = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if not isinstance(node.exc, ast.Call):
        return [source.replace(error, f"AssertionError({literal})")]
    edits = [source.replace(error, "AssertionError")]
    if not node.exc.args and not node.exc.keywords:
        added = calls.add_positional(source, node.exc, literal)
        edits += [] if isinstance(added, calls.Refusal) else added
    elif _message(node) == "":
        edits.append(source.replace(node.exc.args[0], literal))
    return edits
