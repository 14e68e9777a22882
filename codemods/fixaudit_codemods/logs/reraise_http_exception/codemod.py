"""`except HTTPException: raise` goes before a broad handler that turns a route's own 404 into 500.

`raise HTTPException(404)` inside of `try: … except Exception: raise HTTPException(500)` never gets
to the client: the broad handler takes it for a fault. The new clause lets HTTP errors pass that
were raised on purpose; what clients are told changes, so it is unsafe.

It leaves alone: handlers that raise again or look at the status themselves, HTTP errors that an
inner handler takes or that have the handler's status anyway, and tests. A handler that also cleans
up, or that swallows errors, is for a human: the new clause would skip what it does. A function of
the project that only words the answer is no such thing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

from fixaudit import (
    Access,
    Codemod,
    Edit,
    Finding,
    NeededName,
    ReportMatch,
    Role,
    Source,
    Verdict,
    access,
)
from fixaudit_codemods.logs._http_exceptions import catch_of
from fixaudit_codemods.logs._traceback_logging import is_broad
from fixaudit_codemods.logs.reraise_http_exception._broad_handlers import Fate, fate_of
from fixaudit_codemods.logs.reraise_http_exception._http_errors import HttpError, http_errors

GUIDANCE = (
    "Write `except HTTPException: raise` above the broad handler, and move what must happen in any "
    "case to `finally`."
)


class ReraiseHttpException(Codemod):
    name = "reraise-http-exception"
    code = "FA212"
    triggers = (b"HTTPException", b"Http404", b"abort(", b"web.HTTP", b"NotFound", b"Forbidden")
    visits = (ast.Try,)
    tags = frozenset({"errors", "web"})
    report_match = ReportMatch(
        keywords=(
            ("httpexception", "except exception"),
            ("httpexception", "swallow"),
            ("httpexception", "re-raise"),
            ("404", "becomes 500"),
            ("404", "returned as 500"),
            ("4xx", "500"),
            ("except httpexception", "raise"),
            (
                (
                    "404|not found|4xx|does not exist|not there|nicht gefunden|introuvable|"
                    "no encontrad*"
                ),
                (
                    "500|internal error|server error|internal server error|serverfehler*|"
                    "erreur serveur|erreur interne|error interno|catch-all|swallow*|verschluck*"
                ),
            ),
            (
                "404|httpexception|http exception",
                "exception|catch*|caught|handle|swallow*|500",
            ),
            (
                "500|internal error|internal server error",
                "any exception|every exception|all exceptions|exceptions|instead of|not found",
            ),
        ),
    )

    leaves: ClassVar[dict[Role, str]] = {
        Role.TEST: "a test may want to see what becomes of it",
        Role.VENDORED: "vendored code is not edited here",
    }

    def judge(self, node: ast.Try, source: Source) -> Iterator[Finding]:
        broad = next((entry for entry in node.handlers if is_broad(source, entry)), None)
        if broad is None:
            return
        errors = [
            error for error in http_errors(source, node.body) if _taker(source, error) is broad
        ]
        if errors:
            yield self._judge(source, broad, errors)

    def _judge(self, source: Source, broad: ast.ExceptHandler, errors: list[HttpError]) -> Finding:
        fate = fate_of(source, broad)
        kept = fate.kept or self.out_of_scope(source)
        if kept is not None:
            return self.leave(source, broad, kept)
        changed = [error for error in errors if error.status is None or error.status != fate.status]
        if fate.doubt is None and not changed:
            reason = "what is raised here has the status of the handler anyway"
            return self.leave(source, broad, reason)
        lost = _lost((changed or errors)[0])
        if fate.doubt is not None:
            return self.review(source, broad, f"{lost} is caught here, but {fate.doubt}", GUIDANCE)
        return self._insert(source, broad, errors, f"{lost} becomes {fate.status}", fate)

    def _insert(
        self,
        source: Source,
        broad: ast.ExceptHandler,
        errors: list[HttpError],
        reason: str,
        fate: Fate,
    ) -> Finding:
        reached = [_reach(source, broad, error) for error in errors]
        texts = list(dict.fromkeys(entry.text for entry in reached if entry is not None))
        if None in reached:
            return self.review(source, broad, f"{reason}, and its class has no name here", GUIDANCE)
        needed_names: list[NeededName] = [
            wish for entry in reached if entry is not None for wish in entry.needed_names
        ]
        caught = texts[0] if len(texts) == 1 else f"({', '.join(texts)})"
        found = self.unsafe(source, broad, reason, [_clause(source, broad, caught)], needed_names)
        return self.doubt(source, broad, found, fate.hints, Verdict.UNSAFE)


def _lost(error: HttpError) -> str:
    status = f"{error.status}" if error.status is not None else "HTTP error"
    line = getattr(error.node, "lineno", 0)
    return (
        f"the {status} of `{error.by}` in line {line}"
        if error.by
        else f"the {status} of line {line}"
    )


# ----------------------------------------------------------------------- who catches what


def _taker(source: Source, error: HttpError) -> ast.ExceptHandler | None:
    """The handler that takes an error first, in the same function."""
    child = error.node
    for above in source.ancestors(error.node):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return None
        if isinstance(above, ast.Try) and child in above.body:
            for handler in above.handlers:
                if is_broad(source, handler) or _takes(source, handler, error):
                    return handler
        if isinstance(above, ast.TryStar) or _suppresses(above):
            return None
        child = above
    return None


def _takes(source: Source, handler: ast.ExceptHandler, error: HttpError) -> bool:
    """True for a handler of HTTP errors, or of the very class that is raised."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for kind in kinds:
        if kind is None or catch_of(source, kind) is not None:
            return True
        if not isinstance(kind, (ast.Name, ast.Attribute)):
            return True
        qualified = source.qualified_name(kind) or ""
        if not qualified.startswith("builtins.") and not error.written:
            # A class of the project may be the base of the one that is raised.
            return True
    return False


