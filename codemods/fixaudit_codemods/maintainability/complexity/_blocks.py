"""The parts of a long function that could stand in one of their own, and those that stand there twice."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixaudit import Source, memoized
from fixaudit.authoring import walk
from fixaudit_codemods.maintainability.complexity._counting import blocks_of, of_statement

Function = ast.FunctionDef | ast.AsyncFunctionDef
_COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match)
_FEWEST_LINES = 4
_TWIN_LINES = 4
# A form of fewer nodes than this says little: `if not x: return Response(…)` stands everywhere.
_TWIN_NODES = 40
_NAMES = 6
_SHOWN = 3
_CHAIN = 4


@dataclass(frozen=True)
class Part:
    """A compound statement: its lines, its decisions, the names it needs and those it sets for what follows.

    `leaves` is what in it ends or steers the function around it (`return`, `break`, `yield`).
    """

    first: int
    last: int
    decisions: int
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    leaves: str

    @property
    def told(self) -> str:
        """It in words, for a reader who wants to move it."""
        more = [f"{len(self.needs) - _NAMES} more"] * (len(self.needs) > _NAMES)
        takes = f"needs {', '.join([*self.needs[:_NAMES], *more]) or 'nothing'}"
        gives = f", sets {', '.join(self.gives)}" if self.gives else ""
        ends = f", has `{self.leaves}` in it" if self.leaves else ""
        return f"lines {self.first}-{self.last} ({self.decisions} decisions; {takes}{gives}{ends})"


def parts_of(function: Function, total: int) -> list[Part]:
    """The parts with the most decisions that are not nearly all of the function, the first of them first."""
    most = max(2, (total * 3) // 5)
    chosen: list[ast.stmt] = []
    for statement in sorted(_compound(function.body), key=of_statement, reverse=True):
        if not 2 <= of_statement(statement) <= most or _lines(statement) < _FEWEST_LINES:
            continue
        if not any(_within(statement, other) or _within(other, statement) for other in chosen):
            chosen.append(statement)
    found = [_part(function, statement) for statement in chosen[:_SHOWN]]
    return sorted(found, key=lambda part: part.first)


def _compound(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, _COMPOUND):
            yield statement
        if not isinstance(statement, ast.ClassDef):
            for block in blocks_of(statement):
                yield from _compound(block)


def _lines(statement: ast.stmt) -> int:
    return (statement.end_lineno or statement.lineno) - statement.lineno + 1


def _within(inner: ast.stmt, outer: ast.stmt) -> bool:
    end = outer.end_lineno or outer.lineno
    return outer.lineno <= inner.lineno and (inner.end_lineno or inner.lineno) <= end


def _part(function: Function, statement: ast.stmt) -> Part:
    end = statement.end_lineno or statement.lineno
    names = [node for node in walk(function) if isinstance(node, ast.Name)]
    inside = [node for node in names if statement.lineno <= node.lineno <= end]
    stored = {node.id for node in inside if isinstance(node.ctx, ast.Store)}
    before = _parameters(function)
    before |= {
        node.id
        for node in names
        if isinstance(node.ctx, ast.Store) and node.lineno < statement.lineno
    }
    needs = tuple(name for name in _read_first(inside) if name in before)
    after = _read_first([node for node in names if node.lineno > end])
    gives = tuple(sorted(stored.intersection(after)))
    return Part(statement.lineno, end, of_statement(statement), needs, gives, _leaving(statement))


def _parameters(function: Function) -> set[str]:
    arguments = function.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    given += [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return {each.arg for each in given}


def _read_first(names: list[ast.Name]) -> list[str]:
    """The names that are read on the first line on which they stand, in the order of these lines."""
    first: dict[str, int] = {}
    for node in names:
        first[node.id] = min(node.lineno, first.get(node.id, node.lineno))
    read = {
        node.id
        for node in names
        if isinstance(node.ctx, ast.Load) and node.lineno == first[node.id]
    }
    return sorted(read, key=lambda name: (first[name], name))


def _leaving(statement: ast.stmt) -> str:
    for node in walk(statement):
        match node:
            case ast.Return():
                return "return"
            case ast.Yield() | ast.YieldFrom():
                return "yield"
            case ast.Continue() | ast.Break():
                if not isinstance(statement, (ast.For, ast.AsyncFor, ast.While)):
                    return "break" if isinstance(node, ast.Break) else "continue"
    return ""


def chain_of(function: Function) -> tuple[int, int, str] | None:
    """The first and last line of a long `if … elif …` that asks one thing, and what it asks; None for none."""
    for node in walk(function):
        if not isinstance(node, ast.If):
            continue
        subjects, link = [], node
        while True:
            if isinstance(link.test, ast.Compare) and isinstance(
                link.test.ops[0], (ast.Eq, ast.In)
            ):
                subjects.append(ast.unparse(link.test.left))
            else:
                break
            if len(link.orelse) != 1 or not isinstance(link.orelse[0], ast.If):
                break
            link = link.orelse[0]
        if len(subjects) >= _CHAIN and len(set(subjects)) == 1:
            return node.lineno, node.end_lineno or node.lineno, subjects[0]
    return None


def twins_of(source: Source, function: Function) -> list[tuple[ast.stmt, ast.stmt]]:
    """Parts of the function that stand elsewhere in the file with other names, each with that other one."""
    found: list[tuple[ast.stmt, ast.stmt]] = []
    for statement in _compound(function.body):
        told = any(_within(statement, one) for pair in found for one in pair)
        if _lines(statement) < _TWIN_LINES or told:
            continue
        twins = _shapes(source).get(_shape(statement), ())
        other = next((each for each in twins if not _within(each, statement)), None)
        if other is not None:
            found.append((statement, other))
    return found[:_SHOWN]


@memoized
def _shapes(source: Source) -> dict[int, list[ast.stmt]]:
    """The compound statements of the file by what they look like without names and values."""
    found: dict[int, list[ast.stmt]] = {}
    for kind in _COMPOUND:
        for node in source.nodes(kind):
            if _lines(node) >= _TWIN_LINES and sum(1 for _ in walk(node)) >= _TWIN_NODES:
                found.setdefault(_shape(node), []).append(node)
    return found


def _shape(node: ast.AST) -> int:
    """A number of the node's form: types of nodes, and names of attributes that are called."""
    parts: list[object] = []
    for each in walk(node):
        parts.append(type(each).__name__)
        if isinstance(each, ast.Call):
            parts.append(getattr(each.func, "attr", None) or len(each.args) + len(each.keywords))
    return hash(tuple(parts))


def small_decisions(function: Function, total: int) -> str:
    """Where the decisions stand in a function without a part that could go, in words."""
    most = max(2, (total * 3) // 5)
    core = [each for each in _compound(function.body) if of_statement(each) > most]
    if core and isinstance(core[-1], (ast.Match, ast.If)):
        first, last = core[-1].lineno, core[-1].end_lineno
        return f"Nearly all of its decisions stand on lines {first}-{last}: a function for each block there. "
    body = max(blocks_of(core[-1]), key=len) if core else function.body
    done, half = 0, sum(map(of_statement, body))
    line = body[-1].lineno
    for statement in body:
        if 2 * done >= half:
            line = statement.lineno
            break
        done += of_statement(statement)
    return (
        "Its decisions are small and stand one behind the other: cut it by what they are about; half of "
        f"them stand before line {line}. "
    )
