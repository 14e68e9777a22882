"""Whether an exception's traceback is, or should be, logged in its handler, and by which call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit import Source
from fixaudit.authoring import children
from fixaudit_codemods.logs._http_exceptions import catch_of
from fixaudit_codemods.logs._message_cleaning import level_of, logger_kind

_BROAD = frozenset({"builtins.Exception", "builtins.BaseException"})
_ENDS = frozenset({"sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit"})
_ATTEMPTS = re.compile(r"attempt|retr(?:y|ies)|tries|backoff", re.IGNORECASE)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def is_broad(source: Source, handler: ast.ExceptHandler) -> bool:
    """True for a bare `except:`, and for `Exception` or `BaseException`, alone or in a tuple."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or _names_broad(source, kind) for kind in kinds)


def _names_broad(source: Source, kind: ast.expr) -> bool:
    """No module that is imported by `*` calls something else `Exception`."""
    if source.qualified_name(kind) in _BROAD:
        return True
    if not isinstance(kind, ast.Name) or f"builtins.{kind.id}" not in _BROAD:
        return False
    return all(binding.kind == "star" for binding in source.lookup(kind.id, kind))


def own_nodes(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    """The nodes that run with the statements: not those of functions and classes defined there."""
    todo: list[ast.AST] = list(reversed(statements))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, _FUNCTIONS):
            todo.extend(reversed(children(node)))


def leaves_by(source: Source, handler: ast.ExceptHandler) -> str | None:
    """How a handler passes the exception on or ends the program; None where it goes on."""
    for node in own_nodes(handler.body):
        if isinstance(node, ast.Raise) and not _answers(source, node):
            return f"the handler raises in line {node.lineno}: who catches that logs the traceback"
        if isinstance(node, ast.Call) and source.qualified_name(node.func) in _ENDS:
            return f"line {node.lineno} ends the program: the message is for who started it"
    return None


def _answers(source: Source, node: ast.Raise) -> bool:
    """True for an HTTP error: the framework answers with it and logs no traceback."""
    cls = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return cls is not None and catch_of(source, cls) is not None


def tries_again(source: Source, handler: ast.ExceptHandler) -> bool:
    """True in a loop of attempts, each of which would log a traceback of its own."""
    loop = source.loop(handler)
    if loop is None:
        return False
    shown = [loop.target, loop.iter] if isinstance(loop, (ast.For, ast.AsyncFor)) else [loop.test]
    texts = [source.segment(entry) for entry in shown]
    if isinstance(loop, ast.While):
        texts += [source.segment(entry) for entry in handler.body]
    return any(_ATTEMPTS.search(text) for text in texts)


def logs_traceback(source: Source, call: ast.Call) -> bool:
    """True for `.exception(…)`, true `exc_info`, Loguru's `opt(exception=…)`, and `traceback.…`."""
    if (source.qualified_name(call.func) or "").startswith("traceback."):
        return True
    for word in call.keywords:
        if word.arg in ("exc_info", "exception") and not _is_off(word.value):
            return True
    is_exception = level_of(source, call) in ("exception", "aexception")
    return is_exception and logger_kind(source, call) is not None


def _is_off(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def logged_by(source: Source, handler: ast.ExceptHandler, call: ast.Call) -> int | None:
    """The line of another call that logs the traceback when `call` runs too; None for none."""
    for node in own_nodes(handler.body):
        if not isinstance(node, ast.Call) or not logs_traceback(source, node):
            continue
        if node is call or not exclusive(source, node, call):
            return node.lineno
    return None


def exclusive(source: Source, one: ast.AST, other: ast.AST) -> bool:
    """True where two places stand in different branches of an `if`, `match` or `try`."""
    branches = dict(_branches(source, one))
    for above, branch in _branches(source, other):
        if above in branches:
            return branches[above] != branch
    return False


def _branches(source: Source, node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """The statements with branches around a node, innermost first, and the branch it stands in."""
    child = node
    for above in source.ancestors(node):
        if isinstance(above, ast.If):
            branch = "body" if child in above.body else "else" if child in above.orelse else "test"
            yield above, branch
        elif isinstance(above, ast.Match):
            yield above, str(above.cases.index(child)) if child in above.cases else "subject"
        elif isinstance(above, (ast.Try, ast.TryStar)) and child in above.handlers:
            yield above, str(above.handlers.index(child))
        child = above
