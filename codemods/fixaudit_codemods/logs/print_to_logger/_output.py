"""One output: the prints of a function, and of those that it alone calls, go or stay together."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from fixaudit import Evidence, Reach, Source, memoized
from fixaudit.authoring import Function, walk
from fixaudit_codemods.logs.print_to_logger._message import terminal_layout
from fixaudit_codemods.logs.print_to_logger._severity import EXITS, to_stderr

# What a print says of the others ends here: a long function holds more than one output.
LINES_OF_ONE_OUTPUT = 80
LINES_AROUND = 15


def stays(source: Source, call: ast.Call) -> str | None:
    """Why a print is a program's output by itself: what it shows, and what follows it."""
    if ends_the_program(source, call):
        return "it goes to stderr before the program exits: for who runs it"
    if _is_encoding_fallback(source, call):
        return "it is there for a stream that cannot encode the text"
    if is_listing(source, call):
        return "a listing that is printed line by line"
    return terminal_layout(source, call.args)


def one_output(source: Source, call: ast.Call) -> Evidence | None:
    """The print of the same output that stays by itself, as evidence for this one."""
    function = source.function(call)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    is_short = _is_short(function)
    for other, reason in _staying(source, function):
        if other is not call and (is_short or abs(other.lineno - call.lineno) <= LINES_AROUND):
            return _together(source, other, reason)
    caller = _only_caller(source, function)
    if caller is not None:
        for other, reason in _staying(source, caller):
            return _together(source, other, reason)
    return None


@memoized
def output_of(source: Source, function: Function) -> dict[ast.Call, str]:
    """The prints of a function by the output that each is a part of, under a name of that output.

    A short function prints one; in a long one the prints that stand near each other are one. What a
    function prints joins the output of the only one that calls it, where that prints too.
    """
    calls = list(_prints(source, function))
    outermost = _outermost(source, function)
    if outermost is not function:
        return dict.fromkeys(calls, next(iter(output_of(source, outermost).values())))
    found: dict[ast.Call, str] = {}
    name, last = "", 0
    for call in sorted(calls, key=lambda call: call.lineno):
        if not name or (not _is_short(function) and call.lineno - last > LINES_AROUND):
            name = f"{function.name}:{call.lineno}"
        found[call], last = name, call.lineno
    return found


def _outermost(source: Source, function: Function) -> Function:
    """The function whose output this one's prints are a part of: over the only callers that print."""
    found = _known_outermost(source)
    passed = {function: None}
    at = function
    while at not in found:
        caller = _only_caller(source, at)
        if caller is None or caller in passed or not any(_prints(source, caller)):
            break
        passed[at := caller] = None
    outermost = found.get(at, at)
    found.update(dict.fromkeys(passed, outermost))
    return outermost


@memoized
def _known_outermost(source: Source) -> dict[Function, Function]:
    return {}


def _is_short(function: Function) -> bool:
    return (function.end_lineno or 0) - function.lineno <= LINES_OF_ONE_OUTPUT


def _together(source: Source, other: ast.Call, reason: str) -> Evidence:
    text = f"one output with line {other.lineno}: {reason}"
    return source.proof(other, text, Reach.FUNCTION)


@memoized
def _staying(source: Source, function: Function) -> tuple[tuple[ast.Call, str], ...]:
    """The prints of a function that stay by themselves."""
    found = ((call, stays(source, call)) for call in _prints(source, function))
    return tuple((call, reason) for call, reason in found if reason is not None)


def _prints(source: Source, function: Function) -> Iterator[ast.Call]:
    for node in walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "print" and source.function(node) is function:
                yield node


@memoized
def _only_caller(source: Source, function: Function) -> Function | None:
    """The one function that uses a function of the module; None for several, or other modules."""
    name = function.name
    if source.parent(function) is not source.tree:
        return None
    around = {
        source.function(node)
        for node in source.nodes(ast.Name)
        if node.id == name and isinstance(node.ctx, ast.Load)
    } - {function}
    caller = around.pop() if len(around) == 1 else None
    if not isinstance(caller, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    last = source.module.rpartition(".")[2]
    own = source.project.facts_of_source(source).path
    users = source.project.users(name, [last])
    return None if any(item.path != own for item in users) else caller


def ends_the_program(source: Source, call: ast.Call) -> bool:
    """True for a print to stderr that an exit follows, other prints in between."""
    if not to_stderr(source, call):
        return False
    statement = source.statement(call)
    block = source.block(statement)
    position = block.index(statement)
    for following in block[position + 1 :]:
        match following:
            case ast.Raise(exc=exc):
                called = exc.func if isinstance(exc, ast.Call) else exc
                return called is not None and source.qualified_name(called) == "builtins.SystemExit"
            case ast.Expr(value=ast.Call(func=func)):
                if source.qualified_name(func) in EXITS:
                    return True
                if not (isinstance(func, ast.Name) and func.id == "print"):
                    return False
            case _:
                return False
    return False


def _is_encoding_fallback(source: Source, call: ast.Call) -> bool:
    """True in a `try` or handler for streams that cannot encode what is printed."""
    for above in source.ancestors(call):
        handlers = above.handlers if isinstance(above, ast.Try) else []
        if any(_names_encoding(source, handler) for handler in handlers):
            return True
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            return False
    return False


def _names_encoding(source: Source, handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and any(
        isinstance(node, ast.Name) and node.id in ("UnicodeEncodeError", "UnicodeError")
        for node in ast.walk(handler.type)
    )


def is_listing(source: Source, call: ast.Call) -> bool:
    """True for `for line in lines: print(line)`: output, not a message."""
    statement = source.statement(call)
    loop = source.parent(statement)
    if not isinstance(loop, ast.For) or len(loop.body) != 1 or loop.orelse:
        return False
    target = loop.target
    if len(call.args) != 1 or not isinstance(target, ast.Name):
        return False
    if any(word in target.id for word in ("err", "warn", "problem", "exc")):
        return False
    match call.args[0]:
        case ast.Name(id=name):
            return name == target.id
        case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id=name), format_spec=None)]):
            return name == target.id
    return False
