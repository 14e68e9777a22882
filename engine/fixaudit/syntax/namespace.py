"""What a name can be bound by, and the namespaces that bindings stand in."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from weakref import proxy

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
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
TYPE_PARAMETERS: tuple[type[ast.AST], ...] = tuple(
    getattr(ast, name)
    for name in ("TypeVar", "ParamSpec", "TypeVarTuple")
    if hasattr(ast, name)  # Python 3.12
)


def type_parameters(node: ast.AST) -> Sequence[ast.AST]:
    """Those of `def f[T]`, `class C[T]`, `type A[T]`; empty for all others."""
    return getattr(node, "type_params", ())


BindingKind = Literal[
    "import", "star", "assign", "augmented", "annotation", "loop", "with", "except", "function", "class",
    "parameter", "delete", "match", "comprehension", "type-parameter",
]  # fmt: skip


def in_header(node: ast.AST) -> ast.AST:
    """The node at which names in a definition's header are looked up: there its type parameters
    are known. Other nodes stand for themselves."""
    parameters = type_parameters(node)
    return parameters[0] if parameters else node


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


def is_absence(binding: Binding) -> bool:
    """True for `x = None` and `del x`, which only say that there is nothing under the name."""
    value = binding.value
    return binding.kind == "delete" or (isinstance(value, ast.Constant) and value.value is None)


class Table(Protocol):
    """Knows what every scope of a module binds."""

    def collected(self, scope: Scope) -> dict[str, list[Binding]]:
        """What a scope binds, by name; its star imports are added to it on the way."""


class Scope:
    """A namespace: module, class, function, lambda or comprehension, with what it binds.

    The type parameters of a definition have one of their own, between it and what stands around
    it; its `node` is the first of them.
    What it binds is collected when first asked for: most functions of a file never are.
    """

    __slots__ = (
        "_bindings",
        "_stars",
        "_table",
        "global_names",
        "node",
        "nonlocal_names",
        "parent",
    )

    def __init__(self, node: ast.AST, parent: Scope | None, table: Table) -> None:
        self.node = node
        self.parent = parent
        self.global_names: set[str] = set()
        self.nonlocal_names: set[str] = set()
        self._table = proxy(table)
        self._bindings: dict[str, list[Binding]] | None = None
        self._stars: list[Binding] = []

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """Every place that binds a name here, by name: imports, definitions, then other names."""
        if self._bindings is None:
            self._bindings = self._table.collected(self)
        return self._bindings

    @property
    def star_imports(self) -> list[Binding]:
        """The `from … import *` statements: only modules have any."""
        if self._bindings is None:
            self._bindings = self._table.collected(self)
        return self._stars

    def add_star(self, star: Binding) -> None:
        """Note a star import while the bindings are collected."""
        self._stars.append(star)

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_of_type_parameters(self) -> bool:
        return isinstance(self.node, TYPE_PARAMETERS)

    @property
    def outer(self) -> Scope | None:
        """The scope around this one in which statements stand, or a lambda or comprehension."""
        above = self.parent
        while above is not None and above.is_of_type_parameters:
            above = above.parent
        return above
