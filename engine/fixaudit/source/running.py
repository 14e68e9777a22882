"""What a piece of code runs: functions of the project, followed through their calls, and what is not known."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fixaudit.semantics.signatures import FunctionFacts, nodes_below
from fixaudit.semantics.values.callees import Callee, CalleeReader, Place
from fixaudit.semantics.values.reach import MAX_CALLS, MAX_FUNCTIONS, callees_of
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


def run_by(
    source: Source, nodes: Iterable[ast.AST], *, deep: int = MAX_CALLS
) -> tuple[FunctionFacts, ...]:
    """The functions of the project that the calls among some nodes of this file run, and those that
    these run, `deep` calls away at most, the nearest first.

    Functions handed to a call count as run. A lower bound: see `unknown_calls`.
    """
    return tuple(callee.function for callee in _run(source, list(nodes), deep))


def unknown_calls(source: Source, nodes: Iterable[ast.AST]) -> Iterator[UnknownCall]:
    """The calls that run a function of the project, but not known which: among some nodes of this file,
    and in what `run_by` gives for them.

    Nothing is known of them but that a function or class of the project has their name; a call of any
    other name runs no code of the project but what is handed to it. What `__getattr__`, properties and
    operators run is not seen.
    """
    nodes = list(nodes)
    project = source.project
    own = project.facts_of_source(source)
    yield from _unknown(source, CalleeReader(project, own), own.path, nodes)
    for callee in _run(source, nodes, MAX_CALLS):
        function = callee.function
        reader = CalleeReader(project, function.module, callee)
        below = nodes_below(reader.view.node(function.record.span))  # type: ignore[arg-type]
        yield from _unknown(source, reader, function.path, below)


def _run(source: Source, nodes: list[ast.AST], deep: int) -> tuple[Callee, ...]:
    project = source.project
    module = project.facts_of_source(source)
    project.settle()
    found: dict[tuple[Place, object], Callee] = {}
    latest = [callee for _, callee in CalleeReader(project, module).read(nodes)]
    for _ in range(deep):
        new = {each.key: each for each in latest if each.key not in found}
        found.update(new)
        if not new or len(found) > MAX_FUNCTIONS:
            break
        latest = [callee for each in new.values() for callee in callees_of(project, each)]
    return tuple(found.values())


def _unknown(
    source: Source, reader: CalleeReader, path: Path, nodes: Iterable[ast.AST]
) -> Iterator[UnknownCall]:
    for node in nodes:
        if not isinstance(node, ast.Call) or next(reader.called(node), None) is not None:
            continue
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        if not name or name in _ANY_OBJECT or not reader.is_unknown(func):
            continue
        known = source.project.headers(name, _CAP)
        if known.found or known.too_many:
            yield UnknownCall(path, node.lineno, ast.unparse(func))
