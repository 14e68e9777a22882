"""What is known of a class: its bases in order, its attributes, and who declares what."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from fixaudit.semantics import index
from fixaudit.semantics.attributes import AttributeFacts, ClassBody, Where
from fixaudit.semantics.known_classes import CLASS_DECORATORS, METACLASSES, ClassKind, KnownClass
from fixaudit.semantics.module_facts import (
    ClassRecord,
    FunctionRecord,
    ModuleFacts,
    VariableFacts,
    dotted_name,
    parsed,
)
from fixaudit.semantics.query_log import Dependencies
from fixaudit.semantics.signatures import (
    FunctionFacts,
    plain_typing,
    qualified_names,
    written_names,
)


@dataclass(frozen=True, eq=False)
class ClassFacts:
    """A class of the project. Two are the same when `key` is."""

    record: ClassRecord
    module: ModuleFacts = field(repr=False)
    project: ProjectIndex = field(repr=False)
    _cached: tuple[object, Linearisation, Dependencies] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The name behind `class`."""
        return self.record.name

    @property
    def path(self) -> Path:
        """The file that defines it."""
        return self.module.path

    @property
    def line(self) -> int:
        """The line of `class`."""
        return self.record.span[0]

    @cached_property
    def qualified_name(self) -> str:
        """Its dotted name, with `<locals>` inside functions as Python says it."""
        return f"{self.module.name}.{self.record.qualified}"

    @cached_property
    def key(self) -> tuple[Path, str, int]:
        """File, qualified name and line."""
        return self.path, self.qualified_name, self.line

    @cached_property
    def body(self) -> ClassBody:
        """Everything the class's own body declares."""
        locate = self.project.locating(self.module)
        return self.module.contents.body(self.module, self.record, locate)

    def lacks(self, *names: str) -> bool:
        """True where its file holds none of the names, so that its body need not be read for them.

        False says nothing, and is what a class whose body is known gives.
        """
        if "body" in self.__dict__ or self.path == self.project.own_path:
            return False
        return all(self.project.lacks_word(self.path, name) for name in names)

    @property
    def decorator_list(self) -> tuple[ast.expr, ...]:
        """The decorators as written; their positions mean nothing."""
        return _parsed(self.record.decorators)

    @cached_property
    def decorators(self) -> tuple[str | None, ...]:
        """Qualified names of the class decorators, as the module's imports give them."""
        return qualified_names(written_names(list(self.decorator_list)), self.module)

    @property
    def bases(self) -> tuple[ast.expr, ...]:
        """The base expressions as written; their positions mean nothing."""
        return _parsed(self.record.bases)

    @property
    def keywords(self) -> dict[str | None, ast.expr]:
        """The keyword arguments of the header, None for `**…`; their positions mean nothing."""
        names = [name for name, _ in self.record.keywords]
        return dict(zip(names, _parsed(text for _, text in self.record.keywords), strict=True))

    def parse(self) -> ast.ClassDef:
        """The class with all its body, parsed alone for this question."""
        return self.project.parse_class(self)

    def base_names(self) -> tuple[str | None, ...]:
        """The qualified name of each base; None for one that is not known."""
        found = (self.project.base_of(self, base) for base in self.bases)
        return tuple(None if item is None else item.qualified_name for item in found)

    def written_bases(self) -> tuple[str, ...]:
        """All its bases and theirs as imports name them, in the order in which Python looks."""
        own = self.mro().own
        return tuple(
            each.module.qualify(base) for each in own for base in each.record.bases if base
        )

    @property
    def metaclass(self) -> ast.expr | None:
        """The `metaclass=` expression of the class itself."""
        return self.keywords.get("metaclass")

    def mro(self) -> Linearisation:
        """The classes in the order Python looks attributes up."""
        cached = self._cached
        if cached is None or not self.project.is_current(cached[0], cached[2]):
            with self.project.recording() as dependencies:
                order = self.project.order_of(self)
            # Without itself: a cycle would keep it until a collection.
            bases = replace(order, classes=order.classes[1:])
            cached = (self.project.stamp(dependencies), bases, dependencies)
            object.__setattr__(self, "_cached", cached)
        else:
            self.project.replay(cached[2])
        return replace(cached[1], classes=(self, *cached[1].classes))

    @property
    def kind(self) -> ClassKind:
        """What library, if any, makes the class's attributes; inherited, but for dataclasses."""
        if ClassKind.DATACLASS in (CLASS_DECORATORS.get(name or "") for name in self.decorators):
            return ClassKind.DATACLASS
        kinds = [entry.kind for entry in self.mro().classes if isinstance(entry, KnownClass)]
        made = [kind for kind in kinds if kind not in (ClassKind.PLAIN, ClassKind.PROTOCOL)]
        if made:
            return made[0]
        return ClassKind.PROTOCOL if self._is_protocol() else ClassKind.PLAIN

    def _is_protocol(self) -> bool:
        """A class that implements a protocol is none: `Protocol` must be a direct base."""
        return "typing.Protocol" in self.base_names()

    @property
    def attributes(self) -> Mapping[str, tuple[AttributeFacts, ...]]:
        """The class's own declarations, by name, in source order."""
        return {name: tuple(found) for name, found in self.body.found.items()}

    def declares(self, name: str) -> Declaration | None:
        """Who declares the attribute, the class itself or a resolved base; None for nobody."""
        return self.project.declaration_of(self, name)

    def dynamic_reasons(self) -> tuple[str, ...]:
        """Why attributes may exist that no code declares, or vanish; empty for most classes."""
        return self.project.dynamic_reasons_of(self)

    def losing_reasons(self) -> tuple[str, ...]:
        """Why a declared attribute may be missing on an instance all the same."""
        return self.project.dynamic_reasons_of(self, losing=True)

    @property
    def has_dynamic_attributes(self) -> bool:
        """True with `__getattr__`, `extra="allow"`, `setattr(self, name, …)` and the like."""
        return bool(self.dynamic_reasons())

    def unknown_makers(self) -> tuple[str, ...]:
        """The class's own metaclass and decorators whose effect is not known."""
        unknown = [
            f"decorator {name or '…'}" for name in self.decorators if name not in CLASS_DECORATORS
        ]
        if self.metaclass is not None:
            written = dotted_name(self.metaclass)
            name = plain_typing(self.module.qualify(written)) if written else None
            if name not in METACLASSES:
                unknown.append(f"metaclass {written or '…'}")
        return tuple(unknown)

    def method(self, name: str) -> FunctionFacts | None:
        """The function of that name in the class's own body, when it is defined there only once.

        A property counts as its getter.
        """
        found = [item for item in self.body.found.get(name, ()) if item.where in _FUNCTIONS]
        overloads = [item for item in found if "typing.overload" in item.decorators]
        plain = [item for item in found if item not in overloads and item.function is not None]
        if len(plain) != 1 or plain[0].function is None:
            return None
        records = tuple(item.function for item in overloads if item.function is not None)
        return self.as_method(plain[0].function, records)

    def as_method(
        self, record: FunctionRecord, overloads: tuple[FunctionRecord, ...] = ()
    ) -> FunctionFacts:
        """A function of the class's own body."""
        locate = self.project.locating(self.module)
        return FunctionFacts(record, self.module, locate, self.qualified_name, overloads)

    def find_method(self, name: str) -> FunctionFacts | None:
        """The method as looked up on an instance; None where an unknown base may come first."""
        order = self.mro()
        for entry in order.own:
            if name in entry.body.found:
                return entry.method(name)
            if entry is self and not order.complete and len(order.own) > 1:
                return None
        return None

    def constructor(self) -> FunctionFacts | None:
        """The written `__init__` that `C(…)` calls; None where something else takes the arguments.

        None for generated constructors (dataclasses, pydantic), a `__new__`, or an unknown base.
        """
        order = self.mro()
        if not order.complete or any("__new__" in entry.body.found for entry in order.own):
            return None
        for entry in order.own:
            if "__init__" in entry.body.found:
                return entry.method("__init__")
            if entry.kind is not ClassKind.PLAIN and entry.kind is not ClassKind.PROTOCOL:
                return None
        return None


_FUNCTIONS = (Where.METHOD, Where.PROPERTY)


def _parsed(texts: Iterable[str]) -> tuple[ast.expr, ...]:
    return tuple(node for text in texts if (node := parsed(text)) is not None)


ProjectIndex = index.NameIndex[ClassFacts]
"""The project as its classes know it."""

Linearisation = index.Linearisation[ClassFacts]
Declaration = index.Declaration[ClassFacts]

Definition = ClassFacts | FunctionFacts | VariableFacts | ModuleFacts
Found = Definition | str | None
"""A definition of the project, the dotted name of something outside of it, or None: not known."""
