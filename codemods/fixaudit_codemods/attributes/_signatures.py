"""Signatures without annotations: where one goes, and what a type checker does with the body then."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter

from fixaudit import Edit, Source, Span, memoized
from fixaudit.authoring import default_of, mypy_is_told, own_nodes, own_statements, walk
from fixaudit_codemods.attributes._partial_types import partial_types

Function = ast.FunctionDef | ast.AsyncFunctionDef

_TYPE_COMMENT = re.compile(r"#\s*type:\s*(?!ignore\b)\S")


def returns_of(function: Function) -> list[ast.expr | None]:
    """The value of each `return` statement of the function's own body."""
    return [node.value for node in own_statements(function) if isinstance(node, ast.Return)]


def is_none(value: ast.expr | None) -> bool:
    """True for `return` and `return None`."""
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def is_generator(function: Function) -> bool:
    """True where the function's own body yields: what it gives is something else then."""
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own_nodes(function))


def has_type_comment(source: Source, function: Function) -> bool:
    """True where a comment above the body holds the signature's types already."""
    first = min(function.body[0].lineno, (function.end_lineno or function.lineno))
    lines = (source.line_text(line) for line in range(function.lineno, first + 1))
    return any(_TYPE_COMMENT.search(text) for text in lines)


def says_nothing(statement: ast.stmt) -> bool:
    """True for `...`, `pass` and docstrings."""
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return constant or isinstance(statement, ast.Pass)


def is_complete(node: Function) -> bool:
    """True where all parameters but the first, the receiver, are annotated."""
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args][1:] + arguments.kwonlyargs
    extra = [entry for entry in (arguments.vararg, arguments.kwarg) if entry is not None]
    return all(entry.annotation is not None for entry in [*named, *extra])


def annotated_parameter(source: Source, node: Function, argument: ast.arg, text: str) -> Edit:
    """`: text` behind a parameter, with the spaces around `=` that an annotation asks for."""
    start = source.span(argument).start + len(argument.arg.encode())
    default = default_of(node, argument.arg)
    end = start if default is None else source.span(default).start
    if source.body[start:end].strip() != b"=":  # none, or a parenthesis or comment stands there
        return source.edit(start, start, f": {text}")
    return source.edit(start, end, f": {text} = ")


def return_annotation(source: Source, node: Function, result: str) -> Edit | None:
    """` -> result` behind the parenthesis that closes the parameters."""
    start, end = source.span(node).start, source.span(node.body[0]).start
    text = source.body[start:end].decode("utf-8")
    lines = io.StringIO(text, newline="")
    depth, close = 0, None
    try:
        for token in tokenize.generate_tokens(lines.readline):
            if token.string in ("(", "[", "{"):
                depth += 1
            elif token.string in (")", "]", "}"):
                depth -= 1
                close = token.end
            elif token.string == ":" and depth == 0:
                break
    except (tokenize.TokenError, IndentationError):
        return None
    if close is None:
        return None
    row, column = close
    # The first line of the text begins at the `def`, the others at their own start.
    base = start if row == 1 else source.positions.line_start(node.lineno + row - 1)
    position = base + len(source.slice(Span(base, end))[:column].encode())
    return source.edit(position, position, f" -> {result}")


def unchecked_body(source: Source, function: Function) -> str | None:
    """Why a return annotation may bring a type checker's errors; None where it cannot.

    mypy passes over the bodies of functions without any annotation. Where its settings have it
    check them, it still takes what begins as None or empty in such a body for Any, and reports it
    once the function has an annotation.
    """
    if has_annotation(function):
        return None
    if (settings := mypy_is_told(source, "check_untyped_defs")) is not None:
        if not (partial := partial_types(source, function)):
            return None
        more = f" and {len(partial) - 1} more" if len(partial) > 1 else ""
        return f"it is the first annotation here, and mypy ({settings}) no longer takes `{partial[0]}`{more} for Any"
    if all(_is_beyond_objection(source, function, item) for item in function.body):
        return None
    return "it is the first annotation here, and has mypy check the body from now on"


def has_annotation(function: Function) -> bool:
    """True where some parameter is annotated: mypy checks the body then."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    extra = [entry for entry in (arguments.vararg, arguments.kwarg) if entry is not None]
    return any(entry.annotation is not None for entry in [*every, *extra])


def _is_beyond_objection(source: Source, function: Function, statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise(
            exc=ast.Name() | ast.Call(func=ast.Name(), keywords=[]) as error, cause=None
        ):
            values = error.args if isinstance(error, ast.Call) else []
            func = error.func if isinstance(error, ast.Call) else error
            known = (source.qualified_name(func) or "").startswith("builtins.")
            return known and all(isinstance(item, ast.Constant) for item in values)
        case ast.Return(value=None | ast.Constant()):
            return True
        case ast.Assign(
            targets=[ast.Attribute(value=ast.Name()) as target], value=ast.Constant(value=value)
        ):
            # Of `None` alone a checker infers no type that a later value would fit.
            return value is not None and not _is_set_elsewhere(source, target)
    return says_nothing(statement)


def _is_set_elsewhere(source: Source, target: ast.Attribute) -> bool:
    """True where another value, of a type of its own, may go into an attribute of that name."""
    return _stores(source)[target.attr] > 1


@memoized
def _stores(source: Source) -> Counter[str]:
    """How often the file assigns to attributes of each name."""
    nodes = (node for node in walk(source.tree) if isinstance(node, ast.Attribute))
    return Counter(node.attr for node in nodes if isinstance(node.ctx, ast.Store))
