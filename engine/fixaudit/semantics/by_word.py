"""Which files of a project hold a word of some kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence


class ByWord:
    """Files by word. `paths` gives all files, sorted; `words_of` reads those of one, once."""

    def __init__(
        self, paths: Callable[[], list[str]], words_of: Callable[[str], Iterable[bytes]]
    ) -> None:
        self._paths = paths
        self._words_of = words_of
        self._files: Mapping[bytes, tuple[str, ...]] | None = None
        self._changed: set[str] = set()

    def forget(self, path: str) -> None:
        """Drop what is known of a file that changed."""
        self._changed.add(path)

    def files(self, word: bytes) -> Sequence[str]:
        """The files with the word, in the order of all."""
        if self._files is None or self._changed:
            self._files = self._collected()
            self._changed.clear()
        return self._files.get(word, ())

    def _collected(self) -> dict[bytes, tuple[str, ...]]:
        known = self._known()
        found: dict[bytes, list[str]] = {}
        for path in self._paths():
            words = self._words_of(path) if known is None or path in self._changed else known.get(path, ())  # fmt: skip
            for each in words:
                found.setdefault(each, []).append(path)
        # Kept for all words of all files: there is no room for lists that could grow.
        return {word: tuple(paths) for word, paths in found.items()}

    def _known(self) -> dict[str, list[bytes]] | None:
        """The words of the files that were read before."""
        if self._files is None:
            return None
        known: dict[str, list[bytes]] = {}
        for word, paths in self._files.items():
            for path in paths:
                known.setdefault(path, []).append(word)
        return known
