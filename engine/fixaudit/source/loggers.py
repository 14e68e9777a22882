"""Loggers: which expressions are one, of which library, and which is in scope at a line."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from typing import Literal

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts, VariableFacts, dotted_name
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.source.memo import remembered
from fixaudit.source.name_access import runs_before
from fixaudit.source.source import Source
from fixaudit.syntax.namespace import Binding, Scope
from fixaudit.syntax.tree import walk

LoggerKind = Literal["stdlib", "structlog", "loguru"]

_FACTORIES: dict[str, LoggerKind] = {
    "logging.getLogger": "stdlib",
    "logging.Logger": "stdlib",
    "logging.LoggerAdapter": "stdlib",
    "celery.utils.log.get_task_logger": "stdlib",
    "celery.utils.log.get_logger": "stdlib",
    "multiprocessing.get_logger": "stdlib",
    "multiprocessing.log_to_stderr": "stdlib",
    "distributed.utils.get_logger": "stdlib",
    "prefect.get_run_logger": "stdlib",
    "prefect.logging.get_run_logger": "stdlib",
    "structlog.get_logger": "structlog",
    "structlog.getLogger": "structlog",
    "structlog.stdlib.get_logger": "structlog",
    "structlog.wrap_logger": "structlog",
}
_OBJECTS: dict[str, LoggerKind] = {
    "logging": "stdlib",
    "logging.root": "stdlib",
    "loguru.logger": "loguru",
    "flask.current_app.logger": "stdlib",
}
_CLASSES: dict[str, LoggerKind] = {
    "logging.Logger": "stdlib",
    "logging.LoggerAdapter": "stdlib",
    "structlog.BoundLogger": "structlog",
    "structlog.stdlib.BoundLogger": "structlog",
    "structlog.typing.FilteringBoundLogger": "structlog",
    "loguru.Logger": "loguru",
}
_DERIVING: dict[str, tuple[LoggerKind, ...]] = {
    "bind": ("structlog", "loguru"),
    "new": ("structlog",),
    "unbind": ("structlog",),
    "opt": ("loguru",),
    "patch": ("loguru",),
    "getChild": ("stdlib",),
}
_MAKERS = frozenset({"__init__", "__post_init__", "__attrs_post_init__", "__new__"})
_USUAL_NAMES = ("logger", "log", "_logger", "LOGGER", "LOG", "_log")


@dataclass(frozen=True, slots=True)
class Logger:
    """A logger that code can use: `expression` is what to write, such as `logger` or `self.log`."""

    expression: str
    kind: LoggerKind


def kind_of(source: Source, expression: ast.expr) -> LoggerKind | None:
    """The library of the logger that `expression` is; None where it is not certainly a logger.

    Judged by where the object comes from (imports, assignments, annotations, the project's other
    modules), never by its name. The module `logging` itself counts as the stdlib root logger.
    """
    return _kind(source, expression, 0)


def _kind(source: Source, expression: ast.expr, depth: int) -> LoggerKind | None:
    if depth > 6:
        return None
    if isinstance(expression, ast.Call):
        return _kind_of_call(source, expression, depth)
    qualified = source.qualified_name(expression)
    if qualified in _OBJECTS:
        return _OBJECTS[qualified]
    if isinstance(expression, ast.Name):
        found = _kind_of_bindings(source, source.lookup(expression.id, expression), depth)
        return found or _kind_elsewhere(source, qualified)
    if isinstance(expression, ast.Attribute):
        return _kind_of_attribute(source, expression, depth) or _kind_elsewhere(source, qualified)
    return None


def _kind_of_call(source: Source, call: ast.Call, depth: int) -> LoggerKind | None:
    qualified = source.qualified_name(call.func)
    if qualified in _FACTORIES:
        return _FACTORIES[qualified]
    if isinstance(call.func, ast.Attribute) and call.func.attr in _DERIVING:
        base = _kind(source, call.func.value, depth + 1)
        return base if base in _DERIVING[call.func.attr] else None
    return _kind_of_factory(source, qualified) if qualified else None


def _kind_of_factory(source: Source, qualified: str) -> LoggerKind | None:
    """The kind a project function returns: by its annotation, or by all of its returns."""
    found = _definition(source, qualified)
    if not isinstance(found, FunctionFacts):
        return None
    facts = source.project.facts_of(found.path)
    if facts is None:
        return None
    returns = found.returns
    if returns is not None:
        name = dotted_name(returns)
        return _CLASSES.get(facts.qualify(name)) if name else None
    returned = [node.value for node in ast.walk(found.node) if isinstance(node, ast.Return)]
    kinds = {_kind_in_module(facts, value) if value is not None else None for value in returned}
    return kinds.pop() if len(kinds) == 1 else None


def _kind_elsewhere(source: Source, qualified: str | None) -> LoggerKind | None:
    """A logger defined in another module of the project, or behind a re-export."""
    if qualified is None or qualified.startswith(f"{source.module}."):
        return None
    found = _definition(source, qualified)
    if not isinstance(found, VariableFacts):
        return None
    facts = source.project.facts_of(found.path)
    if facts is None:
        return None
    annotation, value = found.annotation, found.value
    if annotation is not None:
        name = dotted_name(annotation)
        annotated = _CLASSES.get(facts.qualify(name)) if name else None
        if annotated is not None:
            return annotated
    return _kind_in_module(facts, value) if value is not None else None


def _definition(source: Source, qualified: str) -> object:
    if qualified.startswith("builtins.") or qualified.partition(".")[0] in sys.stdlib_module_names:
        return None
    return source.project.definition(qualified, source.location)


def _kind_in_module(facts: ModuleFacts, value: ast.expr) -> LoggerKind | None:
    """The kind of an expression of another module, by that module's imports."""
    if isinstance(value, ast.Call):
        name = dotted_name(value.func)
        if name and facts.qualify(name) in _FACTORIES:
            return _FACTORIES[facts.qualify(name)]
        if isinstance(value.func, ast.Attribute) and value.func.attr in _DERIVING:
            base = _kind_in_module(facts, value.func.value)
            return base if base in _DERIVING[value.func.attr] else None
        return None
    name = dotted_name(value)
    return _OBJECTS.get(facts.qualify(name)) if name else None


