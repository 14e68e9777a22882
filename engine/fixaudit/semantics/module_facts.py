"""What other files may ask of a module: plain data without nodes, small enough to keep for all files.

Places are spans of `ast` positions; whoever needs the code itself has it parsed alone, by its span.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from fixaudit.errors import SourceError
from fixaudit.syntax.parser import parse

if TYPE_CHECKING:
    from fixaudit.semantics.attributes import ClassBody

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

Span = tuple[int, int, int, int]
"""Line, column, end line and end column of a node, as `ast` counts them."""

Locate = Callable[[Span], ast.AST]
"""Gives the node of a module that has a span, parsing no more than it needs."""


class ImportFacts(NamedTuple):
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


class ParameterKind(StrEnum):
    """How an argument reaches a parameter."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL = "positional or keyword"
    VAR_POSITIONAL = "*args"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "**kwargs"


class Parameter(NamedTuple):
    """One parameter; `has_default` is false where the caller must give a value."""

    name: str
    kind: ParameterKind
    has_default: bool = False


# Most names of parameters stand in many functions.
interned_parameter = lru_cache(20_000)(Parameter)


class FunctionRecord(NamedTuple):
    """A `def` as its text says.

    `decorators` are dotted names as written, without the arguments of `@decorator(…)`; None for
    what is no plain name. `hands_over` says of an `__init__` that every way through it calls
    `super().__init__(…)`.
    """

    name: str
    span: Span
    is_async: bool
    is_generator: bool
    hands_over: bool
    parameters: tuple[Parameter, ...]
    decorators: tuple[str | None, ...]
    returns: Span | None


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

    @property
    def stars(self) -> tuple[ImportFacts, ...]:
        """The star imports."""
        return tuple(item for item in self.imports if item.name == "*")

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


def span_of(node: ast.expr | ast.stmt) -> Span:
    """Where a node stands."""
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def optional_span(node: ast.expr | None) -> Span | None:
    """The same, None for no node."""
    return None if node is None else span_of(node)


def expression_at(locate: Locate, span: Span | None) -> ast.expr | None:
    """The expression with a span, None for no span."""
    if span is None:
        return None
    found = locate(span)
    assert isinstance(found, ast.expr)
    return found


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
