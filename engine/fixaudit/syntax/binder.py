"""Collects what functions, classes, modules and comprehensions bind."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Protocol

from fixaudit.syntax.namespace import (
    COMPREHENSIONS,
    DEFINITIONS,
    FUNCTIONS,
    TYPE_PARAMETERS,
    Binding,
    BindingKind,
    Scope,
    type_parameters,
)
from fixaudit.syntax.statement_parts import (
    BINDING_FIELDS,
    BLOCKS,
    UNBINDING,
    evaluated_around,
    results,
    runs_in,
)
from fixaudit.syntax.tree import TreeIndex, children


class Opening(Protocol):
    """Knows the scopes that nodes open."""

    def opened(self, node: ast.AST, around: Scope) -> Scope:
        """The scope of a comprehension that stands in another scope."""


class BindingWalk:
    """The bindings found so far in one module; each scope is walked once, when it is asked for.

    Args:
        module: the module's scope. package: its dotted package, to make relative imports absolute.
        scopes: knows the scopes of comprehensions.
    """

    def __init__(
        self,
        module: Scope,
        index: TreeIndex,
        package: str,
        scopes: Opening,
    ) -> None:
        self.module = module
        self._index = index
        self._package = package
        self._scopes = scopes
        # What is bound where, by scope and then by kind of node, as found.
        self._found: dict[Scope, list[list[tuple[str, Binding]]]] = {}
        self._walked: set[Scope] = set()
        self._lent: set[Scope] = set()
        # The modules, classes and functions in which an expression binds, and how many were looked at.
        self._expressions_bind: set[ast.AST] = set()
        self._looked_at = 0

    def bindings(self, scope: Scope) -> dict[str, list[Binding]]:
        """What was found for a scope, by name; given away once."""
        bindings: dict[str, list[Binding]] = {}
        for found in self._found.pop(scope, ()):
            if scope in self._lent:
                found.sort(key=_place)
            for name, binding in found:
                bindings.setdefault(name, []).append(binding)
        return bindings

    def walk(self, scope: Scope) -> None:
        """Note what is bound in a function, class or module, or in a comprehension."""
        around = scope
        while isinstance(around.node, COMPREHENSIONS) and around.parent is not None:
            around = around.parent
        expressions_bind = around.node in self._with_binding_expressions()
        if expressions_bind:
            scope = around
        if scope in self._walked:
            return
        self._walked.add(scope)
        if expressions_bind:
            self._walk_everything(scope)
        elif isinstance(scope.node, COMPREHENSIONS):
            for part in scope.node.generators:
                self._targets(part.target, scope)
        elif scope.is_of_type_parameters:
            self._type_parameters(scope)
        else:
            self._walk_statements(scope)

    def _with_binding_expressions(self) -> set[ast.AST]:
        known = self._index.by_type.get(ast.NamedExpr, ())
        parents = self._index.parents
        for node in known[self._looked_at :]:
            inner, outer = node, parents.get(node)
            while outer is not None and not runs_in(outer, inner):
                inner, outer = outer, parents.get(outer)
            self._expressions_bind.add(inner if outer is None else outer)
        self._looked_at = len(known)
        return self._expressions_bind

    def _walk_statements(self, scope: Scope) -> None:
        """As no expression binds a name, only statements and their targets are looked at."""
        stack = self._start(scope)
        while stack:
            node = stack.pop()
            kind = node.__class__
            visit = _VISITS.get(kind)
            if visit is not None:
                visit(self, node, scope)
            if kind in DEFINITIONS:
                continue
            for field in BINDING_FIELDS.get(kind, ()):
                self._targets(getattr(node, field), scope)
            for field in reversed(BLOCKS.get(kind, ())):
                stack.extend(reversed(getattr(node, field)))

    def _targets(self, targets: ast.AST | list[ast.AST] | None, scope: Scope) -> None:
        """The names stored in a target, or in a list of them."""
        stack: list[ast.AST | None] = [targets] if not isinstance(targets, list) else []
        stack += reversed(targets) if isinstance(targets, list) else ()
        while stack:
            node = stack.pop()
            if node is None:
                continue
            visit = _VISITS.get(node.__class__)
            if visit is not None:
                visit(self, node, scope)
            if isinstance(node, ast.withitem):
                stack.append(node.optional_vars)
                continue
            if node.__class__ not in UNBINDING:
                stack.extend(reversed(children(node)))

    def _walk_everything(self, scope: Scope) -> None:
        stack = [(node, scope) for node in self._start(scope)]
        while stack:
            node, here = stack.pop()
            kind = node.__class__
            visit = _VISITS.get(kind)
            if visit is not None:
                visit(self, node, here)
            inside = evaluated_around(node, kind)
            if inside is not None:
                stack.extend((child, here) for child in reversed(inside))
            elif kind in COMPREHENSIONS:
                self._comprehension(node, here, stack)

    def _start(self, scope: Scope) -> list[ast.AST]:
        """The outermost nodes that are evaluated in a scope, last one first."""
        node = scope.node
        if isinstance(node, FUNCTIONS):
            self._parameters(node, scope)
        body: list[ast.AST] | ast.AST = node.body  # type: ignore[attr-defined]
        return list(reversed(body)) if isinstance(body, list) else [body]

    def _type_parameters(self, scope: Scope) -> None:
        definition = self._index.parents[scope.node]
        for parameter in type_parameters(definition):
            binding = Binding("type-parameter", parameter, definition)
            self._bind(scope, parameter.name, binding, parameter)  # type: ignore[attr-defined]

    def _comprehension(
        self, node: ast.AST, here: Scope, stack: list[tuple[ast.AST, Scope]]
    ) -> None:
        inner = self._scopes.opened(node, here)
        assert isinstance(node, COMPREHENSIONS)
        first, *others = node.generators
        parts: list[tuple[ast.AST, Scope]] = [(part, inner) for part in results(node)]
        parts += [(first.target, inner), (first.iter, here), *((item, inner) for item in first.ifs)]
        parts += [(item, inner) for item in others]
        stack.extend(reversed(parts))

    def _bind(self, scope: Scope, name: str, binding: Binding, node: ast.AST) -> None:
        home = scope
        if name in scope.global_names:
            scope = self.module
        elif name in scope.nonlocal_names:
            outer = scope.outer
            while outer is not None and (outer.is_class or name in outer.nonlocal_names):
                outer = outer.outer
            scope = outer or scope
        if scope is not home:
            self._lent.add(scope)
        found = self._found.get(scope)
        if found is None:
            found = self._found[scope] = [[] for _ in _RANKS]
        found[_RANKS[node.__class__]].append((name, binding))

    def _import(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.Import)
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            target = alias.name if alias.asname else name
            self._bind(scope, name, Binding("import", alias, node, target=target), node)

    def _import_from(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.ImportFrom)
        base = absolute_module(node.module, node.level, self._package)
        for alias in node.names:
            if alias.name == "*":
                scope.add_star(Binding("star", alias, node, target=base))
                continue
            target = (
                f"{base}.{alias.name}" if base and not base.endswith(".") else f"{base}{alias.name}"
            )
            binding = Binding("import", alias, node, target=target)
            self._bind(scope, alias.asname or alias.name, binding, node)

    def _definition(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        kind: BindingKind = "class" if isinstance(node, ast.ClassDef) else "function"
        self._bind(scope, node.name, Binding(kind, node, node), node)

    def _parameters(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, FUNCTIONS)
        arguments = node.args
        extra = [arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None]
        for arg in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]:
            binding = Binding("parameter", arg, node, annotation=arg.annotation)
            self._bind(scope, arg.arg, binding, node)

    def _named(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.ExceptHandler):
            if node.name:
                self._bind(scope, node.name, Binding("except", node, node), node)
            return
        name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
        if name:
            self._bind(scope, name, Binding("match", node, node), node)

    def _name(self, node: ast.AST, scope: Scope) -> None:
        assert isinstance(node, ast.Name)
        if node.ctx.__class__ is ast.Load:
            return
        binding = self._name_binding(node)
        if isinstance(self._index.parents.get(node), ast.NamedExpr):
            # An assignment expression binds outside the comprehensions it stands in.
            while isinstance(scope.node, COMPREHENSIONS) and scope.parent is not None:
                scope = scope.parent
        self._bind(scope, node.id, binding, node)

    def _name_binding(self, node: ast.Name) -> Binding:
        parents = self._index.parents
        parent = parents[node]
        if isinstance(node.ctx, ast.Del):
            return Binding("delete", node, parent)
        match parent:
            case ast.Assign(value=value):
                return Binding("assign", node, parent, value=value)
            case ast.AnnAssign(value=value, annotation=annotation):
                kind: BindingKind = "assign" if value is not None else "annotation"
                return Binding(kind, node, parent, value=value, annotation=annotation)
            case ast.NamedExpr(value=value):
                return Binding("assign", node, parent, value=value)
            case ast.AugAssign():
                return Binding("augmented", node, parent)
        above: ast.AST = parent
        while isinstance(above, (ast.Tuple, ast.List, ast.Starred)):
            above = parents[above]
        if isinstance(above, (ast.For, ast.AsyncFor)):
            return Binding("loop", node, above)
        if isinstance(above, ast.comprehension):
            return Binding("comprehension", node, above)
        if isinstance(above, ast.withitem):
            return Binding("with", node, parents[above])
        return Binding("assign", node, above)


def absolute_module(module: str | None, level: int, package: str) -> str:
    """The dotted module of a `from` import; leading dots stay where the package is not known."""
    if level == 0:
        return module or ""
    parts = package.split(".") if package else []
    if len(parts) < level:
        return "." * level + (module or "")
    base = parts[: len(parts) - level + 1]
    return ".".join([*base, module] if module else base)


_VISITS: dict[type[ast.AST], Callable[[BindingWalk, ast.AST, Scope], None]] = {
    ast.Import: BindingWalk._import,
    ast.ImportFrom: BindingWalk._import_from,
    ast.FunctionDef: BindingWalk._definition,
    ast.AsyncFunctionDef: BindingWalk._definition,
    ast.ClassDef: BindingWalk._definition,
    ast.Name: BindingWalk._name,
    ast.ExceptHandler: BindingWalk._named,
    ast.MatchAs: BindingWalk._named,
    ast.MatchStar: BindingWalk._named,
    ast.MatchMapping: BindingWalk._named,
}
# The order in which the bindings of a name are given; within a kind the order of the text.
_RANKS: dict[type[ast.AST], int] = {
    kind: rank
    for rank, kind in enumerate(
        (
            ast.Import,
            ast.ImportFrom,
            ast.FunctionDef,
            ast.AsyncFunctionDef,
            ast.ClassDef,
            ast.Lambda,
            ast.Name,
            ast.ExceptHandler,
            ast.MatchAs,
            ast.MatchStar,
            ast.MatchMapping,
            *TYPE_PARAMETERS,
        )
    )
}


def _place(entry: tuple[str, Binding]) -> tuple[int, int]:
    node = entry[1].node
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
