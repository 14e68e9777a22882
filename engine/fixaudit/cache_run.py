"""A run that takes from the cache what nothing has changed in, and computes the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.cache import Cache, Entry, Stamp, stamp_of
from fixaudit.cache_keys import Contexts
from fixaudit.errors import ConfigError
from fixaudit.hashing import digest
from fixaudit.outcome import Outcome, Unchanged

if TYPE_CHECKING:
    from fixaudit.runner import Worker
    from fixaudit.workers import Computed

Compute = Callable[[Sequence[Path]], Iterator["Computed"]]


class CachedRun:
    """The outcomes of a worker's files, kept ones where they still hold."""

    def __init__(self, worker: Worker, cache: Cache, compute: Compute) -> None:
        self._worker = worker
        self._cache = cache
        self._compute = compute
        self._contexts = Contexts(os.fspath(worker.root))
        self._configs: dict[int, str] = {}
        self._folders: dict[str, str | None] = {}
        self._entries: dict[str, Entry] = {}
        self._stamps: dict[str, Stamp | None] = {}
        self._digests: dict[str, str | None] = {}

    def outcomes(self, files: Sequence[Path]) -> Iterator[Outcome]:
        """The outcome of every file, in order."""
        self._entries = self._cache.entries()
        paths = [os.fspath(path) for path in files]
        self._stamps = {path: stamp_of(path) for path in paths}
        tree = self._tree()
        kept = {path: entry for path in paths if (entry := self._kept(path)) is not None}
        if tree != self._cache.tree or not self._worker.is_whole(files):
            kept = {p: e for p, e in kept.items() if not e.depends or self._still_holds(e)}
        missing = [file for file, path in zip(files, paths, strict=True) if path not in kept]
        computed = self._compute(missing) if missing else iter(())
        for file, path in zip(files, paths, strict=True):
            outcome = self._from(kept[path], file) if path in kept else None
            yield outcome or self._new(file, path, computed, is_expected=path not in kept)
        self._cache.finish(tree)

    def _new(self, file: Path, path: str, computed: Iterator[Computed], *, is_expected: bool) -> Outcome:  # fmt: skip
        # A kept outcome that cannot be read was not foreseen: it is computed by itself.
        done = next(computed if is_expected else self._compute([file]))
        context = self._context(path)
        if done.digest and context is not None:
            outcome = done.outcome
            plain = isinstance(outcome, Unchanged) and not outcome.sites and not outcome.problems
            self._cache.store(
                path,
                context,
                done.digest,
                done.stamp,
                None if plain else outcome,
                done.dependencies,
            )
        return done.outcome

    def _from(self, entry: Entry, file: Path) -> Outcome | None:
        return Unchanged(self._worker.relative(file)) if entry.plain else self._cache.outcome(entry)

    def _tree(self) -> str:
        state = blake2b(digest_size=16)
        for item in self._stamps.items():
            state.update(repr(item).encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    # ------------------------------------------------------------------ one file

    def _kept(self, path: str) -> Entry | None:
        entry = self._entries.get(path)
        if entry is None or entry.context != self._context(path):
            return None
        stamp = self._stamps[path]
        if stamp is None:
            return None
        if stamp != entry.stamp:
            if self._digest(path) != entry.digest:
                return None
            self._cache.touch(entry, stamp)
        return entry

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
            said = self._configs[id(config)] = digest(repr(config).encode())
        return said + self._contexts.of(folder)

    # ------------------------------------------------------------------ other files

    def _still_holds(self, entry: Entry) -> bool:
        """True where the parts of other files that the outcome was made from are as they were."""
        dependencies = self._cache.dependencies(entry)
        if dependencies is None:
            return False
        if any(self._digest(os.fspath(p)) != known for p, known in dependencies.files.items()):
            return False
        project, rest = self._worker.project, type(dependencies)()
        rest.lookups, rest.searches = dependencies.lookups, dependencies.searches
        held: bool = project.still_holds(rest)
        return held


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None
