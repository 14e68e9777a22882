"""Whether outcomes that were made from other files still hold, now that some of those changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.cache.rows import Answer, Entry
from fixaudit.cache.store import Cache

if TYPE_CHECKING:
    from fixaudit.semantics.project import Project
    from fixaudit.semantics.query_log import Dependencies
    from fixaudit.semantics.text_search import Search


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of a tree since its outcomes were kept.

    `changed` are the paths with another content, new and removed ones among them; `known` all that
    were there. `moved` says that modules may be found at other places: files came or went, or
    settings changed.
    """

    changed: frozenset[str]
    known: frozenset[str]
    moved: bool


class Validity:
    """Decides on kept outcomes. `answers` holds the answer to every search it met, as of now.

    Args:
        digest_of: the digest of a file's present content, None where it cannot be read.
        changes: None where it is not known what changed: then everything is looked up anew.
    """

    def __init__(
        self,
        project: Project,
        cache: Cache,
        digest_of: Callable[[str], str | None],
        changes: Changes | None,
    ) -> None:
        self._project = project
        self._cache = cache
        self._digest_of = digest_of
        self._changes = changes
        self._before = {} if changes is None else cache.searches()
        self._contents: list[Content] | None = None
        self.answers: dict[Search, Answer] = {}

    def holding(self, entries: Iterable[Entry]) -> frozenset[int]:
        """The ids of those entries whose outcome a new look would give again."""
        wanted = {entry.id: entry for entry in entries}
        found = self._cache.dependencies(wanted.values())
        held = (n for n, each in found.items() if self._holds(each, wanted[n].adopted))
        return frozenset(held)

    def _holds(self, dependencies: Dependencies, adopted: bool) -> bool:
        # What became of this tree says nothing of an entry that was made in another one.
        changes = None if adopted else self._changes
        # Searches first: each that an entry asked for must have an answer, whatever else changed.
        same = [self._answer(search)[0] == known for search, known in dependencies.searches.items()]
        return (
            all(same)
            and all(
                self._is_same(path, known, changes) for path, known in dependencies.files.items()
            )
            and all(
                self._project.path_of(module, near) == path
                for (module, near), path in _open_lookups(dependencies, changes)
            )
        )

    def _is_same(self, path: Path, known: str | None, changes: Changes | None) -> bool:
        name = str(path)
        if changes is not None and name in changes.known and name not in changes.changed:
            return True
        return self._digest_of(name) == known

    def _answer(self, search: Search) -> Answer:
        known = self.answers.get(search)
        if known is None:
            before = self._before.get(search)
            if before is None or self._may_have_changed(search, before[1]):
                known = self._project.answer(search)
            else:
                known = before
            self.answers[search] = known
        return known

    def _may_have_changed(self, search: Search, paths: tuple[str, ...]) -> bool:
        assert self._changes is not None
        if search.kind in ("borders", "folder"):
            return True
        if not self._changes.changed.isdisjoint(paths):
            return True
        if self._contents is None:
            found = (self._project.read(Path(path)) for path in self._changes.changed)
            self._contents = [Content(text or b"") for text in found]
        return any(content.may_answer(search) for content in self._contents)


def _open_lookups(
    dependencies: Dependencies, changes: Changes | None
) -> Iterable[tuple[tuple[str, Path | None], Path | None]]:
    settled = changes is not None and not changes.moved
    return () if settled else dependencies.lookups.items()


class Content:
    """The present text of a changed file, for one question: may it have an answer to a search?"""

    def __init__(self, text: bytes) -> None:
        self._text = text

    def may_answer(self, search: Search) -> bool:
        """False where the search finds nothing here."""
        match search.kind:
            case "subclasses":
                return search.needle in self._bases
            case "headers":
                return search.needle in self._headers
            case "users":
                return search.needle.split()[0] in self._text
        return search.needle in self._text

    @cached_property
    def _bases(self) -> frozenset[bytes]:
        from fixaudit.semantics.text_search import base_words

        return frozenset(base_words(self._text))

    @cached_property
    def _headers(self) -> frozenset[bytes]:
        from fixaudit.semantics.headers import Outline

        return Outline(self._text).words
