"""The cross-file index: asks for a class or function, gets its facts, reads only what is between."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from weakref import WeakKeyDictionary, WeakSet, ref

from fixaudit.errors import SourceError
from fixaudit.files.nearest_ancestor import Upward
from fixaudit.semantics import name_resolver
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.facts import ModuleFacts
from fixaudit.semantics.header_index import Headers
from fixaudit.semantics.module_cache import KeptModules, Module, weighing
from fixaudit.semantics.module_finder import Layout
from fixaudit.semantics.module_reader import read_module
from fixaudit.semantics.module_view import View
from fixaudit.semantics.name_resolver import Definition, Found
from fixaudit.semantics.query_log import Dependencies, digest
from fixaudit.semantics.star_imports import StarImports
from fixaudit.semantics.text_search import Mention, Search, Texts, starting_with
from fixaudit.syntax.parser import parse
from fixaudit.text.encoding import decode

if TYPE_CHECKING:
    from fixaudit.source.source import Source

T = TypeVar("T")

_ASYNC = re.compile(r"\basync\s+def\s+(\w+)")
_STAR = re.compile(rb"import[ \t(\\]*\*")


class Project:
    """The project's modules, classes and functions across files.

    Nothing is read at construction. A question parses the modules on the way to its answer, each
    once, and keeps the recently used ones. None always means "not known, or more than one thing".

    Args:
        root: the project's folder, absolute; None for none.
        files: absolute paths of all Python files of the project (not only those that are to be
            changed), or a function that gives them when they are first needed; None walks `root`.
    """

    def __init__(
        self, root: Path | None, files: Iterable[Path] | Callable[[], Iterable[Path]] | None = None
    ) -> None:
        self.root = root
        self._layout = Layout(root, files)
        self._modules = KeptModules(self._release)
        self._views: WeakKeyDictionary[ModuleFacts, View] = WeakKeyDictionary()
        self._overlays: dict[Path, bytes] = {}
        self._own: tuple[ref[Source], ModuleFacts] | None = None
        self._own_path: Path | None = None
        self._own_was_edited = False
        self.generation = 0
        self.linearising: set[object] = set()
        self._found: dict[tuple[str, str], Path | None] = {}
        self._nearest: dict[str, Upward[bytes]] = {}
        self._texts = Texts(self._layout.paths, self._read_named, root)
        self._derived: dict[Path, dict[str, tuple[Any, str | None]]] = {}
        self._pinned: dict[Path, WeakSet[ClassFacts]] = {}
        self._told: set[Search] = set()
        self._answers: dict[Search, tuple[str, tuple[str, ...]]] = {}
        self._recordings: list[Dependencies] = []
        self.stars = StarImports(self)
        self._async_names: tuple[tuple[Mention, ...], frozenset[str]] | None = None

    @classmethod
    def empty(cls) -> Project:
        """A project of no files: for standard input and single snippets."""
        return cls(None, ())

    # ---------------------------------------------------------------- files

    def overlay(self, path: Path, content: str | bytes) -> None:
        """Let `content` stand for the file `path`: an edited buffer, not yet written."""
        self._overlays[path] = content.encode() if isinstance(content, str) else content
        self._layout.add(path)
        self.forget(path)

    def forget(self, path: Path) -> None:
        """Drop what is known of a file, because it was written or removed."""
        self._modules.forget(path)
        self.generation += 1
        self._found.clear()
        self._nearest.clear()
        self._answers.clear()
        self._derived.pop(path, None)
        self._texts.forget(path.as_posix())

    def read(self, path: Path) -> bytes | None:
        """The bytes of a file, or of what stands for it; None where it cannot be read."""
        if path in self._overlays:
            return self._overlays[path]
        return _bytes_of(str(path))

    def nearest(self, name: str, folder: Path) -> bytes | None:
        """The content of the nearest file of that name, in a folder or above it within the root."""
        if name not in self._nearest:

            def content(of: str) -> bytes | None:
                return self.read(Path(of, name))

            self._nearest[name] = Upward(content, str(self.root).__eq__)
        return self._nearest[name].of(str(folder))

    def _read_named(self, name: str) -> bytes | None:
        return self.read(Path(name)) if self._overlays else _bytes_of(name)

    # ---------------------------------------------------------------- modules

    def module_name(self, path: Path) -> str | None:
        """The dotted name other files import `path` by; None for a file none can import."""
        return self._layout.module_name(path)

    def path_of(self, module: str, near: Path | None = None) -> Path | None:
        """The file of a module as imported from the file `near`; None for none, or several."""
        folder = near.as_posix().rpartition("/")[0] if near is not None else ""
        key = (module, folder)
        if key not in self._found:
            self._found[key] = self._layout.path_of(module, near)
        found = self._found[key]
        for recording in self._recordings:
            recording.lookups[(module, near)] = found
        return found

    def is_outside(self, parts: tuple[str, ...], source: Source) -> bool:
        """True where no part of a dotted name, as imported in `source`, is a module of the project."""
        if parts[0] in sys.stdlib_module_names:
            return True
        near = self._place(source)
        names = accumulate(parts, "{}.{}".format)
        return all(self.path_of(name, near) is None for name in names)

    def module(self, name: str, near: Path | None = None) -> ModuleFacts | None:
        """The facts of a module as imported from `near`; None where it is not in the project."""
        path = self.path_of(name, near)
        return None if path is None else self.facts_of(path)

    def facts_of(self, path: Path) -> ModuleFacts | None:
        """The facts of one file; None where it cannot be read or does not parse."""
        own = self._own_facts(path)
        if own is not None:
            return own
        facts, fingerprint, _ = self._modules.used(path) or self._load(path)
        for recording in self._recordings:
            recording.files[path] = fingerprint
        return facts

    def derived(self, path: Path, what: str, read: Callable[[ModuleFacts], T]) -> T | None:
        """What `read` makes of a module, kept when its tree is not: data only, no nodes.

        None for a file that cannot be read or does not parse. `what` names the question.
        """
        if self._own_facts(path) is not None:
            facts = self.facts_of(path)
            return None if facts is None else read(facts)
        kept = self._derived.setdefault(path, {})
        if what not in kept:
            facts = self.facts_of(path)
            known = self._modules.peek(path)
            fingerprint = None if known is None else known.fingerprint
            kept[what] = (None if facts is None else read(facts)), fingerprint
        found, fingerprint = kept[what]
        for recording in self._recordings:
            recording.files[path] = fingerprint
        return found  # type: ignore[no-any-return]

    def has_derived(self, path: Path, what: str) -> bool:
        """True where the answer of `derived` needs no tree that is not there."""
        return what in self._derived.get(path, ()) or self._own_facts(path) is not None

    def cannot_name(self, path: Path, name: str) -> bool:
        """True where a module's text lacks the word and passes on no star import."""
        own = self._own[0]() if self._own is not None and self._own[1].path == path else None
        content = own.body if own is not None else self.read(path)
        if content is None or name.encode() in content or _STAR.search(content):
            return False
        for recording in self._recordings if own is None else ():
            recording.files[path] = digest(content)
        return True

    def make_room(self, size: int) -> None:
        """Say that texts of `size` bytes will be judged beside what is kept of other modules."""
        self._modules.make_room(size)

    def _load(self, path: Path) -> Module:
        content = self.read(path)
        if content is None:
            module = Module(None, None)
        else:
            with weighing() as made:
                facts = self._parse(path, content)
            module = Module(facts, digest(content), made.weight + len(content) if facts else 0)
        self._modules.keep(path, module)
        return module

    def pinned(self, path: Path, by: ClassFacts) -> None:
        """Say that a class keeps facts of another module, and with them its tree."""
        self._pinned.setdefault(path, WeakSet()).add(by)

    def _release(self, path: Path) -> None:
        for holder in self._pinned.pop(path, ()):
            holder.let_go()

    def _parse(self, path: Path, content: bytes) -> ModuleFacts | None:
        try:
            body = decode(content).body
            tree = parse(body.decode("utf-8"), path.name)
        except SourceError:
            return None
        name = self.module_name(path) or path.stem
        return read_module(tree, path, name, body)

    # ---------------------------------------------------------------- the file being judged

    def facts_of_source(self, source: Source) -> ModuleFacts:
        """The facts of the file a codemod looks at, from its own tree; they stand for the file
        in every later answer until another source is asked about."""
        if self._own is not None and self._own[0]() is source:
            return self._own[1]
        path = self._place(source)
        name = source.module if source.module != "__main__" else self.module_name(path) or path.stem
        facts = read_module(source.tree, path, name, source.body)
        again = self._own_path == path
        self._drop_own()
        if again or self._own_was_edited:
            # What was derived from the text before its edits must not outlive it.
            self.generation += 1
        self._own_was_edited = again
        self._own_path = path
        self._own = (ref(source), facts)
        self._views[facts] = View(source.index, source.scopes)
        return facts

    def closed(self, source: Source) -> None:
        """Forget the facts of a source that nobody asks about any more, and its tree with them."""
        if self._own is not None and self._own[0]() is source:
            self._drop_own()

    def _drop_own(self) -> None:
        if self._own is not None:
            self._release(self._own[1].path)
            self._own[1].let_go()
            self._own = None

    def _place(self, source: Source) -> Path:
        if self._own is not None and self._own[0]() is source:
            return self._own[1].path
        return (self.root or Path("/")) / source.path

    def tree_of(self, path: Path, data: bytes) -> ast.Module | None:
        """The tree of a file with this content, where it is known already."""
        known = self._modules.peek(path)
        if known is None or known.facts is None or known.fingerprint != digest(data):
            return None
        return known.facts.tree

    @property
    def own_path(self) -> Path | None:
        """The file a codemod looks at."""
        return None if self._own is None or self._own[0]() is None else self._own[1].path

    def _own_facts(self, path: Path) -> ModuleFacts | None:
        if self._own is None or self._own[1].path != path:
            return None
        return self._own[1] if self._own[0]() is not None else None

    def view(self, module: ModuleFacts) -> View:
        """Parents and scopes of a module's tree, built when first asked for."""
        known = self._views.get(module)
        if known is None:
            known = View.of(module)
            self._views[module] = known
        return known

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
        start = name_resolver.member(self, module, head)
        return self._finish(
            name_resolver.walk(self, start, rest.split(".") if rest else []), module
        )

    def resolve_at(self, module: ModuleFacts, dotted: str, anchor: ast.AST) -> Found:
        """The same, at the place of a node of the module, with its functions' and classes' names."""
        if getattr(anchor, "col_offset", 0) == 0 and isinstance(anchor, ast.stmt):
            return self.resolve(module, dotted)
        head, _, rest = dotted.partition(".")
        start = self.view(module).meaning(self, module, head, anchor)
        return self._finish(
            name_resolver.walk(self, start, rest.split(".") if rest else []), module
        )

    def _finish(self, found: Found, module: ModuleFacts) -> Found:
        if isinstance(found, str) and not found.startswith("builtins."):
            # `import app.core` binds `app`, which need not be a package with facts of its own.
            return name_resolver.definition(self, found, module.path) or found
        return found

    def class_facts(
        self, node: ast.ClassDef, module: ModuleFacts, qualified_name: str
    ) -> ClassFacts:
        """The facts of a class definition found in a module's tree."""
        known = module.classes.get(node)
        if known is None:
            known = ClassFacts(
                qualified_name, node.name, module.path, node.lineno, node, module, self
            )
            module.classes[node] = known
        return known

    # ---------------------------------------------------------------- text

    def mentions(
        self,
        needle: bytes,
        cap: int = 50,
        *,
        tests_only: bool = False,
        along: Iterable[bytes] = (),
    ) -> tuple[Mention, ...]:
        """The first `cap` lines of the project that hold `needle`, in the order of the paths.

        `along` are needles that will be asked for with the same cap: one reading finds them all.
        """
        kind: Literal["tests", "text"] = "tests" if tests_only else "text"
        search = Search(kind, needle, cap)
        found = self._texts.mentions(search, *(Search(kind, each, cap) for each in along))
        self._asked(search)
        return found

    def naming_as_base(self, name: str) -> tuple[Path, ...]:
        """The files with a class header that names `name` among the bases, under any alias."""
        search = Search("subclasses", name.encode())
        self._asked(search)
        return tuple(Path(path) for path in self._texts.subclasses(search))

    def headers(self, name: str, cap: int = 0) -> Headers:
        """The `def` and `class` headers of that name in all files, read without parsing them.

        With a `cap` none of them where there are more, which is known without reading any.
        """
        search = Search("headers", name.encode("utf-8", "replace"), cap)
        self._asked(search)
        return self._texts.headers(search)

    def renamed(self, path: Path, name: str) -> frozenset[str]:
        """What imports of a file call `name`: `Model` for `from orm import Base as Model`."""
        content = self._texts.text(path.as_posix()) or b""
        pattern = starting_with(name) + rb"\s+as\s+(\w+)"
        return frozenset(item.decode("utf-8", "replace") for item in re.findall(pattern, content))

    def answer(self, search: Search) -> tuple[str, tuple[str, ...]]:
        """The fingerprint of the answer to a search, and the files it comes from."""
        if search not in self._answers:
            self._answers[search] = self._texts.answer(search)
        return self._answers[search]

    def first_told(self, searches: Iterable[Search]) -> dict[Search, tuple[str, ...]]:
        """The files that answer those of the searches that were never given to this before."""
        new = [search for search in searches if search not in self._told]
        self._told.update(new)
        return {search: self.answer(search)[1] for search in new}

    def _asked(self, search: Search) -> None:
        if self._recordings:
            fingerprint, _ = self.answer(search)
            for recording in self._recordings:
                recording.searches[search] = fingerprint

    def async_names(self) -> frozenset[str]:
        """The names of all `async def` functions and methods of the project's files.

        One search for all of them: a call of another name need not be resolved to know that it
        makes no coroutine.
        """
        found = self.mentions(b"async def", cap=1_000_000)
        if self._async_names is None or self._async_names[0] is not found:
            names = (match[1] for item in found for match in _ASYNC.finditer(item.text))
            self._async_names = found, frozenset(names)
        return self._async_names[1]

    # ---------------------------------------------------------------- what an answer depends on

    @contextmanager
    def recording(self) -> Iterator[Dependencies]:
        """Collects what every question asked in the `with` body looked at; may be nested."""
        recording = Dependencies()
        self._recordings.append(recording)
        try:
            yield recording
        finally:
            self._recordings = [item for item in self._recordings if item is not recording]

    def replay(self, dependencies: Dependencies) -> None:
        """Count an answer that was kept as asked again."""
        for recording in self._recordings:
            recording.update(dependencies)

    def still_holds(self, dependencies: Dependencies) -> bool:
        """True where asking again would look at the same files with the same contents."""
        for (module, near), path in dependencies.lookups.items():
            if self.path_of(module, near) != path:
                return False
        for path, fingerprint in dependencies.files.items():
            content = self.read(path)
            if (None if content is None else digest(content)) != fingerprint:
                return False
        return all(
            self.answer(search)[0] == fingerprint
            for search, fingerprint in dependencies.searches.items()
        )


def _bytes_of(name: str) -> bytes | None:
    try:
        with open(name, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return None
