"""Code of a module that is not being judged: its parts, each parsed alone when it is asked for."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from weakref import proxy

from fixaudit.errors import SourceError
from fixaudit.semantics.module_facts import ModuleFacts, Part, Span
from fixaudit.semantics.tree_view import View, find, find_class
from fixaudit.syntax.binder import BindingWalk
from fixaudit.syntax.namespace import COMPREHENSIONS, Binding, Scope
from fixaudit.syntax.parser import parse
from fixaudit.syntax.scopes import Scopes
from fixaudit.syntax.tree import TreeIndex
from fixaudit.text.positions import Positions


@dataclass(slots=True)
class Parses:
    """How often a run has parsed text of other modules than the judged ones, and read their facts.

    `whole` counts whole files, `parts` single statements of files, `read` facts from the store.
    """

    whole: int = 0
    parts: int = 0
    read: int = 0


class _Block:
    """The statements of a module or of a class at its top level; placeholders until parsed."""

    __slots__ = ("done", "ends", "first", "named", "node", "parts")

    def __init__(self, node: ast.Module | ast.ClassDef, parts: tuple[Part, ...]) -> None:
        self.node = node
        self.parts = parts
        self.first = [0, *accumulate(part.statements for part in parts)]
        self.ends = [part.end for part in parts]
        self.done: set[int] = set()
        self.named: dict[str, list[int]] = {}
        for at, part in enumerate(parts):
            for name in part.names:
                self.named.setdefault(name, []).append(at)
        node.body = [_placeholder(part) for part in parts for _ in range(part.statements)]

    def statements(self, at: int) -> list[ast.stmt]:
        return self.node.body[self.first[at] : self.first[at + 1]]

    def holding(self, line: int) -> int:
        """The part that holds a line."""
        return min(bisect_left(self.ends, line), len(self.parts) - 1)


def _placeholder(part: Part) -> ast.stmt:
    return ast.Pass(lineno=part.start, col_offset=0, end_lineno=part.end, end_col_offset=0)


class Fragments(View):
    """A module's tree of which only the parts that were asked for are there.

    Args:
        body: the text that `module` was read from, UTF-8 without a byte order mark.
        parses: counts what is parsed.
    """

    def __init__(self, module: ModuleFacts, body: bytes, parses: Parses) -> None:
        tree = ast.Module(body=[], type_ignores=[])
        index = TreeIndex(tree)
        if b":=" in body:
            index.by_type[ast.NamedExpr] = []
        scopes = _FragmentScopes(tree, index, module.package, self)
        super().__init__(tree, index, scopes)
        self._scopes = scopes
        self._body = body
        self._positions = Positions(body)
        self._parses = parses
        self._top = _Block(tree, module.parts)
        self._blocks: dict[ast.AST, _Block] = {tree: self._top}
        self._is_whole = False
        self.size = 0

    def node(self, span: Span) -> ast.AST:
        found = find(self._around(span[0]), span)
        return found if found is not None else self._all().node_in_all(span)

    def node_in_all(self, span: Span) -> ast.AST:
        """The same in the whole tree."""
        return super().node(span)

    def class_node(self, line: int, column: int) -> ast.ClassDef:
        found = find_class(self._around(line), line, column)
        return (
            found if found is not None else super(Fragments, self._all()).class_node(line, column)
        )

    def whole_class(self, line: int, column: int) -> ast.ClassDef:
        node = self.class_node(line, column)
        block = self._blocks.get(node)
        if block is not None:
            for at in range(len(block.parts)):
                self._supply(block, at)
        return self.class_node(line, column)

    def naming(self, words: Iterable[str]) -> list[ast.stmt]:
        wanted = [word.encode() for word in words]
        found: list[ast.stmt] = []
        if self._is_whole:
            return self.tree.body
        for at, part in enumerate(self._top.parts):
            if self._says(part, wanted):
                self._supply(self._top, at)
                found += self._naming_inside(at, part, wanted)
        return found

    def _naming_inside(self, at: int, part: Part, wanted: list[bytes]) -> list[ast.stmt]:
        statements = self._top.statements(at)
        block = self._blocks.get(statements[0])
        if block is None:
            return statements
        for inner, below in enumerate(block.parts):
            if self._says(below, wanted):
                self._supply(block, inner)
        return statements

    def _says(self, part: Part, words: list[bytes]) -> bool:
        start, end = self._positions.line_start(part.start), self._positions.line_end(part.end)
        return any(self._body.find(word, start, end) != -1 for word in words)

    def complete(self, parent: ast.AST, child: ast.AST) -> None:
        block = self._blocks.get(parent)
        if block is None or self._is_whole:
            return
        line = getattr(child, "lineno", 0)
        for at, part in enumerate(block.parts):
            if part.start > line:
                break
            if part.shows:
                self._supply(block, at)

    def supply(self, node: ast.AST, name: str) -> bool:
        """Have all statements that bind a name in the block of a module or class.

        False where the node has no placeholders.
        """
        block = self._blocks.get(node)
        if block is None:
            return False
        for at in block.named.get(name, ()):
            self._supply(block, at)
        return True

    # ---------------------------------------------------------------- parsing

    def _around(self, line: int) -> list[ast.stmt]:
        """The statements that hold a line."""
        if self._is_whole or not self._top.parts:
            return self.tree.body
        block, at = self._top, self._top.holding(line)
        self._supply(block, at)
        statements = block.statements(at)
        inner = self._blocks.get(statements[0]) if not self._is_whole else None
        if inner is None or line < inner.parts[0].start:
            return self.tree.body if self._is_whole else statements
        at = inner.holding(line)
        self._supply(inner, at)
        return self.tree.body if self._is_whole else inner.statements(at)

    def _supply(self, block: _Block, at: int) -> None:
        if at in block.done or self._is_whole:
            return
        block.done.add(at)
        part = block.parts[at]
        try:
            statements = self._parsed(part, inside=block is not self._top)
        except SourceError:
            statements = []
        if len(statements) != part.statements:
            self._all()
            return
        block.node.body[block.first[at] : block.first[at + 1]] = statements
        for statement in statements:
            self._add(statement, block.node)
        if part.inner is not None:
            assert isinstance(statements[0], ast.ClassDef)
            self._blocks[statements[0]] = _Block(statements[0], part.inner)
            statements[0].end_lineno = part.end

    def _parsed(self, part: Part, *, inside: bool) -> list[ast.stmt]:
        last = part.end if part.inner is None else part.inner[0].start - 1
        positions = self._positions
        text = self._body[positions.line_start(part.start) : positions.line_end(last)]
        if part.inner is not None:
            text += b"\n pass\n"
        before = b"\n" * (part.start - 2) + b"class _:\n" if inside else b"\n" * (part.start - 1)
        self._parses.parts += 1
        self.size += len(text)
        statements = parse((before + text).decode("utf-8")).body
        if inside:
            assert isinstance(statements[0], ast.ClassDef)
            return statements[0].body if len(statements) == 1 else []
        return statements

    def _add(self, statement: ast.stmt, parent: ast.AST) -> None:
        index = TreeIndex(statement)
        self.parents[statement] = parent
        self.parents.update(index.parents)
        self._scopes.declare(index)

    def _all(self) -> Fragments:
        """Have the whole tree: for a part that does not parse alone."""
        if not self._is_whole:
            self._is_whole = True
            self._parses.whole += 1
            self.size += len(self._body)
            self.tree.body = parse(self._body.decode("utf-8")).body
            self._blocks.clear()
            self._scopes.forget()
            for statement in self.tree.body:
                self._add(statement, self.tree)
        return self


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
        known = self._bound.get((scope, name))
        if known is None:
            has_parts = self._fragments.supply(scope.node, name) or scope is self.module
            # What a comprehension binds is found with the block that it stands in.
            if not has_parts and not isinstance(scope.node, COMPREHENSIONS):
                return scope.bindings.get(name, [])
            walk = BindingWalk(self.module, self._index, self._package, proxy(self))
            for declaring in self._declaring:
                walk.walk(declaring)
            walk.walk(scope)
            known = self._bound[scope, name] = walk.bindings(scope).get(name, [])
        return known

    def declare(self, index: TreeIndex) -> None:
        """Note the `global` and `nonlocal` statements of a part."""
        self._declarations(index)

    def forget(self) -> None:
        """Drop what was found before the whole tree was there."""
        self._bound.clear()