def _kind_of_bindings(source: Source, bindings: list[Binding], depth: int) -> LoggerKind | None:
    kinds = {_kind_of_binding(source, entry, depth) for entry in bindings if not _is_none(entry)}
    return kinds.pop() if len(kinds) == 1 else None


def _is_none(binding: Binding) -> bool:
    if binding.kind == "parameter" and binding.annotation is None:
        return may_be_none(binding)
    return isinstance(binding.value, ast.Constant) and binding.value.value is None


def _kind_of_binding(source: Source, binding: Binding, depth: int) -> LoggerKind | None:
    if binding.annotation is not None:
        annotated = _kind_of_annotation(source, binding.annotation)
        if annotated is not None:
            return annotated
    if binding.kind == "assign" and binding.value is not None:
        return _kind_of_value(source, binding.value, depth + 1)
    if binding.kind == "parameter":
        default = _default_of(binding)
        return _kind_of_value(source, default, depth + 1) if default is not None else None
    if binding.kind == "import" and binding.target:
        return _OBJECTS.get(binding.target) or _kind_elsewhere(source, binding.target)
    return None


def may_be_none(parameter: Binding) -> bool:
    """True for `logger=None` and `logger: Logger | None`."""
    default, annotation = _default_of(parameter), parameter.annotation
    if isinstance(default, ast.Constant) and default.value is None:
        return True
    if annotation is None:
        return False
    words = {getattr(node, "id", getattr(node, "attr", None)) for node in ast.walk(annotation)}
    texts = [node.value for node in ast.walk(annotation) if isinstance(node, ast.Constant)]
    return "Optional" in words or any(text is None or "None" in str(text) for text in texts)


def _default_of(binding: Binding) -> ast.expr | None:
    arguments = getattr(binding.statement, "args", None)
    if not isinstance(arguments, ast.arguments):
        return None
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults]
    pairs = zip(
        [*positional, *arguments.kwonlyargs], [*defaults, *arguments.kw_defaults], strict=True
    )
    return next((default for argument, default in pairs if argument is binding.node), None)


def _kind_of_value(source: Source, value: ast.expr, depth: int) -> LoggerKind | None:
    if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or):
        # `self.logger = logger or logging.getLogger(...)`: the fallback tells what it is.
        return _kind_of_value(source, value.values[-1], depth)
    if isinstance(value, ast.IfExp):
        kinds = {_kind_of_value(source, part, depth) for part in (value.body, value.orelse)}
        return kinds.pop() if len(kinds) == 1 else None
    return _kind(source, value, depth)


def _kind_of_annotation(source: Source, annotation: ast.expr) -> LoggerKind | None:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return None
        if isinstance(annotation, ast.Attribute) and isinstance(annotation.value, ast.Name):
            return _CLASSES.get(f"{annotation.value.id}.{annotation.attr}")
        return None
    if isinstance(annotation, ast.BinOp):
        sides = (annotation.left, annotation.right)
        solid = [
            side for side in sides if not (isinstance(side, ast.Constant) and side.value is None)
        ]
        return _kind_of_annotation(source, solid[0]) if len(solid) == 1 else None
    if isinstance(annotation, ast.Subscript):
        outer = source.qualified_name(annotation.value)
        if outer == "typing.Optional":
            return _kind_of_annotation(source, annotation.slice)
        annotation = annotation.value
    return _CLASSES.get(source.qualified_name(annotation) or "")


def _kind_of_attribute(source: Source, node: ast.Attribute, depth: int) -> LoggerKind | None:
    """`self.logger` and `cls.logger`, by what the class (or a base in the project) assigns."""
    owner = _own_class(source, node.value)
    if owner is None:
        return None
    return _class_logger(source, owner, node.attr, depth)


