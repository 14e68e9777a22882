"""A new exception raised in a handler names its cause: `raise New(…)` becomes `raise New(…) from e`.

Without a cause the traceback says "During handling of the above exception, another exception
occurred", as if the handler itself were broken, and `__cause__` is empty for everything that looks
for the reason. Handlers without a name get one, that of most handlers in the file.

It leaves alone: `from None` and other causes, bare `raise`, exceptions that were made elsewhere or
by functions that may set a cause, code that runs after the handler, `finally` blocks, exceptions
that steer (`SystemExit`, `StopIteration`, `typer.Exit`), and tests. Where the project's linter has
B904 switched off that is reported, not written over; a bare `except:` is for a human too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source, Strength, handlers
from fixaudit.authoring import Why, rule_switched_off
from fixaudit_codemods.errors.raise_from._exception_names import free_name, name_edit, pylint_off
from fixaudit_codemods.errors.raise_from._raised import (
    is_class,
    last_word,
    steers,
    why_not_new,
)

REASON = "its traceback reads as if the handler were broken"
_ELSEWHERE = "it runs in a function of its own, perhaps after the handler"
_ASK = "write `from e` where the first exception is the reason, `from None` where it says nothing"
_OFF = "take the rule out of the linter's settings first, if causes are wanted after all"


@dataclass(frozen=True)
class Options:
    name: str = ""


class RaiseFrom(Codemod):
    name = "raise-from"
    code = "FA201"
    triggers = (b"except",)
    visits = (ast.Raise,)
    may_enable_others = False
    tags = frozenset({"errors"})
    equivalent_codes = ("B904", "W0707", "TRY200")
    report_match = ReportMatch(
        rules=(
            "B904",
            "W0707",
            "TRY200",
            "raise-missing-from",
            "raise-without-from-inside-except",
            "raise-from-previous-error",
        ),
        keywords=(
            ("raise ... from",),
            ("raise … from",),
            ("exception chaining",),
            ("raise", "from a previous|from the previous|previous error|previous exception"),
            ("raise-missing-from",),
            (
                "raise|re-raise*|reraise*|exception|error",
                "without its cause|without a cause|without the cause|without cause",
            ),
            (
                "raise|re-raise*|reraise*|handler|except",
                "without from|without a from|without the from|from clause|from e|from exc|from err",
            ),
            ("error|exception", "hide|mask|conceal*|obscure*", "cause|root|original"),
            ("exception", "context", "lost"),
            ("__cause__",),
            (
                (
                    "original|first|cause|old|underlying|root|ursprünglich*|ursache|erste*|"
                    "initiale|originale|causa"
                ),
                "error|exception|fehler*|ausnahme*|erreur|excepción|traceback",
                (
                    "lost|forgotten|gone|hidden|dropped|thrown away|cannot tell|point to|"
                    "no longer visible|verloren|vergessen|perdu*|pierde|perdid*"
                ),
            ),
            (
                "cause",
                "exception|error",
                "preserve|keep|show|correct|propagate|missing|lose|lost",
            ),
        ),
    )
    Options = Options
    options_help: ClassVar[dict[str, str]] = {
        "name": "what `except X:` calls its exception; by default what the file calls most of them"
    }

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may look at the chain itself",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Raise, source: Source) -> Iterator[Finding]:
        if node.exc is None:
            return
        handler = source.handler(node)
        if handler is None:
            if _is_in_nested_function(source, node) and node.cause is None:
                yield self.leave(source, node, _ELSEWHERE)
        elif node.cause is not None:
            if isinstance(node.cause, ast.Constant):
                yield self.leave(source, node, "`from None` hides the context on purpose")
        elif (reason := self._left(source, node, handler)) is not None:
            yield self.leave(source, node, reason)
        else:
            yield self._chain(source, node, handler)

    def _left(self, source: Source, node: ast.Raise, handler: ast.ExceptHandler) -> Why | None:
        reason = _left_alone(source, node, handler) or self.out_of_scope(source)
        if reason is None and pylint_off(source, node):
            return "a pylint comment says that no cause is wanted"
        return reason

    def _chain(self, source: Source, node: ast.Raise, handler: ast.ExceptHandler) -> Finding:
        reason = _asked(source, node, handler)
        if reason is not None:
            return self.review(source, node, reason, _ASK)
        off = rule_switched_off(source, "B904", "raise-missing-from", "W0707")
        if off is not None:
            return self.review(source, node, f"{REASON}, but {off}", _OFF)
        name = handler.name or free_name(source, handler, self.options.name)
        if name is None:
            return self.review(source, node, "no name is free for the exception", _ASK)
        named = name_edit(source, handler, name) if handler.name is None else None
        if handler.name is None and named is None:
            return self.review(
                source, node, "a comment or a line break stands where the name would go", _ASK
            )
        found = self.fix(source, node, REASON, _edits(source, node, handler, name, named))
        text = f"`{last_word(node.exc)}` steers the program, by its name"
        by_name = steers(source, node) is Strength.HINT
        return self.doubt(source, node, found, [source.hint(node, text)] if by_name else [])


def _is_in_nested_function(source: Source, node: ast.Raise) -> bool:
    """In a function that a handler defines (not in a handler of that function)."""
    return any(isinstance(above, ast.ExceptHandler) for above in source.ancestors(node)) and (
        isinstance(node.exc, ast.Call) or is_class(source, node.exc or node)  # type: ignore[arg-type]
    )


def _left_alone(source: Source, node: ast.Raise, handler: ast.ExceptHandler) -> str | None:
    names = {name for name in _exception_names(source, node) if name is not None}
    raised = node.exc
    while isinstance(raised, ast.Call) and isinstance(raised.func, ast.Attribute) and raised.func.attr == "with_traceback":  # fmt: skip
        raised = raised.func.value
    if isinstance(raised, ast.Name) and raised.id in names:
        return f"`{raised.id}` is an exception already handled here, not a new one"
    if steers(source, node) is Strength.PROOF:
        return f"`{last_word(node.exc)}` steers the program: nobody is shown its cause"
    if isinstance(node.exc, (ast.Name, ast.Attribute)):
        made_elsewhere = why_not_new(source, node)
        if made_elsewhere is not None:
            return made_elsewhere
    if handlers.in_finally(source, node, handler):
        return "in a `finally` block another exception may be on its way"
    return None


def _exception_names(source: Source, node: ast.Raise) -> Iterator[str | None]:
    return (above.name for above in source.ancestors(node) if isinstance(above, ast.ExceptHandler))


def _asked(source: Source, node: ast.Raise, handler: ast.ExceptHandler) -> str | None:
    """Why a human is asked what the cause is."""
    doubt = why_not_new(source, node)
    if doubt is not None:
        return doubt
    if handler.type is None:
        return "the bare `except:` catches everything, and has no name for it"
    if handlers.rebinds_name(source, handler, node):
        return f"`{handler.name}` is given another value in the handler"
    return None


def _edits(
    source: Source, node: ast.Raise, handler: ast.ExceptHandler, name: str, named: Edit | None
) -> list[Edit]:
    assert node.exc is not None
    # Its parentheses too, those with a comment beside the expression included.
    end = source.span(node).end
    edits = [source.edit(end, end, f" from {name}")]
    held = named or (_first_hold(source, node, handler))
    return [*edits, held] if held is not None else edits


def _first_hold(source: Source, node: ast.Raise, handler: ast.ExceptHandler) -> Edit | None:
    """One of the handler's raises keeps ` as e`, so that all can be written in one pass."""
    key = (RaiseFrom.name, handler)
    holder = source.memo.setdefault(key, node)
    return handlers.hold_name(source, handler) if holder is node else None
