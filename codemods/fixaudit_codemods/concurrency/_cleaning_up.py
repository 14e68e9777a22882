"""Code that runs while something ends: where a cancellation is seen, and where an application stops."""

from __future__ import annotations

import ast
import re

from fixaudit import Evidence, Source

_SEEING = frozenset(
    {"builtins.BaseException", "builtins.GeneratorExit", "asyncio.CancelledError"}
    | {"asyncio.exceptions.CancelledError", "concurrent.futures.CancelledError", "trio.Cancelled"}
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_ENDING = frozenset({"__aexit__", "__exit__", "aclose", "__del__"})
_NAMED = re.compile(
    r"_*(.*_)?(shut_?down|tear_?down|clean_?up|close|stop|dispose|terminate|on_exit)(_.*)?"
)


def handler_of_cancellation(source: Source, node: ast.AST) -> Evidence | None:
    """The `except` around `node` that catches a cancellation, or the `finally` that one runs through."""
    match _innermost(source, node):
        case ast.ExceptHandler(type=caught) as handler:
            shown = "except:" if caught is None else f"except {ast.unparse(caught)}"
            return source.proof(
                handler, f"`{shown}` sees a cancellation: an `await` may not return"
            )
        case ast.Try() as finishing:
            text = "a `finally` runs in a cancellation too: an `await` may not return"
            return source.proof(finishing, text)
    return None


def in_finally(source: Source, node: ast.AST) -> bool:
    """True where a `finally` of this function is the innermost of both."""
    return isinstance(_innermost(source, node), ast.Try)


def _innermost(source: Source, node: ast.AST) -> ast.ExceptHandler | ast.Try | None:
    """The handler that sees a cancellation, or the `try` in whose `finally` the node stands."""
    child: ast.AST = node
    for above in source.ancestors(node):
        if isinstance(above, ast.ExceptHandler) and _sees(source, above):
            return above
        if isinstance(above, ast.Try) and any(child is entry for entry in above.finalbody):
            return above
        if isinstance(above, _FUNCTIONS):
            return None
        child = above
    return None


def _sees(source: Source, handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(source.qualified_name(entry) in _SEEING for entry in caught)


def ending(source: Source, node: ast.AST) -> Evidence | None:
    """What shows that `node` runs at the end of something: a proof, or a function's name."""
    found = handler_of_cancellation(source, node)
    if found is not None:
        return source.proof(node, "it cleans up: how many there are was decided before")
    function = source.function(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    if function.name in _ENDING or any(map(_on_shutdown, function.decorator_list)):
        return source.proof(function, f"`{function.name}` runs at the end, to clean up")
    if _NAMED.fullmatch(function.name):
        return source.hint(function, f"by its name `{function.name}` cleans up")
    return None


def _on_shutdown(decorator: ast.expr) -> bool:
    """`@app.on_event("shutdown")`, `@app.after_serving`."""
    words = [node.value for node in ast.walk(decorator) if isinstance(node, ast.Constant)]
    return "shutdown" in words or ast.unparse(decorator).endswith(("after_serving", "on_shutdown"))
