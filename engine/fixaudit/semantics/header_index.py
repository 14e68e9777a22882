"""Which functions and classes of a project have a name, by the headers of all its texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from fixaudit.semantics.by_word import ByWord
from fixaudit.semantics.headers import Header, Outline
from fixaudit.text.digest import digest


class Headers(NamedTuple):
    """All headers of a name; `renamed` are the names that an import somewhere makes it of.

    `too_many` says that there are more than asked for, and that none is given.
    """

    found: tuple[Header, ...]
    renamed: frozenset[str]
    too_many: bool = False


class Named:
    """Answers by name. `paths` gives all files, sorted; `text` the bytes of one."""

    def __init__(self, paths: Callable[[], list[str]], text: Callable[[str], bytes | None]) -> None:
        self._text = text
        self._by_word = ByWord(paths, lambda path: self._outline(path).words)
        self._outlines: dict[str, Outline] = {}
        self._known: dict[tuple[bytes, int], Headers] = {}

    def forget(self, path: str) -> None:
        """Drop what is known of a file that changed."""
        self._by_word.forget(path)
        self._outlines.pop(path, None)
        self._known.clear()

    def files(self, name: bytes) -> Sequence[str]:
        """The files with a header of that name, or an import that makes it of another."""
        return self._by_word.files(name)

    def headers(self, name: bytes, cap: int = 0) -> Headers:
        """What all files say of the name; no more than that there are too many beyond `cap`."""
        known = self._known.get((name, cap))
        if known is None:
            known = self._known[name, cap] = self._headers(name, cap)
        return known

    def _headers(self, name: bytes, cap: int) -> Headers:
        outlines = {path: self._outline(path) for path in self.files(name)}
        renamed = frozenset().union(*(outline.renamed(name) for outline in outlines.values()))
        if cap and sum(outline.count(name) for outline in outlines.values()) > cap:
            return Headers((), renamed, too_many=True)
        found: list[Header] = []
        for path, outline in outlines.items():
            if outline.count(name):
                found += outline.headers(name, self._text(path) or b"")
        return Headers(tuple(found), renamed)

    def answer(self, name: bytes, cap: int = 0) -> tuple[str, tuple[str, ...]]:
        """The fingerprint of what is said of the name, and the files that say it."""
        found, renamed, too_many = self.headers(name, cap)
        text = json.dumps((found, sorted(renamed), too_many))
        return digest(text.encode()), tuple(self.files(name))

    def _outline(self, path: str) -> Outline:
        known = self._outlines.get(path)
        if known is None:
            known = self._outlines[path] = Outline(self._text(path) or b"")
        return known
