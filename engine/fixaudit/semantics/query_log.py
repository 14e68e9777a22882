"""What an answer of the index was built from, so that a cache knows when it is out of date."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fixaudit.semantics.text_search import Search
from fixaudit.text.digest import digest as digest


@dataclass(slots=True)
class Dependencies:
    """Everything that was looked at between two points in time.

    `files` maps a path to the digest of the bytes read, None where it could not be read or parsed.
    `lookups` maps `(module, importing file)` to the file found, None for none or several.
    `searches` maps a search of all texts to a digest of its answer; `found` may hold, for some of
    them, the files that the answer came from. `saw_own` says that the file being judged was asked.
    """

    files: dict[Path, str | None] = field(default_factory=dict)
    lookups: dict[tuple[str, Path | None], Path | None] = field(default_factory=dict)
    searches: dict[Search, str] = field(default_factory=dict)
    found: dict[Search, tuple[str, ...]] = field(default_factory=dict)
    saw_own: bool = False

    def __bool__(self) -> bool:
        return bool(self.files or self.lookups or self.searches)

    def update(self, other: Dependencies) -> None:
        """Take over what `other` depends on."""
        self.files.update(other.files)
        self.lookups.update(other.lookups)
        self.searches.update(other.searches)
        self.saw_own = self.saw_own or other.saw_own

    def to_json(self, name: Callable[[str], str]) -> str:
        """Files, lookups and searches as text in ASCII; `name` gives the text a path is kept as."""

        def kept(path: Path | None) -> str | None:
            return None if path is None else name(str(path))

        return json.dumps(
            (
                {kept(path): known for path, known in self.files.items()},
                [(module, kept(near), kept(path)) for (module, near), path in self.lookups.items()],
                [(*written(search), known) for search, known in self.searches.items()],
            )
        )

    @classmethod
    def from_json(cls, text: str | bytes, path: Callable[[str], str]) -> Dependencies:
        """What `to_json` wrote; `path` turns what its `name` gave into the path again.

        Raises ValueError for any other text.
        """

        def place(name: str | None) -> Path | None:
            return None if name is None else Path(path(name))

        try:
            files, lookups, searches = json.loads(text)
            return cls(
                {Path(path(name)): known for name, known in files.items()},
                {(module, place(near)): place(found) for module, near, found in lookups},
                {as_search(*search): known for *search, known in searches},
            )
        except (TypeError, AttributeError, ValueError, RecursionError) as error:
            raise ValueError(f"these are no dependencies: {error}") from error


def written(search: Search) -> tuple[str, str, int]:
    """A search in plain types."""
    return search.kind, search.needle.decode("latin-1"), search.cap


def as_search(kind: Any, needle: str, cap: int) -> Search:
    """The search that `written` gave."""
    return Search(kind, needle.encode("latin-1"), cap)
