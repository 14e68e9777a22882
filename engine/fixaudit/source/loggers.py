"""Loggers: which expressions are one, of which library, and which is in scope at a line."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit.semantics.values.known_objects import LoggerKind as LoggerKind
from fixaudit.semantics.values.receivers import takes_class
from fixaudit.source.logger_kinds import default_expression, kind_of_value
from fixaudit.source.logger_kinds import is_silenced as is_silenced
from fixaudit.source.logger_kinds import kind_of as kind_of
from fixaudit.source.logger_kinds import likely as likely
from fixaudit.source.logger_kinds import other_than_logger as other_than_logger
from fixaudit.source.memo import memoized
from fixaudit.source.name_access import runs_before
from fixaudit.source.source import Source
from fixaudit.source.values import value_of_attribute, value_of_binding
from fixaudit.syntax.namespace import Binding, Scope
from fixaudit.syntax.tree import walk

_MAKERS = frozenset({"__init__", "__post_init__", "__attrs_post_init__", "__new__"})
_USUAL_NAMES = ("logger", "log", "_logger", "LOGGER", "LOG", "_log")


@dataclass(frozen=True, slots=True)
class Logger:
    """A logger that code can use: `expression` is what to write, such as `logger` or `self.log`."""

    expression: str
    kind: LoggerKind


def _is_none(binding: Binding) -> bool:
    if binding.kind == "parameter" and binding.annotation is None:
        return may_be_none(binding)
    return isinstance(binding.value, ast.Constant) and binding.value.value is None


def _kind_of_name(source: Source, scope: Scope, name: str) -> LoggerKind | None:
    """The library of the loggers that a name of a scope may be; None where that is not certain."""
    bindings = scope.bindings[name]
    if bindings[0].target == "logging":
        return None
    solid = [entry for entry in bindings if not _is_none(entry)]
    kinds = {kind_of_value(value_of_binding(source, entry)) for entry in solid}
    return kinds.pop() if len(kinds) == 1 else None


def may_be_none(parameter: Binding) -> bool:
    """True for `logger=None` and `logger: Logger | None`."""
    default, annotation = default_expression(parameter), parameter.annotation
    if isinstance(default, ast.Constant) and default.value is None:
        return True
    if annotation is None:
        return False
    words = {getattr(node, "id", getattr(node, "attr", None)) for node in ast.walk(annotation)}
    texts = [node.value for node in ast.walk(annotation) if isinstance(node, ast.Constant)]
    return "Optional" in words or any(text is None or "None" in str(text) for text in texts)


def _is_static(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(entry, ast.Name) and entry.id == "staticmethod"
        for entry in method.decorator_list
    )


def _assigned(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return node.targets[0], node.value, None
    if isinstance(node, ast.AnnAssign):
        return node.target, node.value, node.annotation
    return None, None, None


# ----------------------------------------------------------------------------- in scope at a line


def in_scope(source: Source, node: ast.AST) -> Logger | None:
    """The logger that code at `node` can use, certain to be assigned by the time it runs.

    Nearest first: a local of the function, `self.<name>` where the class has one, the module's
    own. Usual names win over others of the same scope.
    """
    scope: Scope | None = source.scopes.scope_of(node)
    while scope is not None:
        if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found = _scope_logger(source, scope, node) or _self_logger(source, scope.node, node)
        else:
            found = None if scope.is_class else _scope_logger(source, scope, node)
        if found is not None:
            return found
        scope = scope.parent
    return None


def _scope_logger(source: Source, scope: Scope, node: ast.AST) -> Logger | None:
    for name, kind in _loggers_of(source, scope):
        is_seen = source.scopes.lookup(name, node)[1] is scope.bindings[name]
        if is_seen and _is_certain(source, scope, name, node):
            return Logger(name, kind)
    return None


@memoized
def _loggers_of(source: Source, scope: Scope) -> list[tuple[str, LoggerKind]]:
    """The names of a scope that stand for loggers, usual ones first."""
    names = [name for name in _by_usualness(source, scope) if not is_silenced(source, scope, name)]
    kinds = ((name, _kind_of_name(source, scope, name)) for name in names)
    return [(name, kind) for name, kind in kinds if kind is not None]


def _is_certain(source: Source, scope: Scope, name: str, node: ast.AST) -> bool:
    """True where a logger is surely under the name by the time that `node` runs."""
    if _is_given(source, scope, name):
        return True
    setting = _setting(source, scope, name)
    return any(
        runs_before(source, statement, node)
        for around in (source.tree, *source.ancestors(node))
        for statement in setting.get(around, ())
    )


@memoized
def _is_given(source: Source, scope: Scope, name: str) -> bool:
    """True for a parameter that is never None."""
    return any(
        entry.kind == "parameter" and not may_be_none(entry) for entry in scope.bindings[name]
    )


@memoized
def _setting(source: Source, scope: Scope, name: str) -> dict[ast.AST, list[ast.stmt]]:
    """The statements that surely put a logger under a name, the first of each block, by what
    holds the block: where any of a block has run, the first has."""
    first: dict[int, ast.stmt] = {}
    for binding in scope.bindings[name]:
        statement = binding.statement
        if binding.kind == "parameter" or not isinstance(statement, ast.stmt):
            continue
        value = value_of_binding(source, binding)
        if _is_none(binding) or (value is not None and value.optional):
            continue
        if not source.in_type_checking(statement):
            block = id(source.block(statement))
            if block not in first or statement.lineno < first[block].lineno:
                first[block] = statement
    found: dict[ast.AST, list[ast.stmt]] = {}
    for statement in first.values():
        found.setdefault(source.parent(statement) or source.tree, []).append(statement)
    return found


@memoized
def _by_usualness(source: Source, scope: Scope) -> list[str]:
    usual = [name for name in _USUAL_NAMES if name in scope.bindings]
    likely = [name for name in scope.bindings if name not in usual and "log" in name.lower()]
    return [*usual, *likely]


def _self_logger(
    source: Source, method: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.AST
) -> Logger | None:
    owner = source.parent(method)
    first = [*method.args.posonlyargs, *method.args.args][:1]
    if not isinstance(owner, ast.ClassDef) or not first or _is_static(method):
        return None
    receiver = first[0].arg
    if [entry.kind for entry in source.lookup(receiver, node)] != ["parameter"]:
        return None
    on_class = takes_class(method, receiver)
    for attribute, kind, early in _self_loggers(source, owner, receiver):
        if on_class and not _is_in_body(owner, attribute):
            continue
        if method.name not in early:
            return Logger(f"{receiver}.{attribute}", kind)
    return None


@memoized
def _self_loggers(
    source: Source, owner: ast.ClassDef, receiver: str
) -> list[tuple[str, LoggerKind, frozenset[str]]]:
    """The class's attributes that are loggers, each with the methods that may run before it is set."""
    found = []
    for attribute in _self_logger_names(owner, receiver):
        value = value_of_attribute(source, owner, attribute)
        kind, early = kind_of_value(value), _methods_before(owner, attribute)
        if value is None or value.optional:
            continue
        if kind is not None and early is not None:
            found.append((attribute, kind, early))
    return found


