"""The keywords that reach a call: its own, and those of the dicts that flow into `**options`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from fixaudit.semantics.signatures import own_nodes
from fixaudit.source.source import Source
from fixaudit.source.uses import variable_uses
from fixaudit.syntax.namespace import Binding

_DEPTH = 4
_READS = frozenset({"get", "pop", "items", "keys", "values", "copy"})


@dataclass(frozen=True, slots=True)
class GivenKeyword:
    """One place that gives a keyword: in a call, in a dict's display, or `options["key"] = value`."""

    value: ast.expr
    place: ast.Call | ast.Dict | ast.Assign


@dataclass
class CallKeywords:
    """What is given, by keyword; `unread` is the first thing that may bring more, and `shared` the
    first use of a dict that is none of a call's keywords."""

    given: dict[str, list[GivenKeyword]] = field(default_factory=dict)
    unread: ast.expr | None = None
    shared: ast.expr | None = None

    def values(self, name: str) -> list[ast.expr]:
        return [each.value for each in self.given.get(name, ())]


def keywords_of(source: Source, call: ast.Call) -> CallKeywords:
    """All keywords that may reach the call, with the places that give them.

    Followed are dicts of this file: displays, `dict(…)`, names with what is put under their keys, and
    functions that return one. What comes from elsewhere is `unread`.
    """
    return _KeywordReader(source).read(call)


class _KeywordReader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.found = CallKeywords()
        self.seen: set[ast.AST] = set()

    def read(self, call: ast.Call) -> CallKeywords:
        if any(isinstance(each, ast.Starred) for each in call.args):
            self.found.unread = call.args[0]
        self._words(call, 0)
        return self.found

    def _words(self, call: ast.Call, depth: int) -> None:
        for word in call.keywords:
            if word.arg is None:
                self._mapping(word.value, depth)
            else:
                self._note(word.arg, word.value, call)

    def _note(self, name: str, value: ast.expr, place: ast.Call | ast.Dict | ast.Assign) -> None:
        self.found.given.setdefault(name, []).append(GivenKeyword(value, place))

    def _mapping(self, value: ast.expr, depth: int) -> None:
        """What an expression unpacked as `**value` brings."""
        if value in self.seen:
            return
        self.seen.add(value)
        if depth > _DEPTH:
            self._not_read(value)
        elif isinstance(value, ast.Dict):
            self._display(value, depth)
        elif isinstance(value, ast.IfExp):
            self._mapping(value.body, depth + 1)
            self._mapping(value.orelse, depth + 1)
        elif isinstance(value, ast.Name):
            self._named(value, depth)
        elif isinstance(value, ast.Call):
            self._called(value, depth)
        else:
            self._not_read(value)

    def _not_read(self, value: ast.expr) -> None:
        self.found.unread = self.found.unread or value

    def _display(self, display: ast.Dict, depth: int) -> None:
        for key, value in zip(display.keys, display.values, strict=True):
            if key is None:
                self._mapping(value, depth + 1)
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                self._note(key.value, value, display)
            else:
                self._not_read(display)

    def _called(self, call: ast.Call, depth: int) -> None:
        if self.source.qualified_name(call.func) == "builtins.dict":
            for argument in call.args:
                self._mapping(argument, depth + 1)
            self._words(call, depth + 1)
            return
        function = self._function(call.func)
        if function is None:
            self._not_read(call)
            return
        for node in own_nodes(function):
            if isinstance(node, ast.Return) and node.value is not None:
                self._mapping(node.value, depth + 1)

    def _function(self, func: ast.expr) -> ast.FunctionDef | None:
        bindings = self.source.lookup(func.id, func) if isinstance(func, ast.Name) else []
        node = bindings[0].node if len(bindings) == 1 else None
        plain = isinstance(node, ast.FunctionDef) and not node.decorator_list
        return node if plain and isinstance(node, ast.FunctionDef) else None

    def _named(self, name: ast.Name, depth: int) -> None:
        scope, bindings = self.source.scopes.lookup(name.id, name)
        if scope is None or not bindings or not all(map(_is_plain, bindings)):
            self._not_read(name)
            return
        for binding in bindings:
            assert binding.value is not None
            self._mapping(binding.value, depth + 1)
        for use in variable_uses(self.source, scope, name.id):
            if use not in self.seen:
                self.seen.add(use)
                self._use(use, depth)

    def _use(self, use: ast.Name, depth: int) -> None:
        """One use of a dict's name: it adds keywords, reads, or hands the dict on."""
        above = self.source.parent(use)
        match above:
            case ast.Subscript(slice=ast.Constant(value=str(key)), ctx=ast.Store()):
                statement = self.source.parent(above)
                if isinstance(statement, ast.Assign) and statement.targets == [above]:
                    self._note(key, statement.value, statement)
                else:
                    self._not_read(use)
            case ast.Subscript(ctx=ast.Store()):
                self._not_read(use)
            case ast.Subscript() | ast.Compare() | ast.Return():
                pass
            case ast.Attribute(attr=method):
                self._method(use, method, self.source.parent(above), depth)
            case ast.keyword(arg=None) | ast.Dict() | ast.If() | ast.IfExp():
                pass
            case _:
                self.found.shared = self.found.shared or use

    def _method(self, use: ast.Name, method: str, call: ast.AST | None, depth: int) -> None:
        if not isinstance(call, ast.Call):
            self._not_read(use)
        elif method == "update":
            for argument in call.args:
                self._mapping(argument, depth + 1)
            self._words(call, depth + 1)
        elif method == "setdefault" and len(call.args) == 2:
            key = call.args[0]
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                self._note(key.value, call.args[1], call)
        elif method not in _READS:
            self._not_read(use)


def _is_plain(binding: Binding) -> bool:
    return binding.kind == "assign" and binding.value is not None
