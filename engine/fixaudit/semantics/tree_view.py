"""A module's code with parents and scopes: for questions about what stands inside functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from fixaudit.semantics import name_resolver
from fixaudit.semantics.classes import Found, ProjectIndex
from fixaudit.semantics.module_facts import ImportFacts, ModuleFacts, Span
from fixaudit.semantics.signatures import FunctionFacts, function_record
from fixaudit.syntax.namespace import Binding, Scope, in_header
from fixaudit.syntax.scopes import Scopes
from fixaudit.syntax.tree import TreeIndex, children


class View:
    """Parents and scopes of one tree. That of the file being judged is whole."""

    def __init__(self, tree: ast.Module, index: TreeIndex, scopes: Scopes) -> None:
        self.tree = tree
        self.parents = index.parents
        self.scopes = scopes

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
    stack: list[ast.AST] = list(reversed(roots))
    while stack:
        node = stack.pop()
        first = getattr(node, "lineno", None)
        if first is not None:
            for decorator in getattr(node, "decorator_list", ()):
                first = min(first, decorator.lineno)
            if first > line or (node.end_lineno or first) < line:  # type: ignore[attr-defined]
                continue
        yield node
        stack.extend(reversed(children(node)))
