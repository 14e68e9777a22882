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
from typing import ClassVar

from fixaudit import Codemod, Finding, ReportMatch, Role, Source, calls
from fixaudit.authoring import CallFit, ClassFacts, catcher_around, did_you_mean, obsolete_import_of
from fixaudit_codemods.attributes.drop_unexpected_keyword._callees import (
    Callee,
    another_of_that_name,
    callee_of,
    replaced_in,
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
        doubt = _doubt(source, node, callee, fit)
        if doubt is not None:
            yield self.review(source, site, doubt, GUIDANCE)
            return
        for word in words:
            yield self._drop(source, node, callee, word)

    def _drop(self, source: Source, node: ast.Call, callee: Callee, word: ast.keyword) -> Finding:
        assert word.arg is not None
        reason = f"`{callee.name}` takes no `{word.arg}`: the call is a TypeError"
        meant = _misspelt(callee, node, word.arg)
        if meant is not None:
            return self.review(source, word, f"{reason}; `{meant}` may be meant", GUIDANCE)
        if any(isinstance(inner, _DOING) for inner in ast.walk(word.value)):
            return self.review(source, word, f"{reason}; its value is a call of its own", GUIDANCE)
        edits = calls.drop_arguments(source, node, word, comments="drop")
        needed_names = obsolete_import_of(word.value)
        if isinstance(edits, calls.Refusal):
            obstacle = "a comment stands in the way" if edits.comment else edits.reason
            return self.review(source, word, f"{reason}; {obstacle}", GUIDANCE)
        if (line := _swallowed(source, node)) is not None:
            told = f"{reason}, which line {line} swallows so far"
            return self.unsafe(source, word, told, edits, needed_names)
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
            if _has_other_names(made):
                yield self.leave(source, word, f"`{made.name}` may know it by an alias")
                continue
            reason = (
                f"`{made.name}` has no field `{word.arg}`: its constructor refuses or ignores it"
            )
            yield self.review(source, word, reason, GUIDANCE)


# ------------------------------------------------------------------------------ judgement


def _kept(source: Source, node: ast.Call, callee: Callee) -> str | None:
    """Why the call stays."""
    if not callee.function.signature_is_kept or callee.function.overloads:
        return f"a decorator of `{callee.name}` may take other arguments than its `def` names"
    line = catcher_around(source, source.statement(node), ("TypeError",))
    if line is not None:
        return f"line {line} expects the TypeError"
    line = _expected_around(source, node)
    if line is not None:
        return f"line {line} expects the TypeError"
    if source.in_type_checking(node):
        return "it is never run"
    return None


def _doubt(source: Source, node: ast.Call, callee: Callee, fit: CallFit) -> str | None:
    """Why a human has to look at the call as a whole."""
    if fit.missing or fit.surplus or fit.twice or len(fit.unexpected) > 1:
        return _arity(callee, fit)
    line = _surroundings_decide(source, node)
    if line is not None:
        return f"line {line} asks for platform or version: another `{callee.name}` may run there"
    if callee.dynamic:
        other = another_of_that_name(source, callee.function)
        if other is not None:
            return f"another `{callee.name}` ({other}) may be the one that is called"
    replaced = replaced_in(source, callee)
    if replaced is not None:
        return f"{replaced} puts another function in its place"
    return None


def _surroundings_decide(source: Source, node: ast.AST) -> int | None:
    """The line of an `if` around the call that asks where the program runs."""
    for above in source.ancestors(node):
        if isinstance(above, (ast.If, ast.IfExp)) and _PLACES.search(ast.unparse(above.test)):
            return above.lineno
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


def _expected_around(source: Source, node: ast.AST) -> int | None:
    """The line of a `with suppress(TypeError):` or the like around the call."""
    for above in source.ancestors(node):
        if isinstance(above, (ast.With, ast.AsyncWith)):
            told = " ".join(ast.unparse(item.context_expr) for item in above.items)
            if "suppress" in told or "TypeError" in told:
                return above.lineno
    return None


def _swallowed(source: Source, node: ast.AST) -> int | None:
    """The line of a broad handler around the call, in the same function."""
    child: ast.AST = node
    for above in source.ancestors(node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return None
        if isinstance(above, ast.Try) and any(child is entry for entry in above.body):
            for handler in above.handlers:
                broad = handler.type is None or ast.unparse(handler.type) in _BROAD
                if broad:
                    return handler.lineno
        child = above
    return None


_BROAD = frozenset({"Exception", "BaseException"})


def _has_other_names(made: ClassFacts) -> bool:
    """True where the text of the class or a base speaks of aliases or extra fields."""
    for entry in made.mro().own:
        text = ast.unparse(entry.parse())
        if any(said in text for said in ("alias", "extra", "InitVar", "__post_init__", "model_validator", "root_validator")):  # fmt: skip
            return True
    return False
