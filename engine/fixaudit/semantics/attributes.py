"""Which attributes a class gives its instances, as its body and methods declare them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import StrEnum

from fixaudit.semantics.records import (
    FunctionNode,
    FunctionRecord,
    Locate,
    Span,
    expression_at,
)

PROPERTIES = frozenset({"property", "functools.cached_property", "abc.abstractproperty"})
# Run on every new object before anyone else sees it.
INITIALISERS = frozenset({"__init__", "__post_init__", "__attrs_post_init__"})


class Where(StrEnum):
    """The place that declares an attribute."""

    CLASS_BODY = "class body"
    INIT = "__init__"
    METHOD_ASSIGNMENT = "other method"
    PROPERTY = "property"
    METHOD = "method"
    NESTED_CLASS = "nested class"
    SLOTS = "__slots__"


class Field(StrEnum):
    """Whether a class attribute's value is a call that makes a field."""

    NO = ""
    YES = "field"
    UNSET = "unset field"
    """One without a default that the generated `__init__` leaves out."""


@dataclass(frozen=True, slots=True, eq=False)
class AttributeFacts:
    """One declaration of an attribute.

    `conditional` says that the declaring place may be passed without setting it: a branch, an
    early return, a method that need not run. `function` is the method that assigns it, or the
    method or property itself. `decorators` are those of a method or property. `written` is the
    text of the annotation. `direct` says that it is a nested class, or `name = …` or `name: …`,
    right in the class body.
    """

    name: str
    line: int
    where: Where
    conditional: bool
    locate: Locate = field(repr=False)
    annotation_at: Span | None = None
    written: str = ""
    value_at: Span | None = None
    is_field: Field = Field.NO
    function: FunctionRecord | None = field(default=None, repr=False)
    decorators: tuple[str | None, ...] = ()
    direct: bool = False

    @property
    def annotation(self) -> ast.expr | None:
        """The annotation, parsed on demand; None where there is none."""
        return expression_at(self.locate, self.annotation_at)

    @property
    def value(self) -> ast.expr | None:
        """The value, parsed on demand; None where it is no plain expression."""
        return expression_at(self.locate, self.value_at)

    @property
    def function_node(self) -> FunctionNode | None:
        """The definition of `function`, parsed on demand."""
        if self.function is None:
            return None
        found = self.locate(self.function.span)
        assert isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef))
        return found


class Dynamic(StrEnum):
    """What a class does that makes attributes come and go."""

    GETATTR = "defines __getattr__"
    GETATTRIBUTE = "defines __getattribute__"
    SETATTR = "calls setattr with a computed name"
    DELATTR = "calls delattr with a computed name"
    FILLS = "writes to __dict__"
    EMPTIES = "takes from __dict__"


LOSING = frozenset({Dynamic.GETATTRIBUTE, Dynamic.DELATTR, Dynamic.EMPTIES})
"""Those after which a declared attribute may be missing; the others only add some."""


@dataclass(slots=True)
class ClassBody:
    """What the reading of a class body found; `dynamic` holds why attributes may be made up."""

    found: dict[str, list[AttributeFacts]] = field(default_factory=dict)
    dynamic: list[str] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    slots: tuple[str, ...] | None = None
    bypasses_init: bool = False
    allows_extra: bool = False
    initialisers: dict[str, FunctionRecord] = field(default_factory=dict)

    def add(self, attribute: AttributeFacts) -> None:
        self.found.setdefault(attribute.name, []).append(attribute)
