"""Which files of a project can hold a needle: an index of all words of all texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_WORD = re.compile(rb"\w+")
# Of more words than this a file is data: it is looked into each time, and does not swell the index.
_MOST_WORDS_OF_A_FILE = 20_000
# A part of so many words says little, and their files are most of all.
_MOST_WORDS_OF_A_NEEDLE = 400


class Vocabulary:
    """The words of files, asked for the files that can hold a needle.

    A file that is not among those read, or that was changed since, can hold everything.

    Args:
        paths: the files. read: gives a file's bytes, None where it has none.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes | None]) -> None:
        self._names: list[str] = []
        self._open: set[str] = set()
        self._asked: list[str] = []
        self._unread: set[str] = set()
        known: set[str] = set()
        numbers: dict[bytes, int | list[int]] = {}
        for name in paths:
            known.add(name)
            words = set(_WORD.findall(read(name) or b""))
            if len(words) > _MOST_WORDS_OF_A_FILE:
                self._open.add(name)
                continue
            number = len(self._names)
            self._names.append(name)
            for word in words:
                before = numbers.get(word)
                if before is None:
                    numbers[word] = number
                elif isinstance(before, int):
                    numbers[word] = [before, number]
                else:
                    before.append(number)
        self._known = known
        self._numbers = numbers
        self._text = b"\n".join((b"", *numbers, b""))

    def forget(self, path: str) -> None:
        """Let a file that changed hold everything."""
        self._open.add(path)

    def unread(self, paths: list[str]) -> set[str]:
        """Those of the files that came after the index; one and the same list has the same ones."""
        if paths is not self._asked:
            self._asked, self._unread = paths, {path for path in paths if path not in self._known}
        return self._unread

    def files(self, needle: bytes) -> set[str] | None:
        """The files that can hold the needle; None where its words say nothing of it."""
        found: set[int] | None = None
        for part in _WORD.finditer(needle):
            numbers = self._numbers_of(needle, part)
            if numbers is not None:
                found = numbers if found is None else found & numbers
        if found is None:
            return None
        return {self._names[number] for number in found} | self._open

    def _numbers_of(self, needle: bytes, part: re.Match[bytes]) -> set[int] | None:
        """The files with the words that a part of a needle can be of; None where these are too many."""
        starts, ends = part.start() > 0, part.end() < len(needle)
        if starts and ends:
            return self._with((part[0],))
        # At an end of the needle a word of the text can go on.
        pattern = (b"\n" if starts else b"") + part[0] + (b"\n" if ends else b"")
        words: list[bytes] = []
        at = self._text.find(pattern)
        while at != -1:
            start = self._text.rfind(b"\n", 0, at + 1) + 1
            end = self._text.find(b"\n", max(start, at + len(pattern) - ends))
            words.append(self._text[start:end])
            if len(words) > _MOST_WORDS_OF_A_NEEDLE:
                return None
            at = self._text.find(pattern, end)
        return self._with(words)

    def _with(self, words: Iterable[bytes]) -> set[int]:
        found: set[int] = set()
        for word in words:
            numbers = self._numbers.get(word)
            if isinstance(numbers, int):
                found.add(numbers)
            elif numbers is not None:
                found.update(numbers)
        return found
