"""Textual questions over the whole project: who says this word, who derives from this class?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from fixaudit.files.file_roles import is_test_path
from fixaudit.files.text_files import text_files
from fixaudit.semantics.by_word import ByWord
from fixaudit.semantics.header_index import Headers, Named
from fixaudit.semantics.vocabulary import Vocabulary
from fixaudit.text.digest import digest

# What is searched is searched again, for many a site; more than this is read anew each time.
KEPT_TEXT_BYTES = 48_000_000
# An index of all words costs about as much as so many readings of all files.
READINGS_BEFORE_INDEX = 8

# As in `starting_with`.
_HEADER = re.compile(rb"class(?<!\wclass)\s+\w+\s*(?:\[[^\]]*\])?\(([^:]*)")
_IMPORT = re.compile(
    rb"^[ \t]*(?:from\s+[\w.]+\s+import(?:\s*\([^)]*\)|(?:[^\n\\]|\\\r?\n)*)|import\s(?:[^\n\\]|\\\r?\n)*)",
    re.MULTILINE,
)
_RENAMED = re.compile(rb"as(?<!\was)\s+(\w+)")
_WORD = re.compile(rb"\w+")
_STORED = re.compile(rb"\.(\w+) = ")
_DEFINED = re.compile(rb"def (\w+)\(")
_LAST_WORD = re.compile(rb"(\w+)\s+\Z")


def starting_with(word: str) -> bytes:
    """A pattern for a word that nothing of a word stands before, as `\\bword` is.

    One that starts with a literal is searched ten times as fast: what stands before it is looked at
    afterwards.
    """
    literal = re.escape(word.encode())
    return literal + rb"(?<!\w" + literal + rb")"


class Search(NamedTuple):
    """A question to all texts of the project.

    `kind` is `text` (lines that hold `needle`, `cap` at most), `tests` (the same in tests only),
    `subclasses` (files with a class whose header names `needle`, or what an import makes of it),
    `headers` (the functions and classes called `needle`, if no more than `cap`, and what imports
    rename to it), `users` (the lines that hold the first word of `needle`, in files but tests whose
    imports name one of its words), `borders` (where evidence for the file `needle` may stand),
    `folder` (what imports find in the folder `needle`), `beside` (as `text`, in the files that are
    no Python), or `run` (whether the run judges the file `needle`).
    """

    kind: Literal[
        "text", "tests", "subclasses", "headers", "users", "borders", "folder", "beside", "run"
    ]
    needle: bytes
    cap: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """One line that holds the needle; `text` is the line, stripped. `line` is 1-based."""

    path: Path
    line: int
    text: str
    is_test: bool


class Texts:
    """The texts of all files of a project, and what was found in them.

    Args:
        paths: gives all files, sorted. read: gives a file's bytes, None where it has none.
    """

    def __init__(
        self,
        paths: Callable[[], list[str]],
        read: Callable[[str], bytes | None],
        root: Path | None,
    ) -> None:
        self._paths = paths
        self._read = read
        self._root = root
        self._prefix = "" if root is None else f"{root.as_posix().rstrip('/')}/"
        self._kept: dict[str, bytes] = {}
        self._size = 0
        self._mentions: dict[Search, tuple[Mention, ...]] = {}
        self._by_base = ByWord(paths, lambda name: base_words(self.text(name) or b""))
        self._by_import = ByWord(paths, lambda name: imported_words(self.text(name) or b""))
        self._by_stored = ByWord(paths, lambda name: _stored_words(self.text(name) or b""))
        self._named = Named(paths, self.text)
        self._readings = 0
        self._vocabulary: Vocabulary | None = None

    def forget(self, path: str) -> None:
        """Drop what is known of a file, and of what all files say, because it changed."""
        self._mentions.clear()
        self._size -= len(self._kept.pop(path, b""))
        self._by_base.forget(path)
        self._by_import.forget(path)
        self._by_stored.forget(path)
        self._named.forget(path)
        if self._vocabulary is not None:
            self._vocabulary.forget(path)
        self.__dict__.pop("_tests", None)
        self.__dict__.pop("_beside", None)

    def mentions(self, search: Search, *along: Search) -> tuple[Mention, ...]:
        """The lines that answer a search of kind `text`, `tests` or `beside`, in the order of the paths.

        Those that answer the searches `along` are found in the same reading of the files, for later.
        """
        if search not in self._mentions:
            new = [search, *(item for item in along if item not in self._mentions)]
            self._mentions.update(zip(new, map(tuple, self._find(new)), strict=True))
        return self._mentions[search]

    def subclasses(self, search: Search) -> tuple[str, ...]:
        """The files that answer a search of kind `subclasses`, in order."""
        return tuple(self._by_base.files(search.needle))

    def users(self, search: Search) -> tuple[Mention, ...]:
        """The lines that answer a search of kind `users`, in the order of the paths."""
        if search not in self._mentions:
            words = search.needle.split()
            importing = {name for word in words for name in self._by_import.files(word)}
            able = self._able([words[0]])
            files = sorted(importing if able is None else importing.intersection(able))
            files = [name for name in files if not self._is_test(name)]
            word = re.compile(starting_with(words[0].decode()) + rb"(?!\w)")
            self._mentions[search] = tuple(
                Mention(Path(name), line, text, False)
                for name in files
                for line, text in _lines(words[0], self.text(name) or b"")
                if word.search(text.encode())
            )
        return self._mentions[search]

    def headers(self, search: Search) -> Headers:
        """The answer to a search of kind `headers`."""
        return self._named.headers(search.needle, search.cap)

    def answer(self, search: Search) -> tuple[str, tuple[str, ...]]:
        """The fingerprint of a search's answer, and the files it comes from."""
        if search.kind == "subclasses":
            paths = self.subclasses(search)
            return digest(repr(paths).encode()), paths
        if search.kind == "headers":
            return self._named.answer(search.needle, search.cap)
        found = self.users(search) if search.kind == "users" else self.mentions(search)
        text = repr([(item.path.as_posix(), item.text) for item in found])
        return digest(text.encode()), tuple(dict.fromkeys(str(item.path) for item in found))

    @cached_property
    def _tests(self) -> list[str]:
        return [name for name in self._paths() if self._is_test(name)]

    @cached_property
    def _beside(self) -> list[str]:
        return [] if self._root is None else text_files(str(self._root))

    def _is_test(self, name: str) -> bool:
        return is_test_path(name.removeprefix(self._prefix))

    def _find(self, searches: Sequence[Search]) -> list[list[Mention]]:
        """The answers to searches in the same files."""
        found: list[list[Mention]] = [[] for _ in searches]
        files = self._files(searches)
        for name in files:
            if all(len(known) == item.cap for item, known in zip(searches, found, strict=True)):
                break
            content = self.text(name)
            if content is None:
                continue
            for search, mentions in zip(searches, found, strict=True):
                left = search.cap - len(mentions)
                if left > 0 and search.needle in content:
                    path, is_test = Path(name), self._is_test(name)
                    lines = islice(_lines(search.needle, content), left)
                    mentions += (Mention(path, line, text, is_test) for line, text in lines)
        else:
            self._readings += files is self._paths()
        return found

    def _files(self, searches: Sequence[Search]) -> Sequence[str]:
        """The files that may answer the searches."""
        first = searches[0]
        if first.kind == "beside":
            return self._beside
        if first.kind == "tests":
            able = self._able(item.needle for item in searches)
            return self._tests if able is None else [name for name in able if self._is_test(name)]
        if len(searches) == 1:
            if stored := _STORED.fullmatch(first.needle):
                return self._by_stored.files(stored[1])
            if defined := _DEFINED.fullmatch(first.needle):
                return self._named.files(defined[1])
        able = self._able(item.needle for item in searches)
        return self._paths() if able is None else able

    def _able(self, needles: Iterable[bytes]) -> list[str] | None:
        """The files that can hold one of the needles, in the order of all; None where it may be all."""
        paths = self._paths()
        if self._vocabulary is None:
            if self._readings < READINGS_BEFORE_INDEX:
                return None
            self._vocabulary = Vocabulary(paths, self.text)
        found = set(self._vocabulary.unread(paths))
        for needle in needles:
            files = self._vocabulary.files(needle)
            if files is None:
                return None
            found |= files
        return sorted(found)

    def text(self, name: str) -> bytes | None:
        """The bytes of a file, kept for the next search in the place of those not asked for of late."""
        content = self._kept.pop(name, None)
        if content is None:
            content = self._read(name)
            if content is None or len(content) > KEPT_TEXT_BYTES:
                return content
            self._size += len(content)
            while self._size > KEPT_TEXT_BYTES:
                self._size -= len(self._kept.pop(next(iter(self._kept))))
        self._kept[name] = content
        return content


