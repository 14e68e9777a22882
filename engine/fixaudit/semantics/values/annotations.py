"""From an annotation to what its values are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.module_facts import ModuleFacts, VariableFacts, dotted_name
from fixaudit.semantics.signatures import plain_typing
from fixaudit.semantics.values import outside
from fixaudit.semantics.values.bound_places import places_of
from fixaudit.semantics.values.value import (
    NOTHING,
    Shape,
    declared,
    holding,
    instance,
    maybe,
    union,
)

if TYPE_CHECKING:
    from fixaudit.semantics.project import Project

_ITERABLES = frozenset(
    {"list", "set", "frozenset", "tuple", "collections.deque"}
    | {f"typing.{name}" for name in ("List", "Set", "FrozenSet", "Deque", "Tuple")}
    | {
        f"{module}.{name}"
        for module in ("typing", "collections.abc")
        for name in (
            *("Sequence", "MutableSequence", "Iterable", "Iterator", "Collection", "Reversible"),
            *("Set", "AbstractSet", "MutableSet", "Generator", "ValuesView"),
            *("AsyncIterable", "AsyncIterator", "AsyncGenerator"),
        )
    }
)
_MAPPINGS = frozenset(
    {"dict", "collections.OrderedDict", "collections.defaultdict", "typing.Dict"}
    | {"typing.OrderedDict", "typing.DefaultDict"}
    | {
        f"{module}.{name}"
        for module in ("typing", "collections.abc")
        for name in ("Mapping", "MutableMapping")
    }
)
_AWAITABLES = frozenset(
    {
        f"{module}.{name}"
        for module in ("typing", "collections.abc")
        for name in ("Awaitable", "Coroutine")
    }
    | {"asyncio.Task", "asyncio.Future"}
)
_MANAGERS = frozenset(
    {"typing.ContextManager", "typing.AsyncContextManager"}
    | {"contextlib.AbstractContextManager", "contextlib.AbstractAsyncContextManager"}
)
_TRANSPARENT = frozenset(
    {"typing.Annotated", "typing.Final", "typing.ClassVar", "typing.Required", "typing.NotRequired"}
    | {"dataclasses.InitVar", "typing.ReadOnly"}
)


def annotated(
    project: Project,
    module: ModuleFacts,
    node: ast.expr | None,
    anchor: ast.AST,
    receiver: ClassFacts | None = None,
    depth: int = 0,
) -> Shape | None:
    """What a value so annotated is; None for anything not known for certain.

    `anchor` is the node of `module` at which the names are looked up; `receiver` is what `Self`
    means.
    """
    return _Reader(project, module, anchor, receiver).read(node, depth)


class _Reader:
    def __init__(
        self,
        project: Project,
        module: ModuleFacts,
        anchor: ast.AST | None,
        receiver: ClassFacts | None,
    ) -> None:
        self.project = project
        self.module = module
        self.anchor = anchor
        self.receiver = receiver

    def read(self, node: ast.expr | None, depth: int) -> Shape | None:
        if node is None or depth > 12:
            return None
        match node:
            case ast.Constant(value=None):
                return NOTHING
            case ast.Constant(value=str(text)):
                return self.read(_parsed(text), depth + 1)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return union([self.read(left, depth + 1), self.read(right, depth + 1)])
            case ast.Subscript(value=base, slice=inner):
                return self.subscript(base, inner, depth + 1)
            case ast.Name() | ast.Attribute():
                return self.plain(node, depth + 1)
        return None

    def plain(self, node: ast.expr, depth: int) -> Shape | None:
        found = self.meaning(node)
        if isinstance(found, ClassFacts):
            return declared(instance(found))
        if isinstance(found, VariableFacts):
            return self.alias(found, depth)
        if found == "typing.Self" and self.receiver is not None:
            return instance(self.receiver)
        return declared(outside.instance_of(found)) if isinstance(found, str) else None

    def meaning(self, node: ast.expr) -> object:
        written = dotted_name(node)
        if written is None:
            return None
        if self.anchor is None:
            found = self.project.resolve(self.module, written)
        else:
            found = self.project.resolve_at(self.module, written, self.anchor)
        if found is None:
            found = self.imported(written)
        return plain_typing(found) if isinstance(found, str) else found

    def imported(self, written: str) -> str | None:
        """The name of something outside of the project that is imported only if it is there."""
        head, dot, rest = written.partition(".")
        view = self.project.view(self.module)
        scope, bindings = view.lookup(head, self.anchor or view.tree)
        target = outside.imported(self.project, places_of(view, bindings), self.module.path)
        target = target or outside.builtin(scope, head, bool(self.module.stars))
        return None if target is None else target + dot + rest

    def alias(self, found: VariableFacts, depth: int) -> Shape | None:
        """`Conf = Settings`, `NewType("Conf", Settings)`, `TypeVar("T", bound=Settings)`."""
        value = found.value
        if value is None:
            return None
        reader = _Reader(self.project, found.module, None, None)
        if not isinstance(value, ast.Call):
            # An annotation that is no `TypeAlias` makes it a value, not a type.
            is_alias = found.annotation is None or "TypeAlias" in ast.unparse(found.annotation)
            return reader.read(value, depth) if is_alias else None
        maker = reader.meaning(value.func)
        if maker == "typing.NewType" and len(value.args) == 2:
            return reader.read(value.args[1], depth)
        if maker == "typing.TypeVar":
            bounds = [item.value for item in value.keywords if item.arg == "bound"]
            return reader.read(bounds[0], depth) if bounds else None
        return None

    def subscript(self, base: ast.expr, inner: ast.expr, depth: int) -> Shape | None:
        found = self.meaning(base)
        if isinstance(found, ClassFacts):
            return declared(instance(found))
        items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if not isinstance(found, str) or not items:
            return None
        if found == "typing.Optional":
            return maybe(self.read(items[0], depth))
        if found == "typing.Union":
            return union([self.read(item, depth) for item in items])
        if found in _TRANSPARENT:
            return self.read(items[0], depth)
        if found in ("tuple", "typing.Tuple"):
            return self.tuple_of(items, depth)
        if found in _ITERABLES:
            element = self.read(items[0], depth)
            # What is known of `list[Any]` is that it is a list; an iterator is known by its elements.
            lazy = found.endswith(("Iterator", "Iterable", "Generator", "Reversible"))
            return (
                holding("sequence", element)
                if lazy
                else Shape(container="sequence", element=element)
            )
        if found in _MAPPINGS and len(items) == 2:
            return Shape(container="mapping", element=self.read(items[1], depth))
        if found in _AWAITABLES:
            return holding("awaitable", self.read(items[-1], depth))
        if found in _MANAGERS:
            return holding("manager", self.read(items[0], depth))
        return None if found in _MAPPINGS else declared(outside.instance_of(found))

    def tuple_of(self, items: list[ast.expr], depth: int) -> Shape | None:
        """All members alike, or nothing is known of any."""
        kept = [
            item for item in items if not (isinstance(item, ast.Constant) and item.value is ...)
        ]
        return holding("sequence", union([self.read(item, depth) for item in kept]))


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
