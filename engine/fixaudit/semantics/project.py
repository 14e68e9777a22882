"""The cross-file index: asks for a class or function, gets its facts, reads only what is between."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from fixaudit.semantics import initialization, mro, name_resolver
from fixaudit.semantics.classes import ClassFacts, Declaration, Definition, Found, Linearisation
from fixaudit.semantics.fragments import Parses
from fixaudit.semantics.known_classes import KnownClass
from fixaudit.semantics.module_cache import FactsStore, Loaded
from fixaudit.semantics.module_facts import ClassRecord, Locate, ModuleFacts, Span
from fixaudit.semantics.project_at_hand import ProjectAtHand
from fixaudit.semantics.query_log import Dependencies, digest
from fixaudit.semantics.star_imports import StarImports
from fixaudit.semantics.tree_view import View, sees_only_the_module
from fixaudit.syntax.module import Module

T = TypeVar("T")
_STAR = re.compile(rb"import[ \t(\\]*\*")


class Project(ProjectAtHand):
    """The project's modules, classes and functions across files.

    Nothing is read at construction. A question reads the facts of the modules on the way to its
    answer, each once. None always means "not known, or more than one thing". Nodes of other files
    than the one being judged are good until the next question about another file.

    Args:
        root: the project's folder, absolute; None for none.
        files: absolute paths of all Python files of the project (not only those that are to be
            changed), or a function that gives them when they are first needed; None walks `root`.
    """

    def __init__(
        self, root: Path | None, files: Iterable[Path] | Callable[[], Iterable[Path]] | None = None
    ) -> None:
        super().__init__(root, files)
        self.linearising: set[object] = set()
        self._derived: dict[Path, dict[str, Any]] = {}
        self.stars = StarImports(self)

    @classmethod
    def empty(cls) -> Project:
        """A project of no files: for standard input and single snippets."""
        return cls(None, ())

    def keep_facts_in(self, store: FactsStore) -> None:
        """Take the facts of modules from a store, and give it new ones."""
        self._modules.store = store

    @property
    def parses(self) -> Parses:
        """How often other files than the judged ones were parsed so far."""
        return self._modules.parses

    def forget(self, path: Path) -> None:
        super().forget(path)
        self._modules.forget(path)
        self.edition += 1
        self._derived.pop(path, None)

    # ---------------------------------------------------------------- modules

    def is_outside(self, parts: tuple[str, ...], source: Module) -> bool:
        """True where no part of a dotted name, as imported in `source`, is a module of the project."""
        if parts[0] in sys.stdlib_module_names:
            return True
        near = self._place(source)
        names = accumulate(parts, "{}.{}".format)
        return all(self.path_of(name, near) is None for name in names)

    def module(self, name: str, near: Path | None = None, wanted: str = "") -> ModuleFacts | None:
        """The facts of a module as imported from `near`; None where it is not in the project.

        `wanted` is a name that will be asked for: if it is a class, its body is read at once.
        """
        path = self.path_of(name, near)
        return None if path is None else self.facts_of(path, wanted)

    def facts_of(self, path: Path, wanted: str = "") -> ModuleFacts | None:
        """The facts of one file; None where it cannot be read or does not parse."""
        own = self._own_at(path)
        return own.facts if own is not None else self._loaded(path, wanted).facts

    def _loaded(self, path: Path, wanted: str) -> Loaded:
        loaded = self._modules.get(path, wanted)
        for recording in self._recordings:
            recording.files[path] = loaded.fingerprint
        return loaded

    def has_facts(self, path: Path) -> bool:
        """True where `facts_of` need not read the file any more."""
        return path in self._modules or (self._own is not None and self._own.path == path)

    def derived(self, path: Path, what: str, read: Callable[[ModuleFacts], T]) -> T | None:
        """What `read` makes of a module, kept for the run: data only, no nodes.

        None for a file that cannot be read or does not parse. `what` names the question.
        """
        own = self._own_at(path)
        if own is not None:
            return read(own.facts)
        known = self._derived.setdefault(path, {})
        if what not in known:
            facts = self.facts_of(path)
            known[what] = None if facts is None else read(facts)
        for recording in self._recordings:
            recording.files[path] = self._modules.fingerprint(path)
        return known[what]  # type: ignore[no-any-return]

    def cannot_name(self, path: Path, name: str) -> bool:
        """True where a module's text lacks the word and passes on no star import."""
        own = self._own_at(path)
        content = own.module.body if own is not None else self.read(path)
        if content is None or name.encode() in content or _STAR.search(content):
            return False
        for recording in self._recordings if own is None else ():
            recording.files[path] = digest(content)
        return True

    # ---------------------------------------------------------------- code

    def view(self, module: ModuleFacts) -> View:
        """The code of a module: its tree, or what of it was asked for."""
        if self._own is not None and self._own.facts is module:
            for recording in self._recordings:
                recording.saw_own = True
            return self._own.view
        found = self._modules.fragments(module)
        # Whoever was given the facts by an earlier answer depends on the text all the same.
        for recording in self._recordings:
            recording.files[module.path] = self._modules.fingerprint(module.path)
        return found

    def locating(self, module: ModuleFacts) -> Locate:
        """What gives the nodes of a module by their spans."""
        return partial(self._node, module)

    def _node(self, module: ModuleFacts, span: Span) -> ast.AST:
        return self.view(module).node(span)

    def naming(self, module: ModuleFacts, words: Iterable[str]) -> list[ast.stmt]:
        """The statements of a module in which one of some words may stand, itself or below."""
        return self.view(module).naming(words)

    def settle(self) -> None:
        """Between two questions: let go of code of other files that is not asked for any more."""
        self._modules.settle()

    def parse_class(self, cls: ClassFacts) -> ast.ClassDef:
        """The definition of a class with all its body."""
        return self.view(cls.module).class_node(*cls.record.span[:2])

    # ---------------------------------------------------------------- definitions

    def definition(self, qualified_name: str, near: Path | None = None) -> Definition | None:
        """What a dotted name means as seen from the file `near`, through all re-exports.

        None where it is not in the project, or may mean more than one thing.
        """
        found = name_resolver.definition(self, qualified_name, near)
        return None if isinstance(found, str) else found

    def resolve(self, module: ModuleFacts, dotted: str) -> Found:
        """What a dotted name means at the top level of a module.

        A string is the full name of something outside of the project, such as `typing.Optional`.
        """
        head, _, rest = dotted.partition(".")
        return self._walked(module, name_resolver.member(self, module, head), rest)

    def resolve_at(self, module: ModuleFacts, dotted: str, anchor: ast.AST) -> Found:
        """The same at a node of the module, with its functions' and classes' names."""
        if sees_only_the_module(anchor):
            return self.resolve(module, dotted)
        head, _, rest = dotted.partition(".")
        return self._walked(module, self.view(module).meaning(self, module, head, anchor), rest)

    def resolve_for(self, cls: ClassFacts, dotted: str) -> Found:
        """The same, in the header of a class."""
        if not cls.record.scoped:
            return self.resolve(cls.module, dotted)
        node = self.view(cls.module).class_node(*cls.record.span[:2])
        return self.resolve_at(cls.module, dotted, node)

    def _walked(self, module: ModuleFacts, start: Found, rest: str) -> Found:
        found = name_resolver.walk(self, start, rest.split(".") if rest else [])
        if isinstance(found, str) and not found.startswith("builtins."):
            # `import app.core` binds `app`, which need not be a package with facts of its own.
            return name_resolver.definition(self, found, module.path) or found
        return found

    def class_facts(self, record: ClassRecord, module: ModuleFacts) -> ClassFacts:
        """The facts of one of a module's classes."""
        known, place = self._classes_of(module), record.span[:2]
        if place not in known:
            known[place] = ClassFacts(record, module, self)
        return known[place]

    def _classes_of(self, module: ModuleFacts) -> dict[tuple[int, int], ClassFacts]:
        own = self._own
        if own is not None and own.facts is module:
            return own.classes
        loaded = self._modules.get(module.path)
        return loaded.classes if loaded.facts is module else {}

    def class_at(self, module: ModuleFacts, line: int, column: int) -> ClassFacts | None:
        """The class whose `class` stands there."""
        known = self._classes_of(module).get((line, column))
        if known is not None:
            return known
        record = module.contents.class_at(line, column)
        return None if record is None else self.class_facts(record, module)

    def class_of(self, node: ast.ClassDef, module: ModuleFacts) -> ClassFacts:
        """The facts of a class whose definition is at hand."""
        found = self.class_at(module, node.lineno, node.col_offset)
        assert found is not None, f"{module.name} has no class in line {node.lineno}"
        return found

    # ---------------------------------------------------------------- classes: see `ClassFacts`

    def base_of(self, cls: ClassFacts, base: ast.expr) -> ClassFacts | KnownClass | None:
        """The class that a base expression of a header means."""
        return mro.resolve_base(cls, base)

    def order_of(self, cls: ClassFacts) -> Linearisation:
        """The method resolution order, worked out anew: `cls.mro()` keeps it."""
        return mro.linearise(cls)

    def declaration_of(self, cls: ClassFacts, name: str) -> Declaration | None:
        """Who declares an attribute."""
        return initialization.find_declaration(cls, name)

    def dynamic_reasons_of(self, cls: ClassFacts, losing: bool = False) -> tuple[str, ...]:
        """Why attributes may exist that no code declares, or declared ones vanish."""
        return initialization.dynamic_reasons(cls, losing)

    # ---------------------------------------------------------------- memos

    def stamp(self, dependencies: Dependencies) -> tuple[int, int | None]:
        """How long an answer holds that was made so: for the file being judged, or for all."""
        return self.edition, self._own_number if dependencies.saw_own else None

    def is_current(self, stamp: object, dependencies: Dependencies) -> bool:
        """True where an answer with this stamp, made of these files, still holds.

        One that read the file being judged from the disk holds while its text is the same.
        """
        if stamp not in ((self.edition, None), (self.edition, self._own_number)):
            return False
        own = self._own
        if own is None or own.path not in dependencies.files:
            return True
        file = own.file()
        return file is None or dependencies.files[own.path] == own.fingerprint
