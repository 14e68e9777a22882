"""Two assignments to one name in one block, and what may have happened to the name in between."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from fixaudit import Source, memoized
from fixaudit_codemods.attributes.duplicate_assignment._constants import is_literal

Assignment = ast.Assign | ast.AnnAssign

_BLOCKS = ("body", "orelse", "finalbody")
# By these a module's names can change without being named: in any of its functions, in what is
# called without arguments at its top level, or through `sys.modules`.
_OWN_NAMESPACE = frozenset({"globals", "exec"})
_NAMESPACE_HERE = frozenset({"vars", "locals"})
_NAMESPACE_OF = frozenset({"setattr", "delattr", "vars"})


@dataclass(frozen=True, slots=True)
class Pair:
    """The second assignment and the one before it, by their positions in their block."""

    name: str
    block: Block
    before: int
    position: int

    @property
    def first(self) -> Assignment:
        return self.block.statements[self.before]  # type: ignore[return-value]

    @property
    def second(self) -> Assignment:
        return self.block.statements[self.position]  # type: ignore[return-value]

    def between(self, places: Sequence[int]) -> bool:
        """True where one of the ascending positions lies between the two."""
        at = bisect_right(places, self.before)
        return at < len(places) and places[at] < self.position


def pair_at(source: Source, node: Assignment) -> Pair | None:
    """The pair whose second half is `node`; None for a name's first assignment in its block."""
    return _all_pairs(source).get(node)


@memoized
def _all_pairs(source: Source) -> dict[Assignment, Pair]:
    return {entry.second: entry for block in blocks_of(source) for entry in _pairs(block)}


def blocks_of(source: Source) -> Iterator[Sequence[ast.stmt]]:
    """The blocks of more than one statement in which something is assigned."""
    parents = {source.parent(node): None for kind in (ast.Assign, ast.AnnAssign) for node in source.nodes(kind)}  # fmt: skip
    for parent in parents:
        for field in _BLOCKS:
            block = getattr(parent, field, None)
            if isinstance(block, list) and len(block) > 1:
                yield block


def _pairs(statements: Sequence[ast.stmt]) -> Iterator[Pair]:
    block, last = Block(statements), dict[str, int]()
    for position, statement in enumerate(statements):
        for name in target_names(statement):
            before = last.get(name)
            if before is not None and _has_one_target(statement):
                yield Pair(name, block, before, position)
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
    scope, _ = source.scopes.lookup(pair.name, pair.second)
    places = [] if scope is None else _bound_at(source, scope.node, pair.name)
    at = bisect_right(places, (start, 1 << 60))
    return places[at][1] if at < len(places) and places[at][0] < end else None


@memoized
def _bound_at(source: Source, home: ast.AST, name: str) -> list[tuple[int, int]]:
    """Where a scope gives a name a value or deletes it: offsets and lines, in order."""
    bindings = source.scopes.own_scope(home).bindings.get(name, ())
    nodes = [item.node for item in bindings if item.kind != "annotation"]
    return sorted((source.span(node).start, node.lineno) for node in nodes)  # type: ignore[attr-defined]


def rebound_from_afar(source: Source, pair: Pair) -> str | None:
    """Why code that runs in between may change the name without naming it there."""
    if not pair.between(pair.block.active):
        return None
    if pair.between(pair.block.stars):
        return "the star import in between may bring another value"
    here, scope = _scopes(source, pair)
    line = None if scope is None else _bound_from_afar(source, scope, pair.name, here)
    if line is not None:
        return f"line {line} changes it from another function, which may run in between"
    if scope is not source.tree:
        return None
    if pair.between(pair.block.words.get("eval", ())) or _changes_itself(source):
        return "the module's names are changed in between by other means"
    return _set_elsewhere(source, pair.name)


def _scopes(source: Source, pair: Pair) -> tuple[ast.AST, ast.AST | None]:
    """What opens the scope of the pair, and that in which its name is bound."""
    scope, _ = source.scopes.lookup(pair.name, pair.second)
    return source.scopes.scope_of(pair.second).node, None if scope is None else scope.node


@memoized
def _bound_from_afar(source: Source, home: ast.AST, name: str, here: ast.AST) -> int | None:
    for binding in source.scopes.own_scope(home).bindings.get(name, ()):
        if binding.kind != "parameter" and source.scopes.scope_of(binding.node).node is not here:
            line: int = binding.node.lineno  # type: ignore[attr-defined]
            return line
    return None


