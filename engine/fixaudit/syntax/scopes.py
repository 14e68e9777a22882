"""Which name means what where: scopes and bindings of one module, after Python's own rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from weakref import proxy

from fixaudit.syntax.binder import BindingWalk
from fixaudit.syntax.namespace import (
    COMPREHENSIONS,
    DEFINITIONS,
    FUNCTIONS,
    TYPE_PARAMETERS,
    Binding,
    Scope,
    type_parameters,
)
from fixaudit.syntax.tree import TreeIndex


class Scopes:
    """The scopes of one module; `package` is its dotted package, to make relative imports absolute."""

    def __init__(self, tree: ast.Module, index: TreeIndex, package: str) -> None:
        self._index = index
        self.module = Scope(tree, None, self)
        self._by_node: dict[ast.AST, Scope] = {tree: self.module}
        # Held weakly, as by its scopes: a cycle would keep the whole tree until a collection.
        self._walk = BindingWalk(self.module, index, package, proxy(self))
        self._declaring: list[Scope] = []
        self._declared = 0  # how many of those were walked
        self._declarations(index)

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope in which `node` is evaluated."""
        return self.own_scope(self._scope_node(node))

    def own_scope(self, node: ast.AST) -> Scope:
        """The scope that a module, class, function, lambda or comprehension opens.

        The first of several type parameters opens theirs.
        """
        return self._by_node.get(node) or self.opened(node, self._around(node))

    def _around(self, node: ast.AST) -> Scope:
        if isinstance(node, TYPE_PARAMETERS):
            return self.scope_of(self._index.parents[node])
        parameters = type_parameters(node)
        return self.own_scope(parameters[0]) if parameters else self.scope_of(node)

    def lookup(self, name: str, node: ast.AST) -> tuple[Scope | None, list[Binding]]:
        """The scope and bindings that `name` means at `node`; `(None, [])` when nothing binds it."""
        start = self.scope_of(node)
        for scope in self._visible(start):
            if name in scope.global_names:
                return self.module, self.module.bindings.get(name, [])
            found = scope.bindings.get(name)
            if found:
                return scope, found
        return None, []

    def has_star_import(self) -> bool:
        return bool(self.module.star_imports)

    def scopes(self) -> Iterator[Scope]:
        """Every scope that binds or declares something, the module first."""
        for kind in (*FUNCTIONS, ast.ClassDef, *COMPREHENSIONS):
            for node in self._index.by_type.get(kind, ()):
                self.own_scope(node)
        for parameter in TYPE_PARAMETERS:
            for node in self._index.by_type.get(parameter, ()):
                self.scope_of(node)
        yield from list(self._by_node.values())

    def _visible(self, start: Scope) -> Iterator[Scope]:
        scope: Scope | None = start
        near = True  # type parameters see the names of a class they stand in
        while scope is not None:
            if near or not scope.is_class:
                yield scope
            near = near and scope.is_of_type_parameters
            scope = scope.parent

    def _scope_node(self, node: ast.AST) -> ast.AST:
        parents = self._index.parents
        grandchild, child, parent = node, node, parents.get(node)
        while parent is not None:
            kind: type[ast.AST] = parent.__class__
            if kind in DEFINITIONS:
                # Decorators, defaults, annotations and bases are evaluated outside.
                if isinstance(child, ast.stmt):
                    return parent
                parameters = type_parameters(parent)
                if parameters and not _is_before(parent, child, grandchild):
                    return parameters[0]
            elif kind is _TYPE_ALIAS:
                parameters = type_parameters(parent)
                if parameters and child is not parent.name:  # type: ignore[attr-defined]
                    return parameters[0]
            elif kind is ast.Lambda:
                if not isinstance(child, ast.arguments):
                    return parent
            elif kind in COMPREHENSIONS:
                first: ast.comprehension = parent.generators[0]  # type: ignore[attr-defined]
                # Only the first iterable of a comprehension is evaluated outside of it.
                if child is not first or grandchild is not first.iter:
                    return parent
            grandchild, child, parent = child, parent, parents.get(parent)
        return child

    # ---------------------------------------------------------------- collecting

    def collected(self, scope: Scope) -> dict[str, list[Binding]]:
        """What a scope binds, by name."""
        # Functions that declare a name global or nonlocal bind it for others.
        for declaring in self._declaring[self._declared :]:
            self._declared += 1
            self._walk.walk(declaring)
        self._walk.walk(scope)
        return self._walk.bindings(scope)

    def opened(self, node: ast.AST, around: Scope) -> Scope:
        """The scope of a comprehension that stands in another scope."""
        known = self._by_node.get(node)
        if known is None:
            known = self._by_node[node] = Scope(node, around, self)
        return known

    def _declarations(self, index: TreeIndex) -> None:
        by_type = index.by_type
        for node in (*by_type.get(ast.Global, ()), *by_type.get(ast.Nonlocal, ())):
            assert isinstance(node, (ast.Global, ast.Nonlocal))
            scope = self.scope_of(node)
            names = scope.global_names if isinstance(node, ast.Global) else scope.nonlocal_names
            names.update(node.names)
            self._declaring.append(scope)


_TYPE_ALIAS: type[ast.AST] | None = getattr(ast, "TypeAlias", None)


def _is_before(definition: ast.AST, part: ast.AST, inner: ast.AST) -> bool:
    """True for what is evaluated before the type parameters are there: decorators and defaults.

    `part` is a child of the definition, `inner` one of `part` or that itself.
    """
    assert isinstance(definition, DEFINITIONS)
    if isinstance(part, ast.arguments):
        return any(inner is item for item in (*part.defaults, *part.kw_defaults))
    return any(part is item for item in definition.decorator_list)
