"""What a function does with the text of a parameter before it uses it: refuses it, or converts it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixaudit.model.evidence import Evidence, Reach
from fixaudit.semantics.signatures import own_nodes
from fixaudit.source.source import Function, Source

CONVERSIONS = {
    "UUID": "UUID",
    "int": "int",
    "float": "float",
    "Decimal": "Decimal",
    "ObjectId": "PydanticObjectId",
    "PydanticObjectId": "PydanticObjectId",
    "fromisoformat": "date",
}
"""The type that a parameter may have in place of a text that such a call is made with."""

_MATCHING = frozenset({"match", "fullmatch", "search"})
_CLASSES = frozenset({"isdigit", "isdecimal", "isalnum", "isalpha", "isidentifier", "isnumeric"})
_CHECK = re.compile(
    r"_*(?:validate|verify|check|sanitize|normali[sz]e|ensure|assert|parse|is_valid|clean|safe|secure)(?:_\w+)?",
    re.IGNORECASE,
)


def refusal_of(source: Source, function: Function, name: str) -> Evidence | None:
    """Where a function refuses texts of a parameter that are not as they should be.

    A proof for a test that always runs and ends in an exception or a return, and for a conversion
    whose exception is handled; a hint for a call that is named like a check. None where nothing of the
    kind is seen: another function may check it all the same.
    """
    hint: Evidence | None = None
    for node in own_nodes(function):
        if _refuses(source, node, name) and _always_runs(source, function, node):
            line = source.lines_of(node)[0]
            return source.proof(node, f"line {line} checks `{name}`", Reach.FUNCTION)
        if isinstance(node, ast.Call) and _CHECK.fullmatch(_last(node.func)):
            values = [*node.args, *(word.value for word in node.keywords)]
            if any(_is_name(entry, name) for entry in values):
                text = f"`{_last(node.func)}` may check it, by its name"
                hint = hint or source.hint(node, text, Reach.FUNCTION)
    return hint


def conversion_of(source: Source, function: Function, name: str) -> ast.Call | None:
    """The call that makes a number, a UUID, … of a parameter's text, where nothing guards it.

    Any other text ends in its exception. None where there is none, where a test of the parameter
    stands around it, and where the exception is handled.
    """
    for node in own_nodes(function):
        if isinstance(node, ast.Call) and _converts(node, name):
            if not _is_caught(source, node) and not _is_tested(source, node, name):
                return node
    return None


def _refuses(source: Source, node: ast.AST, name: str) -> bool:
    match node:
        case ast.Compare(left=left, ops=[ast.NotIn()]):
            return _is_name(left, name) and _raises(source, node)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _CLASSES:
            return _is_name(value, name) and _raises(source, node)
        case ast.Call(func=func, args=args) if _last(func) in _MATCHING:
            if not any(_is_name(entry, name) for entry in args):
                return False
            return _raises(source, node) or isinstance(source.statement(node), ast.Assign)
        case ast.Call():
            return _converts(node, name) and _is_caught(source, node)
    return False


def _raises(source: Source, node: ast.AST) -> bool:
    statement = source.statement(node)
    if not isinstance(statement, ast.If):
        return False
    return isinstance(statement.body[-1], (ast.Raise, ast.Return))


def _converts(call: ast.Call, name: str) -> bool:
    plain = len(call.args) == 1 and not call.keywords
    return plain and _last(call.func) in CONVERSIONS and _is_name(call.args[0], name)


def _always_runs(source: Source, function: Function, node: ast.AST) -> bool:
    """True where nothing but a `try` or a `with` stands between the function and the statement."""
    between = _up_to(source, function, source.statement(node))
    return all(isinstance(above, (ast.Try, ast.With, ast.AsyncWith)) for above in between)


def _is_caught(source: Source, node: ast.AST) -> bool:
    child = node
    for above in _up_to(source, source.function(node), node):
        if isinstance(above, ast.Try) and any(child is entry for entry in above.body):
            return bool(above.handlers)
        child = above
    return False


def _is_tested(source: Source, node: ast.AST, name: str) -> bool:
    for above in _up_to(source, source.function(node), node):
        test = above.test if isinstance(above, (ast.If, ast.IfExp, ast.While)) else None
        if test is not None and any(_is_name(part, name) for part in ast.walk(test)):
            return True
    return False


def _up_to(source: Source, end: ast.AST | None, node: ast.AST) -> Iterator[ast.AST]:
    for above in source.ancestors(node):
        if above is end:
            return
        yield above


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
