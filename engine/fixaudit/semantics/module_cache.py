"""The facts of a project's modules: read once, kept as text, and decoded when they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn, Protocol

from fixaudit.errors import SourceError
from fixaudit.semantics import facts_row
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.facts_reader import read_module
from fixaudit.semantics.fragments import Fragments, Parses
from fixaudit.semantics.module_facts import ModuleFacts, Span
from fixaudit.semantics.parts import parts_of
from fixaudit.semantics.tree_contents import TreeContents
from fixaudit.syntax.parser import parse
from fixaudit.text.digest import digest
from fixaudit.text.encoding import decode

# A row takes a third of its module's text; one that is larger is built anew in each run.
MOST_ROW_CHARACTERS = 4_000_000
_DECODED = 400
# Trees take thirty to forty times the memory of their text.
FRAGMENT_BYTES = 300_000


class FactsStore(Protocol):
    """Keeps the facts of modules from run to run; what it gives is checked."""

    def facts(self, key: str) -> str | None:
        """The row kept under a key; None for none."""

    def keep_facts(self, key: str, row: str) -> None:
        """Keep a row."""


class Loaded(NamedTuple):
    """The facts of a file, None where it does not parse, and the digest of its bytes.

    `classes` are those asked for so far, by line and column.
    """

    facts: ModuleFacts | None
    fingerprint: str | None
    classes: dict[tuple[int, int], ClassFacts]


class ModuleCache:
    """Facts by path. No tree of a file outlives the reading of its facts.

    Args:
        read: gives the bytes of a file, None where it cannot be read.
        name_of: gives the dotted name of a file's module.
    """

    def __init__(
        self, read: Callable[[Path], bytes | None], name_of: Callable[[Path], str]
    ) -> None:
        self._read = read
        self._name_of = name_of
        self._rows: dict[str, str] = {}
        self._known: dict[Path, tuple[str | None, str | None]] = {}
        self._decoded: OrderedDict[Path, Loaded] = OrderedDict()
        self._fragments: OrderedDict[Path, Fragments] = OrderedDict()
        self._recent: set[Path] = set()
        self.parses = Parses()
        self.store: FactsStore | None = None

    def __contains__(self, path: Path) -> bool:
        return path in self._known

    def fingerprint(self, path: Path) -> str | None:
        """The digest of the bytes that the facts of a file were read from; None for no facts."""
        return self._known.get(path, (None, None))[0]

    def get(self, path: Path) -> Loaded:
        """What is known of a file; it is parsed where neither this run nor the store knows it."""
        loaded = self._decoded.get(path)
        if loaded is not None:
            self._decoded.move_to_end(path)
            return loaded
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._load(path)
        fingerprint, key = known
        facts = None
        if key is not None:
            facts = facts_row.decode(self._rows[key], path, self._name_of(path))
        loaded = self._decoded[path] = Loaded(facts, fingerprint, {})
        if len(self._decoded) > _DECODED:
            self._decoded.popitem(last=False)
        return loaded

    def forget(self, path: Path) -> None:
        """Drop what is known of a file that was written."""
        self._known.pop(path, None)
        self._decoded.pop(path, None)
        self._fragments.pop(path, None)

    def _load(self, path: Path) -> tuple[str | None, str | None]:
        content = self._read(path)
        if content is None:
            return None, None
        fingerprint = digest(content)
        # A package's own name is what its relative imports start from.
        key = f"{fingerprint} {self._name_of(path)} {'package' if path.stem == '__init__' else ''}"
        if key in self._rows:
            return fingerprint, key
        row = self._stored(key)
        if row is None:
            row = self._built(path, content)
            if row is None:
                return fingerprint, None
            if self.store is not None and len(row) <= MOST_ROW_CHARACTERS:
                self.store.keep_facts(key, row)
        self._rows[key] = row
        return fingerprint, key

    def _stored(self, key: str) -> str | None:
        row = None if self.store is None else self.store.facts(key)
        if row is None or len(row) > MOST_ROW_CHARACTERS:
            return None
        try:
            facts_row.check(row)
        except ValueError:
            return None
        self.parses.read += 1
        return row

    def _built(self, path: Path, content: bytes) -> str | None:
        """The row of a file, from its tree, which goes with the end of this method."""
        try:
            body = decode(content).body
            tree = parse(body.decode("utf-8"), path.name)
        except SourceError:
            return None
        finally:
            self.parses.whole += 1
        contents = TreeContents(lambda: tree, body)
        name = self._name_of(path)
        facts = read_module(tree, path, name, body, contents, parts_of(tree, body))
        return facts_row.encode(facts, _nowhere)

    # ---------------------------------------------------------------- parts parsed alone

    def fragments(self, module: ModuleFacts) -> Fragments:
        """The parts of a module's tree that were asked for lately.

        Raises LookupError where the file was written since its facts were read.
        """
        path = module.path
        self._recent.add(path)
        known = self._fragments.get(path)
        if known is None:
            content = self._read(path)
            if content is None or digest(content) != self.fingerprint(path):
                raise LookupError(f"{path.name} has changed while it was looked at")
            known = Fragments(module, decode(content).body, self.parses)
            self._fragments[path] = known
        else:
            self._fragments.move_to_end(path)
        return known

    def settle(self) -> None:
        """Drop the parts that were not asked for lately, where there are too many.

        Nodes that were given out since the last call stay good until the next one.
        """
        size = sum(item.size for item in self._fragments.values())
        if size > FRAGMENT_BYTES:
            for path in list(self._fragments):
                if path not in self._recent:
                    size -= self._fragments.pop(path).size
                if size <= FRAGMENT_BYTES:
                    break
        self._recent.clear()


def _nowhere(span: Span) -> NoReturn:
    raise LookupError("facts are read from a tree without its nodes")
