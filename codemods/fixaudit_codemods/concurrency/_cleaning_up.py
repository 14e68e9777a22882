"""Code that runs while something ends: where a cancellation is seen, and where an application stops."""

from __future__ import annotations

import ast
import re

from fixaudit import Evidence, Source, Strength
from fixaudit.authoring import origin_match

_SEEING = frozenset(
    {"builtins.BaseException", "builtins.GeneratorExit", "asyncio.CancelledError"}
    | {"asyncio.exceptions.CancelledError", "concurrent.futures.CancelledError", "trio.Cancelled"}
)
_TRIES = (ast.Try, ast.TryStar)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_HOOKS = frozenset({"after_serving", "on_shutdown"})
_OF_APPLICATION = re.compile(
    r"(?:fastapi|starlette|quart)(?:\.\w+)+\(\)\.(?:on_event|after_serving|on_shutdown)"
)
_ENDING = frozenset({"__aexit__", "__exit__", "__del__"})
_NAMED = re.compile(
    r"_*(.*_)?(shut_?down|tear_?down|clean_?up|a?close|stop|dispose|terminate|on_exit)(_.*)?"
)


def handler_of_cancellation(source: Source, node: ast.AST) -> Evidence | None:
    """The `except` around `node` that catches a cancellation, or the `finally` that one runs through."""
    match _innermost(source, node):
        case ast.ExceptHandler(type=caught) as handler:
            shown = "except:" if caught is None else f"except {ast.unparse(caught)}"
            return source.proof(
                handler, f"`{shown}` sees a cancellation: an `await` may not return"
            )
        case ast.Try() | ast.TryStar() as finishing:
            text = "a `finally` runs in a cancellation too: an `await` may not return"
            return source.proof(finishing, text)
    return None


def in_finally(source: Source, node: ast.AST) -> bool:
    """True where a `finally` of this function is the innermost of both."""
    return isinstance(_innermost(source, node), _TRIES)


def _innermost(source: Source, node: ast.AST) -> ast.ExceptHandler | ast.Try | ast.TryStar | None:
    """The handler that sees a cancellation, or the `try` in whose `finally` the node stands."""
    child: ast.AST = node
    for above in source.ancestors(node):
        if isinstance(above, ast.ExceptHandler) and _sees(source, above):
            return above
        if isinstance(above, _TRIES) and any(child is entry for entry in above.finalbody):
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
    hooks = [_hook(source, entry) for entry in function.decorator_list]
    if function.name in _ENDING or Strength.PROOF in hooks:
        return source.proof(function, f"`{function.name}` runs at the end, to clean up")
    if Strength.HINT in hooks:
        return source.hint(function, f"by its decorator `{function.name}` runs at the end")
    if _NAMED.fullmatch(function.name):
        return source.hint(function, f"by its name `{function.name}` cleans up")
    return None


def _hook(source: Source, decorator: ast.expr) -> Strength | None:
    """`@app.on_event("shutdown")`, `@app.after_serving`: a proof where `app` is an application."""
    hook, given = decorator, list[ast.expr]()
    if isinstance(decorator, ast.Call):
        hook = decorator.func
        given = [*decorator.args, *(word.value for word in decorator.keywords)]
    named = hook.attr if isinstance(hook, ast.Attribute) else getattr(hook, "id", "")
    says = any(isinstance(entry, ast.Constant) and entry.value == "shutdown" for entry in given)
    if named not in _HOOKS and not says:
        return None
    return Strength.HINT if origin_match(source, hook, _OF_APPLICATION) is None else Strength.PROOF
