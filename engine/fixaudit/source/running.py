"""What a piece of code runs: functions of the project, followed through their calls, and what is not known."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit.semantics.project import Project
from fixaudit.semantics.signatures import FunctionFacts, nodes_below
from fixaudit.semantics.values.callees import Callee, CalleeReader, Place
from fixaudit.semantics.values.reach import MAX_CALLS, MAX_FUNCTIONS, remembered
from fixaudit.source.source import Source

_CAP = 1  # whether there is one
# Methods of the builtin containers: what has their name is as good as never a function of the project.
_ANY_OBJECT = frozenset(name for kind in (str, dict, list, set) for name in dir(kind))


@dataclass(frozen=True, slots=True)
class UnknownCall:
    """A call that may run a function of the project; `text` is the callee as written."""

    path: Path
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Running:
    """What code runs: functions of the project, the nearest first, and calls that may run others."""

    functions: tuple[FunctionFacts, ...]
    unknown: tuple[UnknownCall, ...]


def run_by(source: Source, nodes: Iterable[ast.AST]) -> Running:
    """What the calls among some nodes of this file run, and what these run, `MAX_CALLS` deep.

    Functions handed to a call count as run. `unknown` holds the calls of which nothing is known but
    that a function or class of the project has their name; a call of any other name runs no code of
    the project but what is handed to it. What `__getattr__`, properties and operators run is not seen.
    """
    project = source.project
    module = project.facts_of_source(source)
    project.settle()
    reader = CalleeReader(project, module)
    found: dict[tuple[Place, object], Callee] = {}
    callees, unknown = _read(project, reader, module.path, nodes)
    for _ in range(MAX_CALLS):
        new = {each.key: each for each in callees if each.key not in found}
        found.update(new)
        if not new or len(found) > MAX_FUNCTIONS:
            break
        callees = ()
        for each in new.values():
            below, more = _below(project, each)
            callees, unknown = (*callees, *below), (*unknown, *more)
    return Running(tuple(each.function for each in found.values()), unknown)


def _below(project: Project, callee: Callee) -> tuple[tuple[Callee, ...], tuple[UnknownCall, ...]]:
    function = callee.function

    def read() -> tuple[tuple[Callee, ...], tuple[UnknownCall, ...]]:
        reader = CalleeReader(project, function.module, callee)
        node = reader.view.node(function.record.span)
        return _read(project, reader, function.path, nodes_below(node))  # type: ignore[arg-type]

    return remembered(project, ("run-by", callee.key), read)


def _read(
    project: Project, reader: CalleeReader, path: Path, nodes: Iterable[ast.AST]
) -> tuple[tuple[Callee, ...], tuple[UnknownCall, ...]]:
    nodes = list(nodes)
    callees = {callee.key: callee for _, callee in reader.read(nodes)}
    return tuple(callees.values()), tuple(_unknown(project, reader, path, nodes))


def _unknown(
    project: Project, reader: CalleeReader, path: Path, nodes: Iterable[ast.AST]
) -> Iterator[UnknownCall]:
    for node in nodes:
        if not isinstance(node, ast.Call) or next(reader.called(node), None) is not None:
            continue
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if not name or name in _ANY_OBJECT or not reader.is_unknown(func):
            continue
        known = project.headers(name, _CAP)
        if known.found or known.too_many:
            yield UnknownCall(path, node.lineno, ast.unparse(func))
