"""Whether a function of the project gives back the text of an exception that it is handed."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from fixaudit import Source
from fixaudit.authoring import FunctionFacts, definition_of, own_nodes

_TEXTS = frozenset({"args", "detail", "message", "msg", "reason", "strerror"})
"""Attributes of an exception that hold its words."""
_SILENT = frozenset({"bool", "callable", "hasattr", "hash", "id", "isinstance", "len", "type"})
"""Builtins that tell nothing of the text."""
_WORDING = frozenset({"format", "getattr", "repr", "str"})
_OF_TEXTS = frozenset(
    {"capitalize", "format", "join", "lower", "replace", "rstrip", "split", "splitlines", "strip"}
    | {"title", "upper"}
)
_ACTS = (ast.Await, ast.Delete, ast.Global, ast.Nonlocal, ast.Raise, ast.With, ast.AsyncWith)


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What a function gives back of the exception: its text at `line` (0: nowhere, None: not known),
    in every `return` where `always`; `quiet` says that it does nothing else, so that a call can go.
    """

    function: FunctionFacts
    line: int | None
    always: bool = False
    quiet: bool = False

    def worded(self, source: Source, call: ast.Call) -> str:
        """What makes a text that is not to be told, and where to change it."""
        shown = source.shown(self.function.path)
        where = f"line {self.line}" if shown == source.path else f"{shown}:{self.line}"
        place = f" ({where})" if self.line else ""
        return f"`{ast.unparse(call.func)}` makes the text: change what it gives back{place}"


def given_back(source: Source, call: ast.Call, argument: ast.expr) -> GivenBack | None:
    """What comes back of an argument; None for what is no function of the project."""
    found = definition_of(source, call.func)
    if not isinstance(found, FunctionFacts):
        return None
    name = _parameter(found, call, argument)
    if not name or found.decorators or found.is_async or found.is_generator:
        return GivenBack(found, None)
    nodes = list(own_nodes(found.node))
    names, known = {name}, True
    for node in nodes:
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            told = _tells(node.value, names)
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            known = known and (told is False or all(isinstance(e, ast.Name) for e in targets))
            names |= {e.id for e in targets if told is not False and isinstance(e, ast.Name)}
            known = known and told is not None
    returns = [node for node in nodes if isinstance(node, ast.Return)]
    answers = [_tells(node.value, names) for node in returns]
    line = next((e.lineno for e, told in zip(returns, answers, strict=True) if told), 0)
    if not known or (None in answers and not line):
        return GivenBack(found, None)
    return GivenBack(found, line, bool(answers) and all(answers), all(map(_is_quiet, nodes)))


def _parameter(function: FunctionFacts, call: ast.Call, argument: ast.expr) -> str:
    word = next((each.arg for each in call.keywords if each.value is argument), None)
    if argument not in call.args or any(isinstance(e, ast.Starred) for e in call.args):
        return word or ""
    plain = function.node.args.posonlyargs + function.node.args.args
    at = call.args.index(argument) + function.binds_receiver
    return plain[at].arg if at < len(plain) else ""


def _tells(node: ast.expr | None, names: set[str]) -> bool | None:
    """True where the value holds the text of what one of the names is; None where that is not known."""
    match node:
        case ast.Name():
            return node.id in names
        case ast.Attribute():
            return node.attr in _TEXTS and _tells(node.value, names)
        case ast.Compare() | ast.Constant() | None:
            return False
        case ast.IfExp():
            return _any(_tells(part, names) for part in (node.body, node.orelse))
        case ast.Call(func=ast.Name(id=called)) if called in _SILENT:
            return False
        case ast.Call():
            func = node.func
            parts = [*node.args, *(word.value for word in node.keywords)]
            if isinstance(func, ast.Attribute):
                parts.append(func.value)
            told = _any(_tells(part, names) for part in parts)
            is_known = getattr(func, "id", "") in _WORDING or getattr(func, "attr", "") in _OF_TEXTS
            return told if told is False or is_known else None
        case ast.Lambda() | ast.NamedExpr() | ast.Await():
            return None
    parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
    return _any(_tells(part, names) for part in parts)


def _any(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return True if True in found else None if None in found else False


def _is_quiet(node: ast.AST) -> bool:
    """True for what only words a text."""
    if isinstance(node, ast.Call):
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return called in _SILENT | _WORDING | _OF_TEXTS
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return isinstance(node.ctx, ast.Load)
    return not isinstance(node, _ACTS)
