"""What a `raise` raises: a new exception for certain, or something that may have a past."""

from __future__ import annotations

import ast
import re

from fixaudit import Source, Strength, memoized
from fixaudit.authoring import ClassFacts, FunctionFacts, definition_of, dotted_name, own_nodes

_CONTROL_FLOW = frozenset(
    {"StopIteration", "StopAsyncIteration", "GeneratorExit", "KeyboardInterrupt", "SystemExit"}
    | {"CancelledError", "Exit", "Abort"}
)
_STEERING_LIBRARIES = frozenset({"builtins", "asyncio", "concurrent", "click", "typer", "trio", "anyio"})  # fmt: skip
_CLASS_NAME = re.compile(r"_*[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*_*|_*[A-Z]")
_HOLDS_CLASS = re.compile(
    r"(?:^|_)(?:cls|class|klass|type)_?$|^(?:cls|class|type)_?(?:$|_)", re.IGNORECASE
)
_CHAIN = frozenset({"__cause__", "__context__", "with_traceback"})
_PLAIN_DECORATORS = frozenset({"builtins.classmethod", "builtins.staticmethod", "classmethod", "staticmethod"})  # fmt: skip
_STEPS = 3
_DECIDED = "which exception is raised is decided at run time"


def steers(source: Source, node: ast.Raise) -> Strength | None:
    """Whether an exception ends or steers the program: by what it is, or by its name only."""
    if last_word(node.exc) not in _CONTROL_FLOW:
        return None
    cls = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    root = (source.qualified_name(cls) or "").partition(".")[0] if cls is not None else ""
    return Strength.PROOF if root in _STEERING_LIBRARIES else Strength.HINT


def why_not_new(source: Source, node: ast.Raise) -> str | None:
    """Why a `raise` may not make a new exception; None where it certainly does."""
    raised = node.exc
    if isinstance(raised, ast.Call):
        return _call(source, raised)
    if isinstance(raised, (ast.Name, ast.Attribute)):
        if is_class(source, raised):
            return None
        return f"`{ast.unparse(raised)}` was made elsewhere and may have a cause of its own"
    return _DECIDED


def _call(source: Source, call: ast.Call) -> str | None:
    func = call.func
    if isinstance(func, ast.Attribute) and func.attr == "with_traceback":
        return "it takes over a traceback, so the chain is told there"
    if isinstance(func, (ast.Name, ast.Attribute)):
        if is_class(source, func) or _HOLDS_CLASS.search(last_word(func)):
            return None
        return _maker(source, func)
    if isinstance(func, ast.Call) and source.qualified_name(func.func) == "builtins.type":
        return None
    return _DECIDED


def _maker(source: Source, func: ast.expr) -> str | None:
    """A function of the project whose every return makes an exception makes a new one each time."""
    found = definition_of(source, func)
    if isinstance(found, FunctionFacts) and _makes(source, found, _STEPS):
        return None
    shown = ast.unparse(func)
    return f"`{shown}` may return an exception that has a past, or set its cause itself"


@memoized
def _makes(source: Source, function: FunctionFacts, steps: int) -> bool:
    """True where each return is a construction, or a call of another function that makes one."""
    if not steps or not set(function.decorators) <= _PLAIN_DECORATORS:
        return False
    nodes = list(own_nodes(function.node))
    if any(isinstance(node, ast.Attribute) and node.attr in _CHAIN for node in nodes):
        return False
    returned = [node.value for node in nodes if isinstance(node, ast.Return)]
    return bool(returned) and all(
        isinstance(value, ast.Call) and _is_construction(source, function, value, steps)
        for value in returned
    )


def _is_construction(source: Source, function: FunctionFacts, call: ast.Call, steps: int) -> bool:
    name = dotted_name(call.func)
    if name is None:
        return False
    makes_own = name == "cls" and bool(function.decorators)
    if makes_own or _CLASS_NAME.fullmatch(name.rpartition(".")[2]):
        return True
    found = source.project.resolve(function.module, name)
    return isinstance(found, FunctionFacts) and _makes(source, found, steps - 1)


def is_class(source: Source, expression: ast.expr) -> bool:
    """True for a name or dotted chain that means a class, by its definition or as names are written."""
    last = last_word(expression)
    if _CLASS_NAME.fullmatch(last) is None:
        found = definition_of(source, expression)
        return isinstance(found, ClassFacts) or (last in ("error", "timeout") and _is_import(source, expression))  # fmt: skip
    if isinstance(expression, ast.Name):
        kinds = {entry.kind for entry in source.lookup(last, expression)}
        return kinds <= {"import", "class", "star"} or (
            kinds <= {"import", "class", "assign"}
            and len(last) > 1
            and _is_alias(source, expression)
        )
    return len(last) > 1


def _is_alias(source: Source, name: ast.Name) -> bool:
    """Bound to other names or attributes only, never to an object made on the spot."""
    values = [entry.value for entry in source.lookup(name.id, name) if entry.kind == "assign"]
    return all(isinstance(value, (ast.Name, ast.Attribute)) for value in values)


def _is_import(source: Source, expression: ast.expr) -> bool:
    """`socket.error`, `zlib.error`, `socket.timeout`: classes of modules in small letters."""
    root = expression
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and any(
        entry.kind == "import" for entry in source.lookup(root.id, root)
    )


def last_word(expression: ast.expr | None) -> str:
    """`NotFound` of `errors.NotFound(…)`."""
    if isinstance(expression, ast.Call):
        return last_word(expression.func)
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""
