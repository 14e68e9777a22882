"""Which name means what where: scopes and bindings of one module, after Python's own rules."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from weakref import proxy

from fixaudit.treeindex import TreeIndex, children

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


class Scope:
    """A namespace: module, class, function, lambda or comprehension, with what it binds.

    What it binds is collected when first asked for: most functions of a file never are.
    """

    __slots__ = (
        "_bindings",
        "_scopes",
        "_stars",
        "global_names",
        "node",
        "nonlocal_names",
        "parent",
    )

    def __init__(self, node: ast.AST, parent: Scope | None, scopes: Scopes) -> None:
        self.node = node
        self.parent = parent
        self.global_names: set[str] = set()
        self.nonlocal_names: set[str] = set()
        self._scopes = proxy(scopes)
        self._bindings: dict[str, list[Binding]] | None = None
        self._stars: list[Binding] = []

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """Every place that binds a name here, by name: imports, definitions, then other names."""
        if self._bindings is None:
            self._bindings = self._scopes.collected(self)
        return self._bindings

    @property
    def star_imports(self) -> list[Binding]:
        """The `from … import *` statements: only modules have any."""
        if self._bindings is None:
            self._bindings = self._scopes.collected(self)
        return self._stars

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)


class Scopes:
    """The scopes of one module; `package` is its dotted package, to make relative imports absolute."""

    def __init__(self, tree: ast.Module, index: TreeIndex, package: str) -> None:
        self._index = index
        self._package = package
        self.module = Scope(tree, None, self)
        self._by_node: dict[ast.AST, Scope] = {tree: self.module}
        # What is bound where, by scope and then by kind of node, as found.
        self._found: dict[Scope, list[list[tuple[str, Binding]]]] = {}
        self._walked: set[Scope] = set()
        self._lent: set[Scope] = set()
        self._declaring: list[Scope] = []
        self._expressions_bind = ast.NamedExpr in index.by_type
        self._declarations()

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope in which `node` is evaluated."""
        return self.own_scope(self._scope_node(node))

    def own_scope(self, node: ast.AST) -> Scope:
        """The scope that a module, class, function, lambda or comprehension opens."""
        known = self._by_node.get(node)
        if known is None:
            known = Scope(node, self.scope_of(node), self)
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
        for kind in (*FUNCTIONS, ast.ClassDef, *COMPREHENSIONS):
            for node in self._index.by_type.get(kind, ()):
                self.own_scope(node)
        yield from list(self._by_node.values())

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
            kind = parent.__class__
            if kind in _DEFINITIONS:
                # Decorators, defaults, annotations and bases are evaluated outside.
                if isinstance(child, ast.stmt):
                    return parent
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
        for declaring in self._declaring:
            self._walk(declaring)
        self._walk(scope)
        bindings: dict[str, list[Binding]] = {}
        for found in self._found.pop(scope, ()):
            if scope in self._lent:
                found.sort(key=_place)
            for name, binding in found:
                bindings.setdefault(name, []).append(binding)
        return bindings

    def _declarations(self) -> None:
        by_type = self._index.by_type
        for node in (*by_type.get(ast.Global, ()), *by_type.get(ast.Nonlocal, ())):
            assert isinstance(node, (ast.Global, ast.Nonlocal))
            scope = self.scope_of(node)
            names = scope.global_names if isinstance(node, ast.Global) else scope.nonlocal_names
            names.update(node.names)
            self._declaring.append(scope)

    def _walk(self, scope: Scope) -> None:
        """Note what is bound in a function, class or module, or in a comprehension."""
        if self._expressions_bind:
            while isinstance(scope.node, COMPREHENSIONS) and scope.parent is not None:
                scope = scope.parent
        if scope in self._walked:
            return
        self._walked.add(scope)
        if self._expressions_bind:
            self._walk_everything(scope)
        elif isinstance(scope.node, COMPREHENSIONS):
            for part in scope.node.generators:
                self._targets(part.target, scope)
        else:
            self._walk_statements(scope)

    def _walk_statements(self, scope: Scope) -> None:
        """As no expression binds a name, only statements and their targets are looked at."""
        stack = [node for node, _ in self._start(scope)]
        while stack:
            node = stack.pop()
            kind = node.__class__
            visit = _VISITS.get(kind)
            if visit is not None:
                visit(self, node, scope)
            if kind in _DEFINITIONS:
                continue
            for field in _BINDING_FIELDS.get(kind, ()):
                self._targets(getattr(node, field), scope)
            for field in reversed(_BLOCKS.get(kind, ())):
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
            if node.__class__ not in _UNBINDING:
                stack.extend(reversed(children(node)))

    def _walk_everything(self, scope: Scope) -> None:
        stack = self._start(scope)
        while stack:
            node, here = stack.pop()
            kind = node.__class__
            visit = _VISITS.get(kind)
            if visit is not None:
                visit(self, node, here)
            inside = _inside(node, kind)
            if inside is not None:
                stack.extend((child, here) for child in reversed(inside))
            elif kind in COMPREHENSIONS:
                self._comprehension(node, here, stack)

    def _start(self, scope: Scope) -> list[tuple[ast.AST, Scope]]:
        """The outermost nodes that are evaluated in a scope, last one first."""
        node = scope.node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for parameter in getattr(node, "type_params", ()):
                self._bind(scope, parameter.name, Binding("type-parameter", parameter, node), node)
        if isinstance(node, FUNCTIONS):
            self._parameters(node, scope)
        body = getattr(node, "body", ())
        return [(child, scope) for child in reversed(body if isinstance(body, list) else [body])]

    def _comprehension(
        self, node: ast.AST, here: Scope, stack: list[tuple[ast.AST, Scope]]
    ) -> None:
        inner = self._by_node.get(node)
        if inner is None:
            inner = self._by_node[node] = Scope(node, here, self)
        assert isinstance(node, COMPREHENSIONS)
        first, *others = node.generators
        parts: list[tuple[ast.AST, Scope]] = [(part, inner) for part in _results(node)]
        parts += [(first.target, inner), (first.iter, here), *((item, inner) for item in first.ifs)]
        parts += [(item, inner) for item in others]
        stack.extend(reversed(parts))

    def _bind(self, scope: Scope, name: str, binding: Binding, node: ast.AST) -> None:
        home = scope
        if name in scope.global_names:
            scope = self.module
        elif name in scope.nonlocal_names:
            outer = scope.parent
            while outer is not None and (outer.is_class or name in outer.nonlocal_names):
                outer = outer.parent
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
                scope._stars.append(Binding("star", alias, node, target=base))
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


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_VISITS: dict[type[ast.AST], Callable[[Scopes, ast.AST, Scope], None]] = {
    ast.Import: Scopes._import,
    ast.ImportFrom: Scopes._import_from,
    ast.FunctionDef: Scopes._definition,
    ast.AsyncFunctionDef: Scopes._definition,
    ast.ClassDef: Scopes._definition,
    ast.Name: Scopes._name,
    ast.ExceptHandler: Scopes._named,
    ast.MatchAs: Scopes._named,
    ast.MatchStar: Scopes._named,
    ast.MatchMapping: Scopes._named,
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
        )
    )
}


