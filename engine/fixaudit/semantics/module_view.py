"""A module's tree with parents and scopes: for questions about code inside functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixaudit.semantics import name_resolver
from fixaudit.semantics.facts import ImportFacts, ModuleFacts
from fixaudit.semantics.signatures import read_function
from fixaudit.syntax.namespace import Binding, Scope
from fixaudit.syntax.scopes import Scopes
from fixaudit.syntax.tree import TreeIndex

if TYPE_CHECKING:
    from fixaudit.semantics.project import Project


@dataclass(frozen=True, slots=True)
class View:
    """Parents, nodes by type, and scopes of one tree."""

    index: TreeIndex
    scopes: Scopes

    @classmethod
    def of(cls, module: ModuleFacts) -> View:
        """Walks the module's tree."""
        index = TreeIndex(module.tree)
        return cls(index, Scopes(module.tree, index, module.package))

    def ancestors(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """`(child, parent)` pairs from `node` up to the module."""
        parents = self.index.parents
        parent = parents.get(node)
        while parent is not None:
            yield node, parent
            node, parent = parent, parents.get(parent)

    def lookup(self, name: str, anchor: ast.AST) -> tuple[Scope | None, list[Binding]]:
        """The scope and the bindings of a name at a node of the tree."""
        return self.scopes.lookup(name, anchor)

    def meaning(
        self, project: Project, module: ModuleFacts, name: str, anchor: ast.AST
    ) -> name_resolver.Found:
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
                return project.class_facts(node, module, self.qualified(module, node))
            case ast.FunctionDef() | ast.AsyncFunctionDef() as node:
                owner = scope.node if isinstance(scope.node, ast.ClassDef) else None
                return read_function(node, module, self.qualified(module, owner) if owner else None)
        return None

    def _imported(
        self, project: Project, module: ModuleFacts, alias: ast.alias, binding: Binding
    ) -> name_resolver.Found:
        target = binding.target or ""
        if isinstance(binding.statement, ast.Import):
            return project.module(target, module.path) or target
        source = target.removesuffix(alias.name)
        # `from ..x import y` keeps its dots where the package is not known.
        source = source if not source.strip(".") else source.removesuffix(".")
        item = ImportFacts(alias.asname or alias.name, source, alias.name, alias.lineno)
        return name_resolver.imported(project, item, module.path, module.name)

    def qualified(self, module: ModuleFacts, node: ast.AST) -> str:
        """Dotted name of a class or function, with `<locals>` inside functions as Python says it."""
        parts = [getattr(node, "name", "")]
        for child, parent in self.ancestors(node):
            if isinstance(parent, ast.ClassDef):
                parts.append(parent.name)
            elif (
                isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)) and child in parent.body
            ):
                parts += ["<locals>", parent.name]
        return ".".join([module.name, *reversed(parts)])

    def enclosing_class(self, function: ast.AST) -> ast.ClassDef | None:
        """The class a function is a method of."""
        for _, parent in self.ancestors(function):
            if isinstance(parent, ast.ClassDef):
                return parent
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                return None
        return None
