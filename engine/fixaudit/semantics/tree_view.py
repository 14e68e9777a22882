"""A module's code with parents and scopes: for questions about what stands inside functions."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator

from fixaudit.semantics import name_resolver
from fixaudit.semantics.classes import Found, ProjectIndex
from fixaudit.semantics.module_facts import ImportFacts, ModuleFacts, Span
from fixaudit.semantics.signatures import FunctionFacts, function_record
from fixaudit.syntax.namespace import Binding, Scope, in_header
from fixaudit.syntax.scopes import Scopes
from fixaudit.syntax.tree import TreeIndex, children


class Block:
    """The statements of one block: their places, and those that may show something of a name."""

    def __init__(self, statements: list[ast.stmt]) -> None:
        self._statements = statements
        self._places: dict[int, int] = {}
        self._showing: list[int] = []
        self._by_text: dict[str, list[int]] | None = None
        self.take(0, len(statements))

    def take(self, first: int, count: int) -> None:
        """Note statements that were put in: what is parsed piece by piece gets them one by one."""
        self._by_text = None
        for at in range(first, first + count):
            statement = self._statements[at]
            self._places[id(statement)] = at
            if isinstance(statement, (ast.Assert, ast.If)):
                index = bisect_left(self._showing, at)
                if self._showing[index : index + 1] != [at]:
                    self._showing.insert(index, at)

    def place(self, statement: ast.stmt) -> int | None:
        """The index of a statement of the block; None for another one."""
        at = self._places.get(id(statement))
        # The id of a statement that was replaced may be that of another one by now.
        return at if at is not None and self._statements[at] is statement else None

    def tests_before(self, place: int) -> Iterator[tuple[int, ast.stmt]]:
        """Each `assert` and `if` before a place with its index, the nearest first."""
        for index in range(bisect_left(self._showing, place) - 1, -1, -1):
            at = self._showing[index]
            yield at, self._statements[at]

    def tests_of(
        self, text: str, place: int, texts: Callable[[ast.stmt], Iterable[str]]
    ) -> Iterator[tuple[int, ast.stmt]]:
        """Those of them that show something of an expression; `texts` says of which one does."""
        if self._by_text is None:
            self._by_text = {}
            for at in self._showing:
                for shown in set(texts(self._statements[at])):
                    self._by_text.setdefault(shown, []).append(at)
        showing = self._by_text.get(text, ())
        for index in range(bisect_left(showing, place) - 1, -1, -1):
            yield showing[index], self._statements[showing[index]]


class View:
    """Parents and scopes of one tree. That of the file being judged is whole."""

    def __init__(self, tree: ast.Module, index: TreeIndex, scopes: Scopes) -> None:
        self.tree = tree
        self.parents = index.parents
        self._index = index
        self.scopes = scopes
        # By the bindings' list: what the resolver of values has found out about their places.
        self.bound_places: dict[int, object] = {}
        self._blocks: dict[int, Block] = {}

    def block(self, statements: list[ast.stmt]) -> Block:
        """Where in a block of the tree each statement stands, and which of them may show something."""
        known = self._blocks.get(id(statements))
        if known is None:
            known = self._blocks[id(statements)] = Block(statements)
        return known

    def ancestors(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """`(child, parent)` pairs from `node` up to the module."""
        parents = self.parents
        parent = parents.get(node)
        while parent is not None:
            yield node, parent
            node, parent = parent, parents.get(parent)

    def lookup(self, name: str, anchor: ast.AST) -> tuple[Scope | None, list[Binding]]:
        """The scope and the bindings of a name at a node of the tree; in the header of a definition."""
        return self.scopes.lookup(name, in_header(anchor))

    def node(self, span: Span) -> ast.AST:
        """The outermost expression or definition with a span. Raises LookupError for none."""
        found = find(self.tree.body, span)
        if found is None:
            raise LookupError(f"no node stands at {span}")
        return found

    def class_node(self, line: int, column: int) -> ast.ClassDef:
        """The class whose `class` stands there. Raises LookupError for none."""
        return class_in(self.tree.body, line, column)

    def naming(self, words: Iterable[str]) -> list[ast.stmt]:
        """The statements of the top level that may hold one of the words, for a look below them."""
        return self.tree.body

    def connect(self) -> None:
        """Let nodes that `naming` gave know what stands around them, so that names can be looked up."""

    def loads(self, words: frozenset[str]) -> list[ast.Name | ast.Attribute]:
        """The names and attributes that are one of some words, or what an import here makes of them."""
        return loads_among(self._index, words)

    def complete(self, parent: ast.AST, child: ast.AST) -> None:
        """Have what tests before `child` in the block `parent` may show of a name."""

    def meaning(
        self, project: ProjectIndex, module: ModuleFacts, name: str, anchor: ast.AST
    ) -> Found:
        """The definition a name means at a node: imports, classes and functions, no values."""
        scope, bindings = self.lookup(name, anchor)
        if scope is None or isinstance(scope.node, ast.Module):
            return name_resolver.member(project, module, name)
        if len(bindings) != 1:
            return None
        binding = bindings[0]
        match binding.node:
            case ast.alias() as alias if binding.target is not None:
                return self._imported(project, module, alias, binding)
            case ast.ClassDef() as node:
                return project.class_of(node, module)
            case ast.FunctionDef() | ast.AsyncFunctionDef() as node:
                owner = scope.node if isinstance(scope.node, ast.ClassDef) else None
                return FunctionFacts(
                    function_record(node),
                    module,
                    project.locating(module),
                    project.class_of(owner, module).qualified_name if owner else None,
                )
        return None

    def _imported(
        self, project: ProjectIndex, module: ModuleFacts, alias: ast.alias, binding: Binding
    ) -> Found:
        target = binding.target or ""
        if isinstance(binding.statement, ast.Import):
            return project.module(target, module.path) or target
        source = target.removesuffix(alias.name)
        # `from ..x import y` keeps its dots where the package is not known.
        source = source if not source.strip(".") else source.removesuffix(".")
        item = ImportFacts(alias.asname or alias.name, source, alias.name, alias.lineno)
        return name_resolver.imported(project, item, module.path, module.name)

    def enclosing_class(self, function: ast.AST) -> ast.ClassDef | None:
        """The class a function is a method of."""
        for _, parent in self.ancestors(function):
            if isinstance(parent, ast.ClassDef):
                return parent
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                return None
        return None


def loads_among(
    index: TreeIndex, words: frozenset[str], renamed: Iterable[str] = ()
) -> list[ast.Name | ast.Attribute]:
    """The loads of some words among nodes, and of what an import among them calls such a word, or
    one elsewhere (`renamed`)."""
    renamed_here = {
        alias.asname
        for node in index.of_type(ast.ImportFrom)
        for alias in node.names
        if alias.asname and alias.name in words
    }
    names = words.union(renamed_here, renamed)
    found: list[ast.Name | ast.Attribute] = []
    for name in index.of_type(ast.Name):
        if name.id in names and isinstance(name.ctx, ast.Load):
            found.append(name)
    for attribute in index.of_type(ast.Attribute):
        if attribute.attr in words and isinstance(attribute.ctx, ast.Load):
            found.append(attribute)
    return found


def sees_only_the_module(anchor: ast.AST) -> bool:
    """True for a statement that stands right in the module and has no type parameters."""
    return isinstance(in_header(anchor), ast.stmt) and getattr(anchor, "col_offset", 0) == 0


def find(roots: list[ast.stmt], span: Span) -> ast.AST | None:
    """The outermost expression or definition with a span, in statements and below."""
    line, column, end_line, end_column = span
    for node in _around(roots, line):
        if (
            getattr(node, "lineno", 0) == line
            and node.col_offset == column  # type: ignore[attr-defined]
            and node.end_lineno == end_line  # type: ignore[attr-defined]
            and node.end_col_offset == end_column  # type: ignore[attr-defined]
            and isinstance(node, (ast.expr, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        ):
            return node
    return None


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def class_in(roots: list[ast.stmt], line: int, column: int) -> ast.ClassDef:
    """The class whose `class` stands there, in statements and below. Raises LookupError for none."""
    found = path_to_class(roots, line, column)
    if not found:
        raise LookupError(f"no class stands in line {line}")
    assert isinstance(found[-1], ast.ClassDef)
    return found[-1]


def path_to_class(roots: list[ast.stmt], line: int, column: int) -> list[Definition]:
    """The class whose `class` stands there, behind the definitions around it; empty for none."""
    path: list[Definition] = []
    for node in _around(roots, line):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            path.append(node)
            if isinstance(node, ast.ClassDef) and (node.lineno, node.col_offset) == (line, column):
                return path
    return []


def _around(roots: list[ast.stmt], line: int) -> Iterator[ast.AST]:
    """The nodes that hold a line, and those without a place, each before what is in it."""
    stack: list[ast.AST] = list(reversed(_holding(roots, line)))
    while stack:
        node = stack.pop()
        if getattr(node, "lineno", None) is not None:
            if _first_line(node) > line or _last_line(node) < line:
                continue
        yield node
        stack.extend(reversed(_below(node, line)))


def _below(node: ast.AST, line: int) -> list[ast.AST]:
    """The nodes right below one that may hold a line; a block is searched, not walked."""
    if not isinstance(getattr(node, "body", None), list):
        return children(node)
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            found += _holding(value, line)
        else:
            entries = value if isinstance(value, list) else [value]
            found += [entry for entry in entries if isinstance(entry, ast.AST)]
    return found


def _holding(block: list[ast.stmt], line: int) -> list[ast.stmt]:
    """Those statements of a block that hold a line: a block is in the order of its lines."""
    first = bisect_left(block, line, key=_last_line)
    return block[first : bisect_right(block, line, first, key=_first_line)]


def _first_line(node: ast.AST) -> int:
    first: int = node.lineno  # type: ignore[attr-defined]
    for decorator in getattr(node, "decorator_list", ()):
        first = min(first, decorator.lineno)
    return first


def _last_line(node: ast.AST) -> int:
    return node.end_lineno or node.lineno  # type: ignore[attr-defined,no-any-return]