# Where statements bind names, and where further statements stand.
_BINDING_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Assign: ("targets",),
    ast.AugAssign: ("target",),
    ast.AnnAssign: ("target",),
    ast.For: ("target",),
    ast.AsyncFor: ("target",),
    ast.With: ("items",),
    ast.AsyncWith: ("items",),
    ast.Delete: ("targets",),
    ast.match_case: ("pattern",),
}
_BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
}
for _newer, _where, _fields in (
    ("TryStar", _BLOCKS, _BLOCKS[ast.Try]),
    ("TypeAlias", _BINDING_FIELDS, ("name",)),
):
    if hasattr(ast, _newer):
        _where[getattr(ast, _newer)] = _fields
# Targets in which nothing but the object or index is named.
_UNBINDING = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant)


def _place(entry: tuple[str, Binding]) -> tuple[int, int]:
    node = entry[1].node
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _results(node: ast.AST) -> list[ast.AST]:
    """What a comprehension makes of each element."""
    if isinstance(node, ast.DictComp):
        return [node.key, node.value]
    assert isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp))
    return [node.elt]


def _inside(node: ast.AST, kind: type[ast.AST]) -> list[ast.AST] | None:
    """The children that are evaluated in the node's own scope; None for a comprehension."""
    if kind in _DEFINITIONS:
        assert isinstance(node, _DEFINITIONS)
        parts: list[ast.AST] = [*node.decorator_list, *getattr(node, "type_params", ())]
        if isinstance(node, ast.ClassDef):
            return [*node.bases, *node.keywords, *parts]
        return [node.args, *parts, *([node.returns] if node.returns is not None else [])]
    if kind is ast.Lambda:
        assert isinstance(node, ast.Lambda)
        return [node.args]
    if kind in COMPREHENSIONS:
        return None
    return children(node)
