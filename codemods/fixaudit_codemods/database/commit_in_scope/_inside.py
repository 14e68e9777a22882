"""Calls that nobody waits behind: they stay within the process and the transaction, log, or count.

What a call does is seen by where the value it is called on comes from (a text, a date, a list, a logger, a
counter), and by what a function of the project does: all that it calls must be such a call again.
"""

from __future__ import annotations

import ast
import re

from fixaudit import Source, loggers
from fixaudit.authoring import (
    ClassFacts,
    FunctionFacts,
    Inference,
    assigned_literal,
    definition_of,
    walk,
)

# What a session does in its own transaction: SQLAlchemy's and SQLModel's references.
_OWN = frozenset((
    "add", "add_all", "delete", "merge", "flush", "refresh", "get", "get_one", "execute", "exec", "scalar",
    "scalars", "query", "expunge",
))  # fmt: skip
_OF_A_STATEMENT = frozenset((
    "where", "filter", "filter_by", "order_by", "limit", "offset", "join", "options", "values",
    "returning", "one", "one_or_none", "first", "all", "scalar_one", "scalar_one_or_none", "scalars",
    "unique", "mappings",
))  # fmt: skip
_PURE = frozenset((
    "abs", "all", "any", "bool", "bytes", "dict", "enumerate", "float", "format", "frozenset", "getattr",
    "hasattr", "int", "isinstance", "len", "list", "max", "min", "range", "repr", "reversed", "round",
    "set", "sorted", "str", "sum", "super", "tuple", "type", "zip",
))  # fmt: skip
# The standard library's own that only work things out; a sleep lets others wait for the rows.
_QUIET = re.compile(
    r"(?:sqlalchemy|sqlmodel|datetime|uuid|logging|math|decimal|fractions|statistics|hashlib|secrets|copy|"
    r"operator|re|textwrap|string)\..+"
    r"|time\.(?:time|monotonic|perf_counter|process_time)(?:_ns)?|json\.(?:dumps|loads)"
    r"|dataclasses\.(?:asdict|astuple|replace)|(?:prometheus_client|statsd|datadog|sentry_sdk|opentelemetry)\..+"
)
"""Full names of functions from outside, metrics among them: they take numbers, and read no rows."""
_VALUES = re.compile(
    r"(?:builtins\.)?(?:str|bytes|int|float|bool|list|dict|set|frozenset|tuple)\(\).*"
    r"|(?:datetime|uuid|decimal|fractions|collections|pathlib\.PurePath|re)\..*"
    r"|(?:logging|structlog|loguru|prometheus_client|statsd|datadog|opentelemetry)\..*"
)
"""Where objects come from whose methods reach nothing outside of the process that reads rows."""
_OF_VALUES = frozenset((
    "total_seconds", "isoformat", "strftime", "astimezone", "removeprefix", "removesuffix", "startswith",
    "endswith", "casefold",
))  # fmt: skip
"""Methods that values of the standard library have; the project's own are looked into."""
_DISPLAYS = (
    *(ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set),
    *(ast.ListComp, ast.DictComp, ast.SetComp),
)
_DEEP = 3
"""How many functions deep a call is followed."""


def stays(source: Source, call: ast.Call, receiver: str) -> bool:
    """True for a call that is known to stay within the process and the session's transaction, or to
    write a log or a count only."""
    func = call.func
    name = source.qualified_name(func) or ""
    if _QUIET.fullmatch(name) or name.removeprefix("builtins.") in _PURE:
        return True
    if isinstance(func, ast.Attribute):
        if func.attr in _OWN and ast.unparse(func.value) == receiver:
            return True
        if func.attr in _OF_A_STATEMENT and isinstance(func.value, ast.Call):
            return stays(source, func.value, receiver)
        if loggers.kind_of(source, func.value) is not None:
            return True
        if isinstance(assigned_literal(source, func.value), _DISPLAYS):
            return True
    module = source.project.facts_of_source(source)
    source.project.settle()
    if isinstance(func, ast.Attribute) and _is_value(
        source, Inference(source.project, module), func
    ):
        return True
    found = definition_of(source, func)
    return isinstance(found, (ClassFacts, FunctionFacts)) and _keeps_inside(source, found, 1)


def _is_value(source: Source, inference: Inference, func: ast.Attribute) -> bool:
    """True for a method of a text, a number, a date, a container, a logger or a counter."""
    if isinstance(func.value, _DISPLAYS):
        return True
    if isinstance(func.value, ast.Attribute) and func.value.attr == "__dict__":
        return True
    if func.attr in _OF_VALUES:
        found, _, too_many = source.project.headers(func.attr, 1)
        if isinstance(func.value, ast.BinOp) or not (found or too_many):
            return True
    shape = inference.shape(func.value)
    if shape is None or shape.classes or shape.assumed:
        return False
    if shape.container in ("sequence", "mapping") and not shape.outside:
        return True
    return bool(shape.outside) and all(_VALUES.fullmatch(each) for each in shape.outside)


def _keeps_inside(source: Source, called: ClassFacts | FunctionFacts, deep: int) -> bool:
    """True for a plain function of the project whose calls are all such, and for a class made so."""
    function = called.find_method("__init__") if isinstance(called, ClassFacts) else called
    if function is None:
        return True
    if deep > _DEEP or function.is_async or function.is_generator or function.decorators:
        return False
    key = ("commit-in-scope", function.path, function.line)
    if key not in source.memo:
        source.memo[key] = False  # one that calls itself is not followed
        inference = Inference(source.project, function.module)
        calls = [
            node for each in function.node.body for node in walk(each) if isinstance(node, ast.Call)
        ]
        source.memo[key] = all(_is_quiet(source, inference, call, deep) for call in calls)
    known: bool = source.memo[key]
    return known


def _is_quiet(source: Source, inference: Inference, call: ast.Call, deep: int) -> bool:
    """The same of a call in another function."""
    found = inference.definition(call.func)
    if isinstance(found, str):
        if _QUIET.fullmatch(found) or found.removeprefix("builtins.") in _PURE:
            return True
    elif isinstance(found, (ClassFacts, FunctionFacts)):
        return _keeps_inside(source, found, deep + 1)
    if ast.unparse(call.func) == "super().__init__":
        return True
    return isinstance(call.func, ast.Attribute) and _is_value(source, inference, call.func)
