"""Functions, imports and places as data: what the facts of modules and of classes are made of."""

from __future__ import annotations

import ast
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

Span = tuple[int, int, int, int]
"""Line, column, end line and end column of a node, as `ast` counts them."""

Locate = Callable[[Span], ast.AST]
"""Gives the node of a module that has a span, parsing no more than it needs."""


class ImportFacts(NamedTuple):
    """One name bound by an import at module level.

    `module` is absolute; the dots of a relative import stay where its own module has no known name
    (`definition` resolves those by path). `name` is None for `import module`, `"*"` for a star import. For
    `import a.b` without `as`, `bound` is `a` and `module` is `a`.
    """

    bound: str
    module: str
    name: str | None
    line: int
    conditional: bool = False
    typing_only: bool = False


class ParameterKind(StrEnum):
    """How an argument reaches a parameter."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL = "positional or keyword"
    VAR_POSITIONAL = "*args"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "**kwargs"


class Parameter(NamedTuple):
    """One parameter; `has_default` is false where the caller must give a value."""

    name: str
    kind: ParameterKind
    has_default: bool = False


# Most names of parameters stand in many functions.
interned_parameter = lru_cache(20_000)(Parameter)


class FunctionRecord(NamedTuple):
    """A `def` as its text says.

    `decorators` are dotted names as written, without the arguments of `@decorator(…)`; None for
    what is no plain name. `hands_over` says of an `__init__` that every way through it calls
    `super().__init__(…)`.
    """

    name: str
    span: Span
    is_async: bool
    is_generator: bool
    hands_over: bool
    parameters: tuple[Parameter, ...]
    decorators: tuple[str | None, ...]
    returns: Span | None


def expression_at(locate: Locate, span: Span | None) -> ast.expr | None:
    """The expression with a span, None for no span."""
    if span is None:
        return None
    found = locate(span)
    assert isinstance(found, ast.expr)
    return found
