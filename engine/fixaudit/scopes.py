"""Which name means what where: scopes and bindings of one module, after Python's own rules."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from fixaudit.treeindex import TreeIndex

BUILTINS = (
    frozenset(dir(builtins))
    | {"__file__", "__name__", "__doc__", "__path__", "__spec__"}
    | {
        "__package__",
        "__loader__",
        "__builtins__",
        "__annotations__",
        "__debug__",
        "WindowsError",
    }
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

BindingKind = Literal[
    "import", "star", "assign", "augmented", "annotation", "loop", "with", "except", "function", "class",
    "parameter", "delete", "match", "comprehension", "type-parameter",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that binds a name.

    `node` is the binding node (Name, alias, FunctionDef, arg, ExceptHandler, …); `statement` the
    statement it stands in; `value` the expression bound where it is a plain `name = value`;
    `target` the dotted name an import brings.
    """

    kind: BindingKind
    node: ast.AST
    statement: ast.AST
    value: ast.expr | None = None
    target: str | None = None
    annotation: ast.expr | None = None


@dataclass(slots=True)
class Scope:
    """A namespace: module, class, function, lambda or comprehension, with what it binds."""

    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    star_imports: list[Binding] = field(default_factory=list)

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)


class Scopes:
    """The scopes of one module; `package` is its dotted package, to make relative imports absolute."""

    def __init__(self, tree: ast.Module, index: TreeIndex, package: str) -> None:
        self._index = index
        self._package = package
        self.module = Scope(tree, None)
        self._by_node: dict[ast.AST, Scope] = {tree: self.module}
        self._collect()

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope in which `node` is evaluated."""
        return self.own_scope(self._scope_node(node))

    def own_scope(self, node: ast.AST) -> Scope:
        """The scope that a module, class, function, lambda or comprehension opens."""
        known = self._by_node.get(node)
        if known is None:
            known = Scope(node, self.scope_of(node))
            self._by_node[node] = known
        return known

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
        yield from self._by_node.values()

    def _visible(self, start: Scope) -> Iterator[Scope]:
        scope: Scope | None = start
        while scope is not None:
            if scope is start or not scope.is_class:
                yield scope
            scope = scope.parent

    def _scope_node(self, node: ast.AST) -> ast.AST:
        parents = self._index.parents
        grandchild, child, parent = node, node, parents.get(node)
        while parent is not None:
            if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                # Decorators, defaults, annotations and bases are evaluated outside.
                if isinstance(child, ast.stmt):
                    return parent
            elif isinstance(parent, ast.Lambda):
                if not isinstance(child, ast.arguments):
                    return parent
            elif isinstance(parent, COMPREHENSIONS):
                first = parent.generators[0]
                # Only the first iterable of a comprehension is evaluated outside of it.
                if child is not first or grandchild is not first.iter:
                    return parent
            grandchild, child, parent = child, parent, parents.get(parent)
        return child

    def _collect(self) -> None:
        by_type = self._index.by_type
        for node in by_type.get(ast.Global, ()):
            assert isinstance(node, ast.Global)
            self.scope_of(node).global_names.update(node.names)
        for node in by_type.get(ast.Nonlocal, ()):
            assert isinstance(node, ast.Nonlocal)
            self.scope_of(node).nonlocal_names.update(node.names)
        for kind, collect in (
            (ast.Import, self._import),
            (ast.ImportFrom, self._import_from),
            (ast.FunctionDef, self._definition),
            (ast.AsyncFunctionDef, self._definition),
            (ast.ClassDef, self._definition),
            (ast.Lambda, self._parameters),
            (ast.Name, self._name),
            (ast.ExceptHandler, self._named),
            (ast.MatchAs, self._named),
            (ast.MatchStar, self._named),
            (ast.MatchMapping, self._named),
        ):
            for node in by_type.get(kind, ()):
                collect(node)

    def _bind(self, scope: Scope, name: str, binding: Binding) -> None:
        if name in scope.global_names:
            scope = self.module
        elif name in scope.nonlocal_names:
            outer = scope.parent
            while outer is not None and (outer.is_class or name in outer.nonlocal_names):
                outer = outer.parent
            scope = outer or scope
        scope.bindings.setdefault(name, []).append(binding)

    def _import(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Import)
        scope = self.scope_of(node)
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            target = alias.name if alias.asname else name
            self._bind(scope, name, Binding("import", alias, node, target=target))

    def _import_from(self, node: ast.AST) -> None:
        assert isinstance(node, ast.ImportFrom)
        scope = self.scope_of(node)
        base = absolute_module(node.module, node.level, self._package)
        for alias in node.names:
            if alias.name == "*":
                scope.star_imports.append(Binding("star", alias, node, target=base))
                continue
            target = (
                f"{base}.{alias.name}" if base and not base.endswith(".") else f"{base}{alias.name}"
            )
            self._bind(
                scope, alias.asname or alias.name, Binding("import", alias, node, target=target)
            )

    def _definition(self, node: ast.AST) -> None:
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        is_class = isinstance(node, ast.ClassDef)
        kind: BindingKind = "class" if is_class else "function"
        self._bind(self.scope_of(node), node.name, Binding(kind, node, node))
        for parameter in getattr(node, "type_params", ()):
            binding = Binding("type-parameter", parameter, node)
            self._bind(self.own_scope(node), parameter.name, binding)
        if not is_class:
            self._parameters(node)

    def _parameters(self, node: ast.AST) -> None:
        assert isinstance(node, FUNCTIONS)
        scope = self.own_scope(node)
        arguments = node.args
        extra = [arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None]
        for arg in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]:
            self._bind(scope, arg.arg, Binding("parameter", arg, node, annotation=arg.annotation))

    def _named(self, node: ast.AST) -> None:
        if isinstance(node, ast.ExceptHandler):
            if node.name:
                self._bind(self.scope_of(node), node.name, Binding("except", node, node))
            return
        name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
        if name:
            self._bind(self.scope_of(node), name, Binding("match", node, node))

    def _name(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Name)
        if isinstance(node.ctx, ast.Load):
            return
        scope, binding = self.scope_of(node), self._name_binding(node)
        if isinstance(self._index.parents.get(node), ast.NamedExpr):
            # An assignment expression binds outside the comprehensions it stands in.
            while isinstance(scope.node, COMPREHENSIONS) and scope.parent is not None:
                scope = scope.parent
        self._bind(scope, node.id, binding)

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
        if isinstance(above, ast.arg) or type(above).__name__ == "TypeAlias":
            return Binding("annotation", node, above)
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