def _own_class(source: Source, receiver: ast.expr) -> ast.ClassDef | None:
    """The class whose instance or class object `receiver` is: the first parameter of a method."""
    if not isinstance(receiver, ast.Name):
        return None
    scope, bindings = source.scopes.lookup(receiver.id, receiver)
    if scope is None or len(bindings) != 1 or bindings[0].kind != "parameter":
        return None
    method = scope.node
    if not isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    first = [*method.args.posonlyargs, *method.args.args][:1]
    if not first or first[0] is not bindings[0].node or _is_static(method):
        return None
    parent = source.parent(method)
    while isinstance(parent, (ast.If, ast.Try)):
        parent = source.parent(parent)
    return parent if isinstance(parent, ast.ClassDef) else None


def _is_static(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(entry, ast.Name) and entry.id == "staticmethod"
        for entry in method.decorator_list
    )


@remembered
def _class_logger(
    source: Source, owner: ast.ClassDef, attribute: str, depth: int
) -> LoggerKind | None:
    kinds: set[LoggerKind | None] = set()
    for statement in owner.body:
        name, value, annotation = _assigned(statement)
        if isinstance(name, ast.Name) and name.id == attribute:
            kinds.add(_kind_of_assignment(source, value, annotation, depth))
    for node in walk(owner):
        name, value, annotation = _assigned(node)
        if (
            isinstance(name, ast.Attribute)
            and name.attr == attribute
            and _own_class(source, name.value) is owner
        ):
            kinds.add(_kind_of_assignment(source, value, annotation, depth))
        if (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and node.name == attribute
            and node in owner.body
        ):
            kinds.add(_kind_of_annotation(source, node.returns) if node.returns else None)
    if kinds:
        return kinds.pop() if len(kinds) == 1 else None
    if owner.bases and source.module != "__main__":
        return _inherited_kind(source, f"{source.module}.{owner.name}", attribute)
    return None


def _inherited_kind(source: Source, qualified: str, attribute: str) -> LoggerKind | None:
    """What a base class in the project assigns to the attribute."""
    found = _definition(source, qualified)
    if not isinstance(found, ClassFacts):
        return None
    declared = found.declares(attribute)
    if declared is None or declared.attribute is None or not isinstance(declared.owner, ClassFacts):
        return None
    facts = source.project.facts_of(declared.owner.path)
    value = declared.attribute.value
    return _kind_in_module(facts, value) if facts is not None and value is not None else None


def _assigned(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return node.targets[0], node.value, None
    if isinstance(node, ast.AnnAssign):
        return node.target, node.value, node.annotation
    return None, None, None


def _kind_of_assignment(
    source: Source, value: ast.expr | None, annotation: ast.expr | None, depth: int
) -> LoggerKind | None:
    annotated = _kind_of_annotation(source, annotation) if annotation is not None else None
    if annotated is not None or value is None:
        return annotated
    return _kind_of_value(source, value, depth + 1)


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
    for name in _by_usualness(source, scope):
        bindings = scope.bindings[name]
        if source.scopes.lookup(name, node)[1] is not bindings:
            continue
        kind = _kind_of_bindings(source, bindings, 0)
        if kind is None or bindings[0].target == "logging":
            continue
        if any(_certain(source, entry, node) for entry in bindings):
            return Logger(name, kind)
    return None


def _certain(source: Source, binding: Binding, node: ast.AST) -> bool:
    if binding.kind == "parameter":
        return not may_be_none(binding)
    if _is_none(binding):
        return False
    statement = binding.statement
    return isinstance(statement, ast.stmt) and runs_before(source, statement, node)


@remembered
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
    for attribute, kind, early in _self_loggers(source, owner, receiver):
        if method.name not in early:
            return Logger(f"{receiver}.{attribute}", kind)
    return None


@remembered
def _self_loggers(
    source: Source, owner: ast.ClassDef, receiver: str
) -> list[tuple[str, LoggerKind, frozenset[str]]]:
    """The class's attributes that are loggers, each with the methods that may run before it is set."""
    found = []
    for attribute in _self_logger_names(owner, receiver):
        kind = _class_logger(source, owner, attribute, 0)
        early = _methods_before(owner, attribute)
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
    in_body = any(
        isinstance(name, ast.Name) and name.id == attribute and value is not None
        for name, value, _ in map(_assigned, owner.body)
    )
    if in_body or attribute in methods or not _is_assigned_in(owner, attribute):
        return frozenset()
    for maker in _MAKERS & set(methods):
        called: set[str] = set()
        for statement in methods[maker].body:
            name, value, _ = _assigned(statement)
            if isinstance(name, ast.Attribute) and name.attr == attribute and value is not None:
                return frozenset({maker, *_reached(methods, called)})
            called |= _attributes(statement)
    return None


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
