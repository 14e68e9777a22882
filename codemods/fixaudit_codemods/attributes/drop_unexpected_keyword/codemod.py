"""A keyword argument that the called function of the project does not take goes out of the call.

The signature was changed and a caller was forgotten: the call is a TypeError as soon as it is
reached, in a branch that no test runs, or behind a handler that swallows it.

The function must be known for certain, through the file's own imports, with its real signature. It
leaves alone: callees with `**kwargs`, decorators that may change the signature, calls whose TypeError
is expected, and tests. For a human: a keyword that looks like a misspelt parameter, several at once,
arguments that are missing or too many, calls for one platform or version, values whose evaluation
does something, methods that a subclass may replace, and generated constructors (dataclasses, Pydantic
with its aliases).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from fixaudit import Codemod, Evidence, Finding, Reach, ReportMatch, Role, Source, calls
from fixaudit.authoring import CallFit, ClassFacts, catcher_around, did_you_mean, obsolete_import_of
from fixaudit_codemods.attributes.drop_unexpected_keyword._callees import (
    Callee,
    another_of_that_name,
    callee_of,
    replaced_in,
    taken_besides_fields,
)

GUIDANCE = "Look at both sides: drop the argument here, or give the function its parameter back."
_PLACES = re.compile(r"platform|version|windows|\bis_win|os\.name|hasattr|signature", re.IGNORECASE)
_ALIKE = 4  # `password` and `passphrase`
_DOING = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)


class DropUnexpectedKeyword(Codemod):
    name = "drop-unexpected-keyword"
    code = "FA602"
    triggers = (b"=",)
    visits = (ast.Call,)
    default = False  # a defect, but one that takes a look at every call of every file
    tags = frozenset({"errors", "types"})
    equivalent_codes = ("E1123",)
    report_match = ReportMatch(
        rules=("E1123", "unexpected-keyword-arg", "call-arg"),
        keywords=(
            ("unexpected keyword",),
            ("unused parameter", "__init__"),
            ("unused parameter", "passed"),
            ("unused parameter", "passes"),
            ("still passes",),
            ("signature", "still passes"),
            (
                "no parameter|not a parameter|no longer a parameter|removed parameter|parameter was removed|argument was removed",
                "pass|passes|passed|call|caller",
            ),
            (
                "remove*|drop",
                "argument|parameter|keyword",
                "from the call|from the caller|from callers|from its caller",
            ),
            (
                "argument|parameter|keyword",
                (
                    "does not exist|does not take|doesn't take|not accepted|does not accept|"
                    "no longer takes|no such|unknown|gibt es nicht|kennt"
                ),
                "call|caller|pass|passed|given|übergeben|aufruf*",
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may want the error",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Call, source: Source) -> Iterator[Finding]:
        if not any(word.arg for word in node.keywords):
            return
        callee = callee_of(source, node)
        if isinstance(callee, ClassFacts):
            yield from self._generated(source, node, callee)
        elif callee is not None:
            yield from self._judge(source, node, callee)

    def _judge(self, source: Source, node: ast.Call, callee: Callee) -> Iterator[Finding]:
        fit = callee.fit(node)
        if fit.fits:
            return
        words = [word for word in node.keywords if word.arg in fit.unexpected]
        site = words[0] if words else node
        kept = self.out_of_scope(source) or _kept(source, node, callee)
        if kept is not None:
            yield self.leave(source, site, kept)
            return
        if fit.missing or fit.surplus or fit.twice or len(fit.unexpected) > 1:
            yield self.review(source, site, _arity(callee, fit), GUIDANCE)
            return
        for word in words:
            hints = _hints(source, node, callee, word)
            found = self._drop(source, node, callee, word)
            yield self.doubt(source, word, found, hints, guidance=GUIDANCE)

    def _drop(self, source: Source, node: ast.Call, callee: Callee, word: ast.keyword) -> Finding:
        assert word.arg is not None
        reason = f"`{callee.name}` takes no `{word.arg}`: the call is a TypeError"
        if any(isinstance(inner, _DOING) for inner in ast.walk(word.value)):
            return self.review(source, word, f"{reason}; its value is a call of its own", GUIDANCE)
        edits = calls.drop_arguments(source, node, word, comments="drop")
        needed_names = obsolete_import_of(word.value)
        if isinstance(edits, calls.Refusal):
            obstacle = "a comment stands in the way" if edits.comment else edits.reason
            return self.review(source, word, f"{reason}; {obstacle}", GUIDANCE)
        if (handler := _swallowed(source, node)) is not None:
            told = f"{reason}, which line {handler.lineno} swallows so far"
            proof = source.proof(handler, told, Reach.FUNCTION)
            return self.unsafe(source, word, proof, edits, needed_names)
        if callee.dynamic:
            told = f"{reason}, unless a subclass outside of the project takes it"
            return self.unsafe(source, word, told, edits, needed_names)
        free = callee.free(node)
        if free:
            told = f"{reason}; it may have been meant for `{'`, `'.join(free[:3])}`"
            return self.unsafe(source, word, told, edits, needed_names)
        return self.fix(source, word, reason, edits, needed_names)

    def _generated(self, source: Source, node: ast.Call, made: ClassFacts) -> Iterator[Finding]:
        """Dataclasses and models: the class must know the name in some way."""
        if self.out_of_scope(source) is not None:
            return
        for word in node.keywords:
            if word.arg is None or made.declares(word.arg) is not None:
                continue
            if (takes := taken_besides_fields(source, made)) is not None:
                yield self.leave(source, word, takes)
                continue
            reason = (
                f"`{made.name}` has no field `{word.arg}`: its constructor refuses or ignores it"
            )
            yield self.review(source, word, reason, GUIDANCE)


# ------------------------------------------------------------------------------ judgement


def _kept(source: Source, node: ast.Call, callee: Callee) -> Evidence | None:
    """Why the call stays."""
    function = callee.function
    if not function.signature_is_kept or function.overloads:
        text = f"a decorator of `{callee.name}` may take other arguments than its `def` names"
        return source.proof_at(function.path, function.line, text)
    line = catcher_around(source, source.statement(node), ("TypeError",))
    if line is not None:
        text = f"line {line} expects the TypeError"
        return replace(source.proof(node, text, Reach.FUNCTION), line=line)
    if source.in_type_checking(node):
        return source.proof(node, "it is never run")
    expected = _expected_around(source, node)
    return None if expected is None or expected.is_hint else expected


def _hints(source: Source, node: ast.Call, callee: Callee, word: ast.keyword) -> list[Evidence]:
    """What names say against dropping an argument."""
    found = [_expected_around(source, node), _surroundings_decide(source, node, callee)]
    if callee.dynamic:
        found.append(another_of_that_name(source, callee.function))
    found.append(replaced_in(source, callee))
    meant = _misspelt(callee, node, word.arg or "")
    if meant is not None:
        found.append(source.hint(word, f"`{meant}` may be meant"))
    return [entry for entry in found if entry is not None]


def _surroundings_decide(source: Source, node: ast.AST, callee: Callee) -> Evidence | None:
    """An `if` around the call that asks, by its words, where the program runs."""
    for above in source.ancestors(node):
        if isinstance(above, (ast.If, ast.IfExp)) and _PLACES.search(ast.unparse(above.test)):
            text = f"line {above.lineno} asks for platform or version: another `{callee.name}` may run there"
            return source.hint(above.test, text, Reach.STATEMENT)
    return None


def _arity(callee: Callee, fit: CallFit) -> str:
    told = [f"takes no `{name}`" for name in fit.unexpected]
    told += [f"lacks `{name}`" for name in fit.missing]
    told += [f"gets `{name}` twice" for name in fit.twice]
    if fit.surplus:
        told.append(f"gets {fit.surplus} positional argument(s) too many")
    return f"`{callee.name}` {', and '.join(told)}: the call is a TypeError"


def _misspelt(callee: Callee, node: ast.Call, word: str) -> str | None:
    """A parameter that is not given and looks like the keyword."""
    free = callee.free(node)
    for name in free:
        if name[:_ALIKE] == word[:_ALIKE] or name in word or word in name:
            return name
    names = {name.replace("_", "-"): name for name in free}
    hint = did_you_mean(word, names)
    return next((name for shown, name in names.items() if f'"{shown}"' in hint), None)


def _expected_around(source: Source, node: ast.AST) -> Evidence | None:
    """The `with suppress(TypeError):` or the like around the call: a hint where only a name says it."""
    for above in source.ancestors(node):
        if not isinstance(above, (ast.With, ast.AsyncWith)):
            continue
        text = f"line {above.lineno} expects the TypeError"
        opened = [part for item in above.items for part in ast.walk(item.context_expr)]
        named = {source.qualified_name(part) for part in opened if isinstance(part, ast.expr)}
        if named & {"builtins.TypeError", "contextlib.suppress"}:
            return source.proof(above, text, Reach.STATEMENT)
        if any("suppress" in ast.unparse(item.context_expr) for item in above.items):
            return source.hint(above, text, Reach.STATEMENT)
    return None


def _swallowed(source: Source, node: ast.AST) -> ast.ExceptHandler | None:
    """A broad handler around the call, in the same function."""
    child: ast.AST = node
    for above in source.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return None
        if isinstance(above, ast.Try) and any(child is entry for entry in above.body):
            for handler in above.handlers:
                broad = handler.type is None or ast.unparse(handler.type) in _BROAD
                if broad:
                    return handler
        child = above
    return None


_BROAD = frozenset({"Exception", "BaseException"})