@memoized
def _changes_itself(source: Source) -> bool:
    """True where code of the file reaches for its own namespace: what it does cannot be seen.

    What `setattr`, `vars(…)` and `__dict__` have of another object is not the module's.
    """
    names = source.nodes(ast.Name)
    if any(node.id in _OWN_NAMESPACE or _is_namespace(source, node) for node in names):
        return True
    attributes = source.nodes(ast.Attribute)
    words = {node.attr for node in attributes} | {node.id for node in names}
    return "modules" in words and ("__dict__" in words or bool(words & _NAMESPACE_OF))


def _is_namespace(source: Source, name: ast.Name) -> bool:
    """True for the callee of `vars()` and `locals()` at the top level of the file."""
    if name.id not in _NAMESPACE_HERE:
        return False
    match source.parent(name):
        case ast.Call(func=func, args=[], keywords=[]) if func is name:
            return source.scopes.scope_of(name) is source.scopes.module
    return False


@memoized
def _set_elsewhere(source: Source, name: str) -> str | None:
    tail = source.module.rpartition(".")[2]
    if tail == "__main__":
        return None
    needle = f"{tail}.{name} ="
    for mention in source.project.mentions(needle.encode()):
        if not mention.is_test and not mention.text.partition(needle)[2].startswith("="):
            return f"{mention.path.name}:{mention.line} sets it from another module"
    return None


def is_mentioned(pair: Pair) -> bool:
    """True where the statements in between name it."""
    return pair.between(pair.block.words.get(pair.name, ()))


def read_between(source: Source, pair: Pair) -> int | None:
    """The line in between that reads the name itself, not another one spelled alike."""
    meant = source.lookup(pair.name, pair.second)
    start, end = source.span(pair.first).end, source.span(pair.second).start
    places, nodes = _names(source).get(pair.name, ([], []))
    for at in range(bisect_right(places, start - 1), len(places)):
        if places[at] >= end:
            break
        if source.lookup(pair.name, nodes[at]) is meant:
            return nodes[at].lineno
    return None


@memoized
def _names(source: Source) -> dict[str, tuple[list[int], list[ast.Name]]]:
    """The names of a file by their word, in the order of the text, with where they start."""
    found: dict[str, tuple[list[int], list[ast.Name]]] = {}
    for start, node in sorted(((source.span(n).start, n) for n in source.nodes(ast.Name)), key=itemgetter(0)):  # fmt: skip
        places, nodes = found.setdefault(node.id, ([], []))
        places.append(start)
        nodes.append(node)
    return found


def is_captured(source: Source, pair: Pair) -> bool:
    """True where a function inside reads the name, and may do so in between."""
    here, scope = _scopes(source, pair)
    return scope is not None and bool(_naming(source, pair.name).get(scope, set()) - {here})


@memoized
def _naming(source: Source, name: str) -> dict[ast.AST | None, set[ast.AST]]:
    """What names a variable, functions and the like, by what the variable belongs to."""
    found: dict[ast.AST | None, set[ast.AST]] = {}
    for node in _names(source).get(name, ([], []))[1]:
        home = source.scopes.lookup(name, node)[0]
        if home is not None:
            found.setdefault(home.node, set()).add(source.scopes.scope_of(node).node)
    return found


def runs_nothing(pair: Pair) -> bool:
    """True where nothing in between can run code of its own, imports apart."""
    return not pair.between(pair.block.running)


class Block:
    """The statements of one block, and where in it stands what pairs are asked about.

    Each answer is worked out for the whole block, so that no statement is looked at once a pair.
    Positions ascend. `words`: the names and attributes in a statement; `active`: it may run code;
    `running`: it may, and is no import; `stars`: a star import is in it.
    """

    def __init__(self, statements: Sequence[ast.stmt]) -> None:
        self.statements = statements

    @cached_property
    def words(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for position, statement in enumerate(self.statements):
            for word in {_word(node) for node in ast.walk(statement)} - {None}:
                found.setdefault(str(word), []).append(position)
        return found

    @cached_property
    def active(self) -> list[int]:
        return [at for at, statement in enumerate(self.statements) if not _is_inert(statement)]

    @cached_property
    def running(self) -> list[int]:
        imports = (ast.Import, ast.ImportFrom)
        return [at for at in self.active if not isinstance(self.statements[at], imports)]

    @cached_property
    def stars(self) -> list[int]:
        return [
            at
            for at in self.active
            for node in ast.walk(self.statements[at])
            if isinstance(node, ast.alias) and node.name == "*"
        ]


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
