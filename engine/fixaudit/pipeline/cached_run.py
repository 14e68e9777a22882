"""A run that takes from the cache what nothing has changed in, and computes the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from fixaudit.cache.keys import Contexts
from fixaudit.cache.place import Place
from fixaudit.cache.rows import NEVER, Answer, Entry, Stamp, stamp_of
from fixaudit.cache.store import Cache
from fixaudit.cache.validity import Changes, Validity
from fixaudit.errors import ConfigError
from fixaudit.files.plain_file import read_source
from fixaudit.model.outcome import Outcome, Unchanged
from fixaudit.pipeline.faults import described
from fixaudit.text.digest import digest

if TYPE_CHECKING:
    from fixaudit.pipeline.file_task import Computed
    from fixaudit.pipeline.runner import Worker
    from fixaudit.semantics.text_search import Search

T = TypeVar("T")
Compute = Callable[[Sequence[Path]], Iterator["Computed"]]


class CachedRun:
    """The outcomes of a worker's files, kept ones where they still hold.

    `trouble` says why the cache was of no more use from some point on.
    """

    def __init__(self, worker: Worker, cache: Cache, compute: Compute) -> None:
        self._worker = worker
        self._cache = cache
        self._compute = compute
        self._place = Place(worker.root)
        self._contexts = Contexts(self._place)
        self._configs: dict[int, str] = {}
        self._folders: dict[str, str | None] = {}
        self._entries: dict[str, Entry] = {}
        self._stamps: dict[str, Stamp | None] = {}
        self._digests: dict[str, str | None] = {}
        self._found: dict[Search, Answer] = {}
        self._tree, self._is_whole = "", False
        self._validity: Validity | None = None
        self.trouble: str | None = None

    def outcomes(self, files: Sequence[Path]) -> Iterator[Outcome]:
        """The outcome of every file, in order."""
        paths = [os.fspath(path) for path in files]
        none: dict[str, Entry] = {}
        kept = self._tried(lambda: self._still_good(files, paths), none)
        missing = [file for file, path in zip(files, paths, strict=True) if path not in kept]
        computed = self._compute(missing) if missing else iter(())
        for file, path in zip(files, paths, strict=True):
            entry = kept.get(path)
            outcome = None
            if entry is not None:
                outcome = self._tried(partial(self._from, entry, file), None)
            yield outcome or self._new(file, path, computed, is_expected=entry is None)
        self._tried(self._end, None)

    def _still_good(self, files: Sequence[Path], paths: Sequence[str]) -> dict[str, Entry]:
        """The entries that nothing has changed in which they were made from."""
        self._entries = self._cache.entries()
        self._stamps = {path: stamp_of(path) for path in paths}
        self._tree, self._is_whole = self._fingerprint(), self._worker.is_whole(files)
        kept = {path: entry for path in paths if (entry := self._kept(path)) is not None}
        if not self._is_whole or self._tree != self._cache.tree:
            changes = self._changes(self._is_whole)
            validity = Validity(self._worker.project, self._cache, self._digest, changes)
            held = validity.holding(entry for entry in kept.values() if entry.depends)
            self._validity = validity
            kept = {p: e for p, e in kept.items() if not e.depends or e.id in held}
        for path, entry in kept.items():
            if entry.adopted:
                self._cache.take_over(path, entry, self._stamps[path] or NEVER)
        return kept

    def _end(self) -> None:
        if self._is_whole and self._validity is not None:
            self._cache.store_searches(self._validity.answers | self._found)
            self._cache.drop(
                entry for path, entry in self._entries.items() if path not in self._stamps
            )
        self._cache.finish(self._tree if self._is_whole else None)

    def _tried(self, ask: Callable[[], T], otherwise: T) -> T:
        """What the cache answers; once it has failed, the run goes on as without one."""
        if self.trouble is not None:
            return otherwise
        try:
            return ask()
        except Exception as error:
            self.trouble = f"the cache failed with {described(error)}"
            return otherwise

    def _changes(self, is_whole: bool) -> Changes | None:
        """What became of the files since the last run; None where that is not known."""
        if not is_whole or self._cache.tree is None:
            return None
        entries = self._entries
        changed = {path for path in self._stamps if path not in entries or self._digest(path) != entries[path].digest}  # fmt: skip
        removed = entries.keys() - self._stamps.keys()
        moved = len(entries) != len(self._stamps) or bool(removed)
        settled = all(path in entries and entries[path].context == self._context(path) for path in self._stamps)  # fmt: skip
        return Changes(frozenset(changed | removed), frozenset(entries), moved or not settled)

    def _new(self, file: Path, path: str, computed: Iterator[Computed], *, is_expected: bool) -> Outcome:  # fmt: skip
        # A kept outcome that cannot be read was not foreseen: it is computed by itself.
        done = next(computed if is_expected else self._compute([file]))
        if done.digest:
            self._tried(partial(self._keep, path, done), None)
        return done.outcome

    def _keep(self, path: str, done: Computed) -> None:
        context = self._context(path)
        if context is None:
            return
        outcome, dependencies = done.outcome, done.dependencies
        plain = outcome == Unchanged(outcome.path)
        kept = None if plain else outcome
        self._cache.store(path, context, done.digest, done.stamp, kept, dependencies)
        if dependencies is not None:
            for search, paths in dependencies.found.items():
                self._found[search] = dependencies.searches[search], paths

    def _from(self, entry: Entry, file: Path) -> Outcome | None:
        name = self._worker.relative(file)
        return Unchanged(name) if entry.plain else self._cache.outcome(entry, name)

    def _fingerprint(self) -> str:
        state = blake2b(digest_size=16)
        for item in self._stamps.items():
            # Settings of another folder may say where a distribution ends.
            known = (item, self._context(item[0]))
            state.update(repr(known).encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    # ------------------------------------------------------------------ one file

    def _kept(self, path: str) -> Entry | None:
        stamp, context = self._stamps[path], self._context(path)
        if stamp is None or context is None:
            return None
        entry = self._entries.get(path)
        if entry is not None and entry.context == context:
            if stamp == entry.stamp:
                return entry
            if self._digest(path) == entry.digest:
                self._cache.touch(entry, stamp)
                return entry
        if not self._cache.has_others:
            return None
        content = self._digest(path)
        return None if content is None else self._cache.adopted(path, context, content)

    def _digest(self, path: str) -> str | None:
        """The digest of a file's content, from its entry where that was written since."""
        if path not in self._digests:
            entry = self._entries.get(path)
            if entry is not None and entry.stamp == (self._stamps.get(path) or stamp_of(path)):
                self._digests[path] = entry.digest
            else:
                content = _read(path)
                self._digests[path] = None if content is None else digest(content)
        return self._digests[path]

    def _context(self, path: str) -> str | None:
        """The settings that count for a file; None where they cannot be read."""
        folder = os.path.dirname(path)
        if folder not in self._folders:
            self._folders[folder] = self._folder_context(folder)
        found = self._folders[folder]
        return f"{found}!" if found is not None and self._worker.is_named(path) else found

    def _folder_context(self, folder: str) -> str | None:
        try:
            config = self._worker.resolver.for_folder(folder)
        except ConfigError:
            return None
        said = self._configs.get(id(config))
        if said is None:
            code = self._worker.local.state(config.codemod_paths, config.typed_paths)
            shown = self._place.without(repr(config)) + code
            said = self._configs[id(config)] = digest(shown.encode("utf-8", "surrogatepass"))
        return said + self._contexts.of(folder)


def _read(path: str) -> bytes | None:
    try:
        return read_source(path)
    except OSError:
        return None