def base_words(text: bytes) -> tuple[bytes, ...]:
    """The words of all class headers' bases, with what imports in the text rename to them."""
    if b"class" not in text:
        return ()
    words: set[bytes] = set()
    for header in _HEADER.finditer(text):
        words.update(_WORD.findall(header[1]))
    for renamed in _RENAMED.finditer(text) if words else ():
        if renamed[1] in words:
            before = _LAST_WORD.search(text, max(0, renamed.start() - 200), renamed.start())
            if before is not None:
                words.add(before[1])
    return tuple(words)


def imported_words(text: bytes) -> frozenset[bytes]:
    """The words of all imports of a text: modules, parts of their names, and what is imported."""
    found: set[bytes] = set()
    for statement in _IMPORT.finditer(text):
        found.update(_WORD.findall(statement[0]))
    return frozenset(found)


def _stored_words(text: bytes) -> Iterable[bytes]:
    """The attributes that the text assigns to, in its usual spelling."""
    return set(_STORED.findall(text)) if b" = " in text else ()


def _lines(needle: bytes, content: bytes) -> Iterator[tuple[int, str]]:
    at, line, counted = content.find(needle), 1, 0
    while at != -1:
        line += content.count(b"\n", counted, at)
        counted = at
        start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
        end = len(content) if end == -1 else end
        yield line, content[start:end].decode("utf-8", "replace").strip()
        # One mention a line: a needle with a newline in it goes on after its own end.
        at = content.find(needle, max(end, at + 1))
