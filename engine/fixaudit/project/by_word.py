"""Which files of a project hold a word of some kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class ByWord:
    """Files by word. `paths` gives all files, sorted; `words_of` reads those of one, once."""

    def __init__(
        self, paths: Callable[[], list[str]], words_of: Callable[[str], Iterable[bytes]]
    ) -> None:
        self._paths = paths
        self._words_of = words_of
        self._words: dict[str, tuple[bytes, ...]] = {}
        self._files: dict[bytes, list[str]] | None = None

    def forget(self, path: str) -> None:
        """Drop what is known of a file that changed."""
        self._words.pop(path, None)
        self._files = None

    def files(self, word: bytes) -> list[str]:
        """The files with the word, in the order of all."""
        if self._files is None:
            self._files = {}
            for path in self._paths():
                if path not in self._words:
                    self._words[path] = tuple(self._words_of(path))
                for each in self._words[path]:
                    self._files.setdefault(each, []).append(path)
        return self._files.get(word, [])
