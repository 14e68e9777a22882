"""What other files may ask of a module: plain data without nodes, small enough to keep for all files.

Places are spans of `ast` positions; whoever needs the code itself has it parsed alone, by its span.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from fixaudit.errors import SourceError
from fixaudit.semantics.attributes import ClassBody
from fixaudit.semantics.records import FunctionNode as FunctionNode
from fixaudit.semantics.records import FunctionRecord as FunctionRecord
from fixaudit.semantics.records import ImportFacts as ImportFacts
from fixaudit.semantics.records import Locate as Locate
from fixaudit.semantics.records import Parameter as Parameter
from fixaudit.semantics.records import ParameterKind as ParameterKind
from fixaudit.semantics.records import Span as Span
from fixaudit.semantics.records import expression_at as expression_at
from fixaudit.semantics.records import interned_parameter as interned_parameter
from fixaudit.syntax.parser import parse


class ClassRecord(NamedTuple):
    """The header of a `class`, nested ones too.

    `qualified` starts behind the module's name (`Outer.Inner`, `make.<locals>.Made`). `scoped` says
    that it stands in a class or function. Decorators, bases and keywords are source text. `methods`
    are the names of the plain functions right in its body, coroutine functions left out.
    """

    qualified: str
    name: str
    span: Span
    scoped: bool
    decorators: tuple[str, ...]
    bases: tuple[str, ...]
    keywords: tuple[tuple[str | None, str], ...]
    methods: tuple[str, ...]


class Part(NamedTuple):
    """Whole lines of a module that parse alone: one statement, or several that share lines.

    `start` and `end` are lines, 1-based, both included. `names` are those that it may bind in the
    module, `shows` that it holds an `if` or `assert`, which may show something of a name behind it.
    """

    start: int
    end: int
    statements: int
    shows: bool
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that binds a module-level name.

    `kind` is `opaque` for what gives no fact: loop and `with` targets, unpacking, `del`,
    augmented assignment, `global` in a function. `place` is the line and column of a class;
    `annotation` and `value` are those of a variable.
    """

    kind: Literal["import", "class", "function", "variable", "opaque"]
    line: int
    conditional: bool
    imported: ImportFacts | None = None
    function: FunctionRecord | None = None
    place: tuple[int, int] | None = None
    annotation: Span | None = None
    value: Span | None = None


class Contents(Protocol):
    """Gives what is known of a module beyond its top level."""

    def classes(self) -> tuple[ClassRecord, ...]:
        """All classes, nested ones too, in source order."""

    def class_at(self, line: int, column: int) -> ClassRecord | None:
        """The class whose `class` stands there."""

    def body(self, module: ModuleFacts, record: ClassRecord, locate: Locate) -> ClassBody:
        """What the body of a class declares."""

    def imported_names(self) -> frozenset[str]:
        """What `from` imports anywhere in the module name, with what they call it."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """The bindings of one name without repetitions: of imports of the same thing there is one."""

    distinct: tuple[Binding, ...]
    first_line: int
    only_functions: bool


def _meanings(bindings: tuple[Binding, ...]) -> Meanings:
    distinct: dict[object, Binding] = {}
    for item in bindings:
        what = item.imported
        same = id(item) if what is None else (what.module, what.name)
        distinct.setdefault(same, item)
    return Meanings(
        tuple(distinct.values()),
        min(item.line for item in bindings),
        all(item.kind == "function" for item in bindings),
    )


@dataclass(frozen=True, slots=True, eq=False)
class ModuleFacts:
    """What one module binds at its top level.

    `name` is the dotted module name, or the file's stem where it has none; `package` is the name
    that relative imports start from. `exports` is `__all__` where it is a plain list of strings,
    else None; `exports_unclear` says that there is an `__all__` that cannot be read. `parts` is
    empty for the file being judged, whose tree is there.
    """

    name: str
    package: str
    path: Path
    bindings: Mapping[str, tuple[Binding, ...]] = field(repr=False)
    imports: tuple[ImportFacts, ...] = field(repr=False)
    exports: tuple[str, ...] | None
    exports_unclear: bool
    is_package: bool
    parts: tuple[Part, ...] = field(repr=False)
    contents: Contents = field(repr=False)
    _stars: list[tuple[ImportFacts, ...]] = field(default_factory=list, init=False, repr=False)
    _meanings: dict[str, Meanings] = field(default_factory=dict, init=False, repr=False)

    @property
    def stars(self) -> tuple[ImportFacts, ...]:
        """The star imports."""
        if not self._stars:
            self._stars.append(tuple(item for item in self.imports if item.name == "*"))
        return self._stars[0]

    def meanings(self, name: str) -> Meanings | None:
        """What may stand behind a name of the top level; None where nothing binds it."""
        bindings = self.bindings.get(name)
        if not bindings:
            return None
        known = self._meanings.get(name)
        if known is None:
            known = self._meanings[name] = _meanings(bindings)
        return known

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


@dataclass(frozen=True, slots=True, eq=False)
class VariableFacts:
    """A module-level assignment, or one in a class body."""

    qualified_name: str
    name: str
    path: Path
    line: int
    conditional: bool
    module: ModuleFacts = field(repr=False)
    annotation_at: Span | None = field(repr=False)
    value_at: Span | None = field(repr=False)
    locate: Locate = field(repr=False)

    @property
    def annotation(self) -> ast.expr | None:
        """The annotation, parsed on demand; None where there is none."""
        return expression_at(self.locate, self.annotation_at)

    @property
    def value(self) -> ast.expr | None:
        """The value, parsed on demand; None where there is none."""
        return expression_at(self.locate, self.value_at)


def family(module: ModuleFacts, name: str) -> list[ClassRecord]:
    """The class of a name at the top level of a module, and its bases there."""
    found: list[ClassRecord] = []
    names = [name]
    while names:
        bindings = module.bindings.get(names.pop(), ())
        place = bindings[0].place if len(bindings) == 1 else None
        record = None if place is None else module.contents.class_at(*place)
        if record is not None and record not in found:
            found.append(record)
            names += record.bases
    return found


def span_of(node: ast.expr | ast.stmt) -> Span:
    """Where a node stands."""
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def optional_span(node: ast.expr | None) -> Span | None:
    """The same, None for no node."""
    return None if node is None else span_of(node)


@lru_cache(2_000)
def parsed(text: str) -> ast.expr | None:
    """The tree of a base, decorator or argument that stands alone; its positions mean nothing.

    None for a text that is no expression.
    """
    try:
        call = parse(f"f({text}\n)").body[0].value  # type: ignore[attr-defined]
    except SourceError:
        return None
    found: ast.expr = call.args[0]
    return found


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