def _methods_before(owner: ast.ClassDef, attribute: str) -> frozenset[str] | None:
    """Methods that may run before the attribute is set; None where no `__init__` surely sets it."""
    methods = {
        entry.name: entry
        for entry in owner.body
        if isinstance(entry, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    if (
        _is_in_body(owner, attribute)
        or attribute in methods
        or not _is_assigned_in(owner, attribute)
    ):
        return frozenset()
    for maker in _MAKERS & set(methods):
        called: set[str] = set()
        for statement in methods[maker].body:
            name, value, _ = _assigned(statement)
            if isinstance(name, ast.Attribute) and name.attr == attribute and value is not None:
                return frozenset({maker, *_reached(methods, called)})
            called |= _attributes(statement)
    return None


def _is_in_body(owner: ast.ClassDef, attribute: str) -> bool:
    return any(
        isinstance(name, ast.Name) and name.id == attribute and value is not None
        for name, value, _ in map(_assigned, owner.body)
    )


def _reached(
    methods: dict[str, ast.FunctionDef | ast.AsyncFunctionDef], names: set[str]
) -> set[str]:
    """The methods among `names`, and those they mention in turn."""
    todo, reached = [name for name in names if name in methods], set[str]()
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += [other for other in _attributes(methods[name]) if other in methods]
    return reached


def _attributes(node: ast.AST) -> set[str]:
    return {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}


def _self_logger_names(owner: ast.ClassDef, receiver: str) -> list[str]:
    names: dict[str, None] = {}
    for name, _, _ in map(_assigned, owner.body):
        if isinstance(name, ast.Name) and "log" in name.id.lower():
            names[name.id] = None
    for node in walk(owner):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == receiver
            and "log" in node.attr.lower()
        ):
            names[node.attr] = None
    return list(names)


def _is_assigned_in(owner: ast.ClassDef, attribute: str) -> bool:
    for node in walk(owner):
        name, _, _ = _assigned(node)
        if isinstance(name, ast.Attribute) and name.attr == attribute:
            return True
    return False
