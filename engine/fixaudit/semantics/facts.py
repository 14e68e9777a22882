"""The facts of one module, as read from its `ast` tree: data only, no file is opened here."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fixaudit.semantics.classes import ClassFacts

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """One name bound by an import at module level.

    `module` is absolute; the dots of a relative import stay where its own module has no known name
    (`definition` resolves those by path). `name` is None for `import module`, `"*"` for a star import. For
    `import a.b` without `as`, `bound` is `a` and `module` is `a`.
    """

    bound: str
    module: str
    name: str | None
    line: int
    conditional: bool = False
    typing_only: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class VariableFacts:
    """A module-level assignment; `value` and `annotation` are None where there is none."""

    qualified_name: str
    name: str
    path: Path
    line: int
    annotation: ast.expr | None
    value: ast.expr | None
    conditional: bool = False
    module: ModuleFacts | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that binds a module-level name.

    `kind` is `opaque` for what gives no fact: loop and `with` targets, unpacking, `del`,
    augmented assignment, `global` in a function.
    """

    kind: Literal["import", "class", "function", "variable", "opaque"]
    line: int
    conditional: bool
    node: ast.AST
    imported: ImportFacts | None = None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ModuleFacts:
    """What one module binds at its top level.

    `name` is the dotted module name, or the file's stem where it has none; `package` is the name
    that relative imports start from. `exports` is `__all__` where it is a plain list of strings,
    else None; `exports_unclear` says that there is an `__all__` that cannot be read.
    """

    name: str
    package: str
    path: Path
    tree: ast.Module = field(repr=False)
    bindings: Mapping[str, tuple[Binding, ...]] = field(repr=False)
    imports: tuple[ImportFacts, ...] = field(repr=False)
    stars: tuple[ImportFacts, ...]
    exports: tuple[str, ...] | None
    exports_unclear: bool
    is_package: bool
    storing_lines: tuple[int, ...] | None = None
    """Lines whose calls may set attributes by their names or make bare objects; None for any."""
    classes: dict[ast.AST, ClassFacts] = field(default_factory=dict, repr=False)
    """The class facts made of this tree so far: the index keeps them here, for one life."""
    found_classes: list[list[tuple[ast.ClassDef, str]]] = field(default_factory=list, repr=False)

    def all_classes(self) -> list[tuple[ast.ClassDef, str]]:
        """Every class of the module, nested ones too, with its qualified name, in source order."""
        if not self.found_classes:
            self.found_classes.append(list(_classes(self.tree.body, self.name)))
        return self.found_classes[0]

    def calls_may_store(self, node: FunctionNode) -> bool:
        """True where a call in a function may set an attribute by its name or make bare objects."""
        if self.storing_lines is None:
            return True
        first = bisect_left(self.storing_lines, node.lineno)
        return first < bisect_right(self.storing_lines, node.end_lineno or node.lineno)

    def let_go(self) -> None:
        """Cut the ties between facts that keep each other: nothing asks for this module any more."""
        for facts in self.classes.values():
            facts.let_go()
        self.classes.clear()

    @property
    def qualified_name(self) -> str:
        """The dotted module name."""
        return self.name

    @property
    def has_getattr(self) -> bool:
        """True where a module-level `__getattr__` makes names up."""
        return "__getattr__" in self.bindings

    def qualify(self, dotted: str) -> str:
        """The name as this module's own imports write it, without looking into other files.

        `settings.Settings` after `from app.core import settings` is `app.core.settings.Settings`.
        A name with several bindings, or none, stays as it is written.
        """
        head, dot, rest = dotted.partition(".")
        found = self.bindings.get(head, ())
        imported = found[0].imported if len(found) == 1 else None
        if imported is not None:
            base = imported.module
            head = base if imported.name is None else f"{base}.{imported.name}"
        elif found and found[0].kind in ("class", "function", "variable"):
            head = f"{self.name}.{head}"
        return head + dot + rest


def dotted_name(node: ast.AST) -> str | None:
    """`a.b.c` for a name or a chain of attributes of a name, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def _classes(body: list[ast.stmt], outer: str) -> Iterator[tuple[ast.ClassDef, str]]:
    """The classes in a block and below, with their qualified names."""
    for statement in body:
        inner = outer
        if isinstance(statement, ast.ClassDef):
            inner = f"{outer}.{statement.name}"
            yield statement, inner
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = f"{outer}.{statement.name}.<locals>"
        for name in ("body", "orelse", "finalbody"):
            block = getattr(statement, name, None)
            if isinstance(block, list):
                yield from _classes(block, inner)
        for handler in getattr(statement, "handlers", ()):
            yield from _classes(handler.body, inner)
