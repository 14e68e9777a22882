"""`raise e` (or `raise e from e`) of the exception being handled becomes a bare `raise`.

Naming the exception again adds a second line for the same frame to its traceback, and `from e`
makes it its own cause. A bare `raise` passes on what came in, as it came. Where nothing else uses
the name, `as e` goes with it.

It leaves alone: another exception than the one being handled (an outer handler's, a wrapped or a
stored one), `from None` and other causes, code that runs after the handler, `except*`, `finally`
blocks (where a bare `raise` may pass on another exception), tracebacks that the handler has
replaced, and tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import Codemod, Edit, Finding, ReportMatch, Role, Source, handlers, memoized

_CHANGES_TRACEBACK = frozenset({"__traceback__", "with_traceback"})


class BareReraise(Codemod):
    name = "bare-reraise"
    code = "FA202"
    triggers = (b"raise ", b"raise(")
    visits = (ast.Raise,)
    may_enable_others = False
    tags = frozenset({"errors"})
    equivalent_codes = ("TRY201",)
    report_match = ReportMatch(
        rules=("TRY201", "verbose-raise"),
        keywords=(
            ("raise e from e",),
            ("raise e", "bare raise"),
            ("raise e", "traceback"),
            ("bare raise", "re-raise"),
            ("verbose raise",),
            (
                "re-raise*|reraise*|raised again|rethrow*|erneut geworfen",
                "plain raise|bare raise|raise e|by name|by its name|variable",
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may look at the traceback itself",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Raise, source: Source) -> Iterator[Finding]:
        handler = _handler_named(source, node)
        if handler is None:
            return
        reason = _left_alone(source, node, handler)
        if reason is not None:
            yield self.leave(source, node, reason)
            return
        if b"#" in source.body[source.span(node).start : source.span(node).end]:
            reason = f"{_reason(node)}; a comment stands inside"
            yield self.review(source, node, reason, "move the comment, then write a bare `raise`")
            return
        yield self.fix(source, node, _reason(node), _edits(source, node, handler))


def _handler_named(source: Source, node: ast.Raise) -> ast.ExceptHandler | None:
    """The handler, the innermost or one further out, whose exception's name is raised."""
    raised = _raised_name(node)
    if raised is None:
        return None
    for above in source.ancestors(node):
        if isinstance(above, ast.ExceptHandler) and above.name == raised:
            return above
    return None


def _raised_name(node: ast.Raise) -> str | None:
    """`e` of `raise e` and of `raise e.with_traceback(…)`."""
    match node.exc:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="with_traceback")):
            return name
    return None


def _left_alone(source: Source, node: ast.Raise, handler: ast.ExceptHandler) -> str | None:
    name = handler.name
    if source.handler(node) is None:
        return "it runs in a function of its own, perhaps after the handler"
    if source.handler(node) is not handler:
        if source.function(node) is not source.function(handler):
            return "it runs in a function of its own, perhaps after the handler"
        return f"a bare `raise` here would pass on the inner exception, not `{name}`"
    if not isinstance(node.exc, ast.Name):
        return "it sets the traceback on purpose"
    if isinstance(node.cause, ast.Constant):
        return "`from None` hides the context on purpose"
    if node.cause is not None and not (isinstance(node.cause, ast.Name) and node.cause.id == name):
        return f"it gives `{name}` another cause"
    if isinstance(source.parent(handler), ast.TryStar):
        return "in `except*` a bare `raise` regroups the exceptions"
    if handlers.in_finally(source, node, handler):
        return "in a `finally` block another exception may be on its way"
    if handlers.rebinds_name(source, handler, node, by_handlers=False):
        return f"`{name}` is given another value in the handler"
    if _replaces_traceback(handler):
        return "the handler changes the traceback"
    return None


def _replaces_traceback(handler: ast.ExceptHandler) -> bool:
    for statement in handler.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute) and node.attr in _CHANGES_TRACEBACK:
                called = node.attr == "with_traceback"
                if called or not isinstance(node.ctx, ast.Load):
                    return True
    return False


def _reason(node: ast.Raise) -> str:
    if node.cause is not None:
        return "it makes the exception its own cause"
    return "it names the exception being handled, which a bare `raise` passes on as it is"


def _edits(source: Source, node: ast.Raise, handler: ast.ExceptHandler) -> list[Edit]:
    alike = _uses_by_raise(source, handler)
    own = next(uses for statement, uses in alike if statement is node)
    released = handlers.release_name(source, handler, own, [uses for _, uses in alike])
    return [source.replace(node, "raise"), *released]


@memoized
def _uses_by_raise(
    source: Source, handler: ast.ExceptHandler
) -> list[tuple[ast.Raise, list[ast.Name]]]:
    """The statements of the handler that become a bare `raise`, each with its uses of the name."""
    uses = handlers.name_uses(handler)
    raises = {source.parent(use): None for use in uses}
    return [
        (statement, [use for use in uses if source.parent(use) is statement])
        for statement in raises
        if isinstance(statement, ast.Raise)
        and _handler_named(source, statement) is handler
        and _left_alone(source, statement, handler) is None
    ]