def _suppresses(node: ast.AST) -> bool:
    return isinstance(node, (ast.With, ast.AsyncWith)) and any(
        "suppress" in ast.unparse(item.context_expr) for item in node.items
    )


# ------------------------------------------------------------------------------ the edit


def _reach(source: Source, broad: ast.ExceptHandler, error: HttpError) -> Access | None:
    """How the new clause names the class: as the `raise` does, or by an import."""
    written = error.written
    if written is not None and not _bound_inside(source, broad, written):
        return Access(source.segment(written))
    return access(source, broad, *error.catch)


def _bound_inside(source: Source, broad: ast.ExceptHandler, written: ast.expr) -> bool:
    """True where the name is bound in the `try` itself: the clause may come before that."""
    root = written
    while isinstance(root, ast.Attribute):
        root = root.value
    tried = source.parent(broad)
    assert tried is not None
    span = source.span(tried)
    return isinstance(root, ast.Name) and any(
        span.start <= source.span(entry.statement).start < span.end
        for entry in source.lookup(root.id, root)
        if isinstance(entry.statement, ast.stmt)
    )


def _clause(source: Source, broad: ast.ExceptHandler, caught: str) -> Edit:
    """The new clause above the handler, and above the comments that lead to it."""
    text = source.line_text(broad.lineno)
    indent = text[: len(text) - len(text.lstrip(" \t\f"))]
    line = broad.lineno
    while line > 1 and source.line_text(line - 1).startswith(f"{indent}#"):
        line -= 1
    start = source.positions.line_start(line)
    inner = _inner_indent(source, broad, indent)
    return source.edit(start, start, f"{indent}except {caught}:\n{inner}raise\n")


def _inner_indent(source: Source, broad: ast.ExceptHandler, indent: str) -> str:
    tried = source.parent(broad)
    assert isinstance(tried, ast.Try)
    for block, above in ((broad.body, broad.lineno), (tried.body, tried.lineno)):
        if block[0].lineno > above:
            return source.indent(block[0])
    return indent + ("\t" if indent.endswith("\t") else "    ")
