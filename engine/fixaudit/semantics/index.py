"""What a class asks of the index that holds it, and the answers: the index itself stands above.

Generic in the facts of a class (`C`), which hold their index and are held by it.
"""

from __future__ import annotations

import ast
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, Protocol, TypeVar

from fixaudit.semantics.attributes import AttributeFacts
from fixaudit.semantics.known_classes import KnownClass
from fixaudit.semantics.module_facts import (
    ClassRecord,
    ImportFacts,
    Locate,
    ModuleFacts,
    VariableFacts,
)
from fixaudit.semantics.query_log import Dependencies
from fixaudit.semantics.signatures import FunctionFacts

C = TypeVar("C")
Provides = Literal["yes", "no", "unclear"]


# No slots: a generic alias sets an attribute on what it makes, which slots and `frozen` together refuse
# with a TypeError where `typing` expects an AttributeError.
@dataclass(frozen=True)
class Linearisation(Generic[C]):
    """The method resolution order of a class, itself first, `object` left out.

    `complete` is false where a base, metaclass or class decorator is not known; `unknown` names it;
    `makers` are those of them that are no bases: they may make another thing of the class.
    """

    classes: tuple[C | KnownClass, ...]
    unknown: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.unknown

    @property
    def own(self) -> tuple[C, ...]:
        """The classes of the project in it."""
        return tuple(entry for entry in self.classes if not isinstance(entry, KnownClass))


@dataclass(frozen=True)
class Declaration(Generic[C]):
    """An attribute and the class that declares it.

    `attribute` is None where `owner` is a class outside of the project. `certain` says that every
    finished instance has the attribute; otherwise `doubt` says why it may lack it.
    """

    owner: C | KnownClass
    attribute: AttributeFacts | None
    certain: bool
    doubt: str | None = None


class Stars(Protocol):
    """Knows what star imports bring."""

    def provides(self, module: ModuleFacts, star: ImportFacts, name: str) -> Provides:
        """Whether the star import of `module` binds `name`."""


class NameIndex(Protocol[C]):
    """What following names and looking up classes needs of the project; see `Project`."""

    edition: int
    linearising: set[object]

    @property
    def stars(self) -> Stars: ...

    @property
    def own_path(self) -> Path | None: ...

    def path_of(self, module: str, near: Path | None = None) -> Path | None: ...

    def module(
        self, name: str, near: Path | None = None, wanted: str = ""
    ) -> ModuleFacts | None: ...

    def facts_of(self, path: Path, wanted: str = "") -> ModuleFacts | None: ...

    def has_facts(self, path: Path) -> bool: ...

    def lacks_word(self, path: Path, word: str) -> bool: ...

    def cannot_name(self, path: Path, name: str) -> bool: ...

    def locating(self, module: ModuleFacts) -> Locate: ...

    def class_facts(self, record: ClassRecord, module: ModuleFacts) -> C: ...

    def class_at(self, module: ModuleFacts, line: int, column: int) -> C | None: ...

    def class_of(self, node: ast.ClassDef, module: ModuleFacts) -> C: ...

    def parse_class(self, cls: C) -> ast.ClassDef: ...

    def resolve_for(
        self, cls: C, dotted: str
    ) -> C | FunctionFacts | VariableFacts | ModuleFacts | str | None: ...

    def base_of(self, cls: C, base: ast.expr) -> C | KnownClass | None: ...

    def order_of(self, cls: C) -> Linearisation[C]: ...

    def declaration_of(self, cls: C, name: str) -> Declaration[C] | None: ...

    def dynamic_reasons_of(self, cls: C, losing: bool = False) -> tuple[str, ...]: ...

    def recording(self) -> AbstractContextManager[Dependencies]: ...

    def replay(self, dependencies: Dependencies) -> None: ...

    def stamp(self, dependencies: Dependencies) -> object: ...

    def is_current(self, stamp: object, dependencies: Dependencies) -> bool: ...
