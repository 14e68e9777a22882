"""Which expressions are loggers, and of which library: proved by where they come from, or likely."""

from __future__ import annotations

import ast

from fixaudit.model.evidence import Evidence, Reach
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.signatures import FunctionFacts
from fixaudit.semantics.values.bindings import default_of
from fixaudit.semantics.values.known_objects import LoggerKind, logger_kind, sounds_like_logger
from fixaudit.source.memo import memoized
from fixaudit.source.origins import assigned_literal
from fixaudit.source.source import Source
from fixaudit.source.static_type import definition_of
from fixaudit.source.values import Value, value_of, value_of_binding
from fixaudit.syntax.namespace import Binding, Scope

# With one of these of its own, a subclass decides itself what becomes of a message and its traceback.
_DECIDING = frozenset({"log", "_log", "exception", "error", "handle", "makeRecord", "__getattr__"})
_SETTINGS = frozenset(
    {"disabled", "propagate", "level", "setLevel", "handlers", "filters", "addHandler"}
    | {"removeHandler", "addFilter", "hasHandlers", "parent"}
)
_PLAIN_TYPES = frozenset({"bool", "int", "str", "float", "bytes", "dict", "list"})


def kind_of(source: Source, expression: ast.expr) -> LoggerKind | None:
    """The library of the logger that `expression` is; None where it is not certainly a logger.

    Judged by where the object comes from (imports, assignments, annotations, the project's other
    modules), never by its name. The module `logging` itself counts as the stdlib root logger.
    """
    return kind_of_value(value_of(source, expression))


def kind_of_value(value: Value | None) -> LoggerKind | None:
    """The one library of all loggers that a value may be; a fallback's word is good enough."""
    if value is None:
        return None
    kinds = {logger_kind(origin) for origin in value.outside}
    kinds |= {_kind_of_class(cls) for cls in value.members}
    return kinds.pop() if len(kinds) == 1 else None


def _kind_of_class(cls: ClassFacts) -> LoggerKind | None:
    """The library of a subclass of a logger or adapter that logs as its base does."""
    if any(name in entry.body.found for entry in cls.mro().own for name in _DECIDING):
        return None
    kinds = {logger_kind(f"{base}()") for base in cls.written_bases()} - {None}
    return kinds.pop() if len(kinds) == 1 else None


@memoized
def likely(source: Source, expression: ast.expr) -> Evidence | None:
    """A hint that `expression` is a logger with the methods of `logging`, where that is not proved.

    Given for what a library that is not known here makes and calls a logger, such as
    `company_logging.get_logger(__name__)`, and for what a function of the project of such a name
    gives, when it cannot be followed. None for a proved logger, and for anything else.
    """
    value = value_of(source, expression)
    if value is None:
        return _from_factory(source, expression)
    if value.members or kind_of_value(value) is not None:
        return None
    unknown = [origin for origin in value.outside if logger_kind(origin) is None]
    if not unknown or not all(sounds_like_logger(origin) for origin in unknown):
        return None
    made = unknown[0].removesuffix("()")
    return source.hint(expression, f"`{made}` gives a logger by its name only", Reach.MODULE)


def _from_factory(source: Source, expression: ast.expr) -> Evidence | None:
    """The hint that a function of the project is named like one that makes loggers."""
    made = assigned_literal(source, expression)
    found = definition_of(source, made.func) if isinstance(made, ast.Call) else None
    if not isinstance(found, FunctionFacts) or not sounds_like_logger(f".{found.name}()"):
        return None
    text = f"`{found.name}` gives a logger by its name only"
    return source.hint(expression, text, Reach.MODULE)


def is_silenced(source: Source, scope: Scope, name: str) -> bool:
    """True where a scope takes hold of a logger to quieten it: `log.disabled = True`, or a level of
    warnings and above, and never logs through it.

    `logging.getLogger("werkzeug").setLevel(logging.ERROR)` under a name is no logger to write to.
    """
    return name in _silenced(source, scope)


@memoized
def _silenced(source: Source, scope: Scope) -> frozenset[str]:
    quiet: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(scope.node):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr not in _SETTINGS:
                used.add(node.value.id)
            elif _quietens(source, node):
                quiet.add(node.value.id)
    return frozenset(quiet - used)


def _quietens(source: Source, attribute: ast.Attribute) -> bool:
    parent = source.parent(attribute)
    if isinstance(parent, ast.Assign) and attribute.attr == "disabled":
        return not (isinstance(parent.value, ast.Constant) and not parent.value.value)
    if not isinstance(parent, ast.Call) or attribute.attr != "setLevel" or not parent.args:
        return False
    level = parent.args[0]
    if isinstance(level, ast.Constant) and isinstance(level.value, int):
        return level.value >= 30
    word = ast.unparse(level).strip("'\"").rpartition(".")[2]
    return word in ("WARNING", "WARN", "ERROR", "CRITICAL", "FATAL")


def other_than_logger(source: Source, binding: Binding) -> bool:
    """True where what a name is bound to is known to be something else: a module, a flag, a text."""
    if binding.kind == "import":
        found = source.project.definition(binding.target or "", source.location)
        if isinstance(found, (ModuleFacts, FunctionFacts, ClassFacts)):
            return True
    if binding.kind == "parameter" and _is_plain_parameter(source, binding):
        return True
    value = value_of_binding(source, binding)
    return value is not None and bool(value.members) and kind_of_value(value) is None


def _is_plain_parameter(source: Source, binding: Binding) -> bool:
    names = {getattr(node, "id", None) for node in ast.walk(binding.annotation or ast.Pass())}
    return bool(names & _PLAIN_TYPES) or isinstance(_default(binding), (bool, int, str, float))


def _default(binding: Binding) -> object:
    """The constant that a parameter has as its default; None for none."""
    default = default_expression(binding)
    return default.value if isinstance(default, ast.Constant) else None


def default_expression(binding: Binding) -> ast.expr | None:
    """The expression that a parameter has as its default; None for none."""
    arguments = getattr(binding.statement, "args", None)
    return default_of(arguments, binding.node) if isinstance(arguments, ast.arguments) else None
