"""Code of a module that is not being judged: its parts, each parsed alone when it is asked for."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from weakref import proxy

from fixaudit.errors import SourceError
from fixaudit.semantics.class_reader import ClassTexts
from fixaudit.semantics.module_facts import ModuleFacts, Part, Span
from fixaudit.semantics.tree_view import View, class_in, find, loads_among
from fixaudit.syntax.binder import BindingWalk
from fixaudit.syntax.namespace import COMPREHENSIONS, Binding, Scope
from fixaudit.syntax.parser import parse
from fixaudit.syntax.scopes import Scopes
from fixaudit.syntax.tree import TreeIndex
from fixaudit.text.positions import Positions


@dataclass(slots=True)
class Parses:
    """How often a run has parsed text of other files than the judged ones, and read their facts.

    `whole` counts whole files, `parts` statements parsed alone, `read` modules' facts from the
    store, `size` the bytes of all parts.
    """

    whole: int = 0
    parts: int = 0
    read: int = 0
    size: int = 0


class Fragments(View):
    """A module's tree with placeholders for the statements that nobody asked for.

    Args:
        body: the text that `module` was read from, UTF-8 without a byte order mark.
        parses: counts what is parsed.
    """

    def __init__(self, module: ModuleFacts, body: bytes, parses: Parses) -> None:
        self._parts = module.parts
        self._ends = [part.end for part in module.parts]
        self._imports = module.imports
        self._first = [0, *accumulate(part.statements for part in module.parts)]
        self._done: set[int] = set()
        self._new: list[ast.stmt] = []
        self._indexes: dict[ast.stmt, TreeIndex] = {}
        self._body = body
        self._positions = Positions(body)
        self._parses = parses
        self.size = 0
        placeholders = [_placeholder(part) for part in module.parts for _ in range(part.statements)]
        tree = ast.Module(body=placeholders, type_ignores=[])
        index = TreeIndex(tree)
        self._scopes = _FragmentScopes(tree, index, module.package, self)
        super().__init__(tree, index, self._scopes)

    @cached_property
    def texts(self) -> ClassTexts:
        """For the reading of classes."""
        return ClassTexts(self._body)

    @cached_property
    def _named(self) -> dict[str, list[int]]:
        """The parts that may bind a name."""
        named: dict[str, list[int]] = {}
        for at, part in enumerate(self._parts):
            for name in part.names:
                named.setdefault(name, []).append(at)
        return named

    def node(self, span: Span) -> ast.AST:
        found = find(self._around(span[0]), span)
        if found is None:
            self._supply_all()
        self.connect()
        return found or super().node(span)

    def class_node(self, line: int, column: int) -> ast.ClassDef:
        found = self.lone_class(line, column)
        self.connect()
        return found

    def lone_class(self, line: int, column: int) -> ast.ClassDef:
        """The same for who only reads what stands below: its parents are not told."""
        try:
            return class_in(self._around(line), line, column)
        except LookupError:
            self._supply_all()
            return super().class_node(line, column)

    def naming(self, words: Iterable[str]) -> list[ast.stmt]:
        offsets = (at for word in words for at in _offsets(self._body, word.encode()))
        return self._holding(offsets)

    def _holding(self, offsets: Iterable[int]) -> list[ast.stmt]:
        """The statements of the parts in which the offsets lie."""
        found: list[ast.stmt] = []
        holding = set()
        for offset in offsets:
            line = self._positions.line(offset)
            at = bisect_left(self._ends, line)
            # Between two parts stand comments.
            if at < len(self._parts) and self._parts[at].start <= line:
                holding.add(at)
        for at in sorted(holding):
            found += self._supply(at)
        return found

    def loads(self, words: frozenset[str]) -> list[ast.Name | ast.Attribute]:
        # An import and what uses its name stand in parts of their own.
        renamed = {item.bound for item in self._imports if item.name in words}
        names = (name.encode() for name in words | renamed)
        statements = self._holding(at for name in names for at in whole_names(self._body, name))
        self.connect()
        return [
            node for each in statements for node in loads_among(self._indexes[each], words, renamed)
        ]

    def complete(self, parent: ast.AST, child: ast.AST) -> None:
        if parent is self.tree:
            line = getattr(child, "lineno", 0)
            for at, part in enumerate(self._parts):
                if part.start > line:
                    break
                if part.shows:
                    self._supply(at)
            self.connect()

    def supply(self, name: str) -> None:
        """Have all statements of the top level that may bind a name."""
        for at in self._named.get(name, ()):
            self._supply(at)
        self.connect()

    # ---------------------------------------------------------------- parsing

    def _around(self, line: int) -> list[ast.stmt]:
        """The statements of the top level that hold a line."""
        at = bisect_left(self._ends, line)
        return self._supply(at) if at < len(self._parts) else []

    def _supply(self, at: int) -> list[ast.stmt]:
        """The statements of a part."""
        first, last = self._first[at], self._first[at + 1]
        if at not in self._done:
            self._done.add(at)
            statements = self._parsed(self._parts[at])
            if len(statements) == last - first:
                self._place(first, statements)
            else:
                self._supply_all()
        return self.tree.body[first:last]

    def _parsed(self, part: Part) -> list[ast.stmt]:
        positions = self._positions
        start, end = positions.line_start(part.start), positions.line_end(part.end)
        text = self._body[start:end]
        self._parses.parts += 1
        self._parses.size += len(text)
        self.size += len(text)
        try:
            return parse("\n" * (part.start - 1) + text.decode("utf-8")).body
        except SourceError:
            return []

    def _supply_all(self) -> None:
        """Parse the whole file: for a part that does not parse alone."""
        if len(self._done) < len(self._parts) or not self._parts:
            self._done.update(range(len(self._parts)))
            self._parses.whole += 1
            self._parses.size += len(self._body)
            self.size += len(self._body)
            self._scopes.forget()
            self._place(0, parse(self._body.decode("utf-8")).body)

    def _place(self, first: int, statements: list[ast.stmt]) -> None:
        self.tree.body[first : first + len(statements)] = statements
        self.block(self.tree.body).take(first, len(statements))
        self._new += statements

    def connect(self) -> None:
        """Let the nodes of new parts know what stands around them."""
        for statement in self._new:
            index = self._indexes[statement] = TreeIndex(statement)
            self.parents[statement] = self.tree
            self.parents.update(index.parents)
            self._scopes.declare(index)
        self._new.clear()


def _placeholder(part: Part) -> ast.stmt:
    return ast.Pass(lineno=part.start, col_offset=0, end_lineno=part.end, end_col_offset=0)


_OF_NAMES = frozenset(b"_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def _offsets(body: bytes, word: bytes) -> Iterator[int]:
    """Where a word stands in a text, also as a part of a longer one."""
    at = body.find(word)
    while at != -1:
        yield at
        at = body.find(word, at + len(word))


def whole_names(body: bytes, name: bytes) -> Iterator[int]:
    """Where a name stands in a text by itself, and not as a part of a longer one."""
    for at in _offsets(body, name):
        end = at + len(name)
        before_it = at > 0 and body[at - 1] in _OF_NAMES
        if not before_it and not (end < len(body) and body[end] in _OF_NAMES):
            yield at


class _FragmentScopes(Scopes):
    """Scopes that have the statements parsed which bind the name that is looked up."""

    def __init__(
        self, tree: ast.Module, index: TreeIndex, package: str, fragments: Fragments
    ) -> None:
        super().__init__(tree, index, package)
        self._package = package
        self._fragments = proxy(fragments)
        self._bound: dict[tuple[Scope, str], list[Binding]] = {}

    def lookup(self, name: str, node: ast.AST) -> tuple[Scope | None, list[Binding]]:
        for scope in self._visible(self.scope_of(node)):
            if name in scope.global_names:
                return self.module, self._bindings(self.module, name)
            found = self._bindings(scope, name)
            if found:
                return scope, found
        return None, []

    def _bindings(self, scope: Scope, name: str) -> list[Binding]:
        # What a comprehension binds is found with the block that it stands in.
        if scope is not self.module and not isinstance(scope.node, COMPREHENSIONS):
            return scope.bindings.get(name, [])
        known = self._bound.get((scope, name))
        if known is None:
            self._fragments.supply(name)
            walk = BindingWalk(self.module, self._index, self._package, proxy(self))
            for declaring in self._declaring:
                walk.walk(declaring)
            walk.walk(scope)
            known = self._bound[scope, name] = walk.bindings(scope).get(name, [])
        return known

    def declare(self, index: TreeIndex) -> None:
        """Note the `global` and `nonlocal` statements of a part, and the expressions that bind."""
        self._index.by_type[ast.NamedExpr] += index.by_type.get(ast.NamedExpr, ())
        self._declarations(index)

    def forget(self) -> None:
        """Drop what was found before the whole tree was there."""
        self._bound.clear()
