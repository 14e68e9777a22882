"""The facts of a project's modules: read once, kept as text, and decoded when they are asked for."""

from __future__ import annotations

import ast
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn, Protocol

from fixaudit.errors import SourceError
from fixaudit.semantics import facts_row
from fixaudit.semantics.attributes import ClassBody
from fixaudit.semantics.class_reader import read_body
from fixaudit.semantics.classes import ClassFacts
from fixaudit.semantics.facts_reader import read_module
from fixaudit.semantics.fragments import Fragments, Parses
from fixaudit.semantics.module_facts import ClassRecord, Locate, ModuleFacts, Span, family
from fixaudit.semantics.parts import parts_of
from fixaudit.semantics.tree_contents import TreeContents
from fixaudit.syntax import parser
from fixaudit.text.digest import digest
from fixaudit.text.encoding import decode

# A row takes a third of its module's text; one that is larger is built anew in each run.
MOST_ROW_CHARACTERS = 4_000_000
_DECODED = 400
# Trees take thirty to forty times the memory of their text.
FRAGMENT_BYTES = 1_000_000


class ModuleChangedError(LookupError):
    """A file was written between two looks at it; what is known of it must be forgotten."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} has changed while it was looked at")
        self.path = path


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
        self._unasked: set[Path] = set()
        self._settled_size = 0
        self._dropped_size = 0
        self.parses = Parses()
        self.store: FactsStore | None = None

    def __contains__(self, path: Path) -> bool:
        return path in self._known

    def fingerprint(self, path: Path) -> str | None:
        """The digest of the bytes that the facts of a file were read from; None for no facts."""
        return self._known.get(path, (None, None))[0]

    def get(self, path: Path, wanted: str = "") -> Loaded:
        """What is known of a file; it is parsed where neither this run nor the store knows it.

        Then the body of the class `wanted` is read as well, as the tree is at hand.
        """
        if path in self._unasked:
            self._unasked.discard(path)
            self._give_to_store(path)
        loaded = self._decoded.get(path)
        if loaded is not None:
            self._decoded.move_to_end(path)
            return loaded
        facts = None
        if path in self._known:
            fingerprint, key = self._known[path]
            if key is not None:
                facts = self._decode(self._rows[key], path, key)
        else:
            fingerprint, key, facts = self._load(path, wanted)
            self._known[path] = fingerprint, key
        return self._hold(path, Loaded(facts, fingerprint, {}))

    def _give_to_store(self, path: Path) -> None:
        """Keep the row of a judged file, now that another one asks for it."""
        key, held = self._known[path][1], self._decoded.get(path)
        if key is not None:
            known = self._rows.get(key)
            if known is None and held is not None and held.facts is not None:
                known = facts_row.encode(held.facts)
            if known is not None:
                self._keep(key, known)

    def _hold(self, path: Path, loaded: Loaded) -> Loaded:
        """Have what is known of a file at hand; what was not asked for of late becomes a row."""
        self._decoded[path] = loaded
        if len(self._decoded) > _DECODED:
            oldest, dropped = self._decoded.popitem(last=False)
            key = self._known[oldest][1]
            if key is not None and dropped.facts is not None and key not in self._rows:
                self._rows[key] = facts_row.encode(dropped.facts)
        return loaded

    def forget(self, path: Path) -> None:
        """Drop what is known of a file that was written."""
        self._known.pop(path, None)
        self._unasked.discard(path)
        self._decoded.pop(path, None)
        self._drop_fragments(path)

    def take(self, path: Path, content: bytes, tree: ast.Module, facts: ModuleFacts) -> None:
        """Keep the facts of a file that was judged as it is on the disk: others will ask for them.

        `content` are its bytes, `facts` were read from `tree`.
        """
        if path in self._known or len(content) > parser.MOST_PARSED or self._read(path) != content:
            return
        fingerprint = digest(content)
        key = self._key(path, fingerprint)
        facts = replace(facts, parts=parts_of(tree, decode(content).body))
        taken = facts_row.detached(facts, partial(self._body, key))
        self._known[path] = fingerprint, key
        if self.store is not None:
            self._unasked.add(path)
        self._hold(path, Loaded(taken, fingerprint, {}))

    def _load(self, path: Path, wanted: str) -> tuple[str | None, str | None, ModuleFacts | None]:
        """The digest of a file, the key of its row, and its facts; None for what there is not."""
        content = self._read(path)
        if content is None:
            return None, None, None
        fingerprint = digest(content)
        key = self._key(path, fingerprint)
        row = self._stored(key)
        if row is not None:
            try:
                facts = self._decode(row, path, key)
            except ValueError:
                pass  # it is built anew
            else:
                self.parses.read += 1
                self._rows[key] = row
                return fingerprint, key, facts
        built = self._built(path, content, key, wanted)
        if built is not None and self.store is not None:
            self._keep(key, facts_row.encode(built))
        return fingerprint, None if built is None else key, built

    def _key(self, path: Path, fingerprint: str) -> str:
        # A package's own name is what its relative imports start from.
        package = ".__init__" if path.stem == "__init__" else ""
        return f"{fingerprint} {self._name_of(path)}{package}"

    def _decode(self, row: str, path: Path, key: str) -> ModuleFacts:
        return facts_row.decode(row, path, self._name_of(path), partial(self._body, key))

    def _stored(self, key: str) -> str | None:
        try:
            row = None if self.store is None else self.store.facts(key)
        except Exception:  # whatever happens to the store, the file itself can be read
            row = self.store = None
        return None if row is None or len(row) > MOST_ROW_CHARACTERS else row

    def _keep(self, key: str, row: str) -> None:
        self._rows[key] = row
        if self.store is not None and len(row) <= MOST_ROW_CHARACTERS:
            try:
                self.store.keep_facts(key, row)
            except Exception:
                self.store = None

    def _built(self, path: Path, content: bytes, key: str, wanted: str) -> ModuleFacts | None:
        """The facts of a file, from its tree, which goes with the end of this method."""
        if len(content) > parser.MOST_PARSED:
            return None
        self.parses.whole += 1
        try:
            body = decode(content).body
            tree = parser.parse(body.decode("utf-8"), path.name)
        except SourceError:
            return None
        contents = TreeContents(lambda: tree, body)
        parts = parts_of(tree, body)
        facts = read_module(tree, path, self._name_of(path), body, contents, parts)
        for record in family(facts, wanted):
            read = contents.body(facts, record, _nowhere)
            self._keep(_body_key(key, *record.span[:2]), facts_row.encode_body(read))
        return facts_row.detached(facts, partial(self._body, key))

    def _body(
        self, module_key: str, module: ModuleFacts, record: ClassRecord, locate: Locate
    ) -> ClassBody:
        """What the body of a class says: kept as a row, else read from the class parsed alone."""
        line, column = record.span[:2]
        key = _body_key(module_key, line, column)
        row = self._rows.get(key)
        if row is None:
            row = self._stored(key)
            if row is not None:
                try:
                    body = facts_row.decode_body(row, locate)
                except ValueError:
                    row = None
                else:
                    self._rows[key] = row
                    return body
        if row is None:
            fragments = self.fragments(module)
            node = fragments.lone_class(line, column)
            body = read_body(node, module, fragments.texts, locate)
            self._keep(key, facts_row.encode_body(body))
            return body
        return facts_row.decode_body(row, locate)

    # ---------------------------------------------------------------- parts parsed alone

    def fragments(self, module: ModuleFacts) -> Fragments:
        """The parts of a module's tree that were asked for lately.

        Raises ModuleChangedError where the file was written since its facts were read.
        """
        path = module.path
        self._recent.add(path)
        known = self._fragments.get(path)
        if known is None:
            content = self._read(path)
            if content is None or digest(content) != self.fingerprint(path):
                raise ModuleChangedError(path)
            known = Fragments(module, decode(content).body, self.parses)
            self._fragments[path] = known
        else:
            self._fragments.move_to_end(path)
        return known

    def settle(self) -> None:
        """Drop the parts that were not asked for lately, where there are too many.

        Nodes that were given out since the last call stay good until the next one.
        """
        if self.parses.size == self._settled_size:
            return
        self._settled_size = self.parses.size
        while self.parses.size - self._dropped_size > FRAGMENT_BYTES:
            # Those asked for since the last call stand at the end.
            oldest = next(iter(self._fragments), None)
            if oldest is None or oldest in self._recent:
                break
            self._drop_fragments(oldest)
        self._recent.clear()

    def _drop_fragments(self, path: Path) -> None:
        dropped = self._fragments.pop(path, None)
        if dropped is not None:
            self._dropped_size += dropped.size


def _body_key(module_key: str, line: int, column: int) -> str:
    return f"{module_key} {line} {column}"


def _nowhere(span: Span) -> NoReturn:
    raise LookupError("what is written down has no nodes")
