"""Two assignments to one name in one block, and what may have happened to the name in between."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixaudit import Source, memoized

Assignment = ast.Assign | ast.AnnAssign

_BLOCKS = ("body", "orelse", "finalbody")
# By these a module's names can change without being named.
_NAMESPACES = frozenset({"globals", "vars", "exec", "eval", "setattr", "locals", "__dict__"})


@dataclass(frozen=True, slots=True)
class Pair:
    """The second assignment, the one before it, and the statements between them."""

    name: str
    first: Assignment
    second: Assignment
    between: tuple[ast.stmt, ...]


def pair_at(source: Source, node: Assignment) -> Pair | None:
    """The pair whose second half is `node`; None for a name's first assignment in its block."""
    return _all_pairs(source).get(node)


@memoized
def _all_pairs(source: Source) -> dict[Assignment, Pair]:
    return {entry.second: entry for block in _blocks(source) for entry in _pairs(block)}


def _blocks(source: Source) -> Iterator[Sequence[ast.stmt]]:
    parents = {source.parent(node): None for kind in (ast.Assign, ast.AnnAssign) for node in source.nodes(kind)}  # fmt: skip
    for parent in parents:
        for field in _BLOCKS:
            block = getattr(parent, field, None)
            if isinstance(block, list) and len(block) > 1:
                yield block


def _pairs(block: Sequence[ast.stmt]) -> Iterator[Pair]:
    last: dict[str, int] = {}
    for position, statement in enumerate(block):
        for name in target_names(statement):
            before = last.get(name)
            if before is not None and _has_one_target(statement):
                first = block[before]
                assert isinstance(first, Assignment)
                assert isinstance(statement, Assignment)
                yield Pair(name, first, statement, tuple(block[before + 1 : position]))
            last[name] = position


def _has_one_target(statement: ast.stmt) -> bool:
    return not isinstance(statement, ast.Assign) or len(statement.targets) == 1


def target_names(statement: ast.stmt) -> list[str]:
    """The plain names that a statement assigns its whole value to: `a = b = 1`."""
    match statement:
        case ast.Assign(targets=targets):
            return [item.id for item in targets if isinstance(item, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return [name]
    return []


def rebound_between(source: Source, pair: Pair) -> int | None:
    """The line in between that gives the name another value, or deletes it."""
    start, end = source.span(pair.first).end, source.span(pair.second).start
    for binding in source.lookup(pair.name, pair.second):
        if binding.kind != "annotation" and start < source.span(binding.node).start < end:
            line: int = binding.node.lineno  # type: ignore[attr-defined]
            return line
    return None


def rebound_from_afar(source: Source, pair: Pair) -> str | None:
    """Why code that runs in between may change the name without naming it there."""
    if all(_is_inert(statement) for statement in pair.between):
        return None
    nodes = [inner for statement in pair.between for inner in ast.walk(statement)]
    if any(isinstance(node, ast.alias) and node.name == "*" for node in nodes):
        return "the star import in between may bring another value"
    scope, bindings = source.scopes.scope_of(pair.second), source.lookup(pair.name, pair.second)
    for binding in bindings:
        if binding.kind != "parameter" and source.scopes.scope_of(binding.node) is not scope:
            line: int = binding.node.lineno  # type: ignore[attr-defined]
            return f"line {line} changes it from another function, which may run in between"
    if source.scopes.lookup(pair.name, pair.second)[0] is not source.scopes.module:
        return None
    if any(_word(node) in _NAMESPACES for node in nodes) or _changes_itself(source):
        return "the module's names are changed in between by other means"
    return _set_elsewhere(source, pair)


def _changes_itself(source: Source) -> bool:
    """True where functions of the file reach for its namespace: what they do cannot be seen."""
    return any(node.id in ("globals", "exec") for node in source.nodes(ast.Name))


def _set_elsewhere(source: Source, pair: Pair) -> str | None:
    tail = source.module.rpartition(".")[2]
    if tail == "__main__":
        return None
    needle = f"{tail}.{pair.name} ="
    for mention in source.project.mentions(needle.encode()):
        if not mention.is_test and not mention.text.partition(needle)[2].startswith("="):
            return f"{mention.path.name}:{mention.line} sets it from another module"
    return None


def is_mentioned(pair: Pair) -> bool:
    """True where the statements in between name it."""
    return any(_word(node) == pair.name for item in pair.between for node in ast.walk(item))


def read_between(source: Source, pair: Pair) -> int | None:
    """The line in between that reads the name itself, not another one spelled alike."""
    meant = source.lookup(pair.name, pair.second)
    for node in (inner for item in pair.between for inner in ast.walk(item)):
        named = isinstance(node, ast.Name) and node.id == pair.name
        if named and source.lookup(pair.name, node) is meant:
            return int(node.lineno)  # type: ignore[attr-defined]
    return None


def is_captured(source: Source, pair: Pair) -> bool:
    """True where a function inside reads the name, and may do so in between."""
    scope, meant = source.scopes.scope_of(pair.second), source.lookup(pair.name, pair.second)
    return any(
        node.id == pair.name
        and source.lookup(node.id, node) is meant
        and source.scopes.scope_of(node) is not scope
        for node in source.nodes(ast.Name)
    )


def runs_nothing(pair: Pair) -> bool:
    """True where nothing in between can run code of its own, imports apart."""
    imports = (ast.Import, ast.ImportFrom)
    return all(isinstance(item, imports) or _is_inert(item) for item in pair.between)


def _is_inert(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=targets, value=value):
            return all(isinstance(item, ast.Name) for item in targets) and is_literal(value)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is None or is_literal(value)
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            return True
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
    return False


def _word(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word):
            return word
    return None


# ------------------------------------------------------------------------------ values


def is_constant(value: ast.expr) -> bool:
    """Literals that cannot change: numbers, texts, tuples, and sums and products of them."""
    match value:
        case ast.Constant():
            return True
        case ast.Tuple(elts=items):
            return all(is_constant(item) for item in items)
        case ast.UnaryOp(operand=operand):
            return is_constant(operand)
        case ast.BinOp(left=left, right=right):
            return is_constant(left) and is_constant(right)
    return False


def is_literal(value: ast.expr) -> bool:
    """The same with lists, sets and dicts, of which each evaluation makes a new one."""
    match value:
        case ast.List(elts=items) | ast.Set(elts=items) | ast.Tuple(elts=items):
            return all(is_literal(item) for item in items)
        case ast.Dict(keys=keys, values=values):
            return all(item is not None and is_literal(item) for item in [*keys, *values])
    return is_constant(value)


def is_equal(one: ast.expr, other: ast.expr) -> bool:
    """True for the same expression, types of its constants included; layout does not count."""
    return ast.dump(one) == ast.dump(other)
