"""How a run goes through its files: from the cache, here, or in several processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.errors import ConfigError
from fixaudit.files.user_folders import CACHE_VARIABLE, FolderError, cache_folder, make_private
from fixaudit.model.outcome import Outcome
from fixaudit.pipeline.local_settings import runs_local_code
from fixaudit.pipeline.over_files import whole_over_files
from fixaudit.pipeline.sharing import shared
from fixaudit.registry.code_hash import code_hash

if TYPE_CHECKING:
    from fixaudit.cache.facts_store import SqliteFacts
    from fixaudit.cache.store import Cache
    from fixaudit.model.task import Executor, Tree
    from fixaudit.pipeline.file_task import Computed
    from fixaudit.pipeline.runner import Worker
    from fixaudit.pipeline.spread import Spread


@dataclass(frozen=True, slots=True)
class Speed:
    """How the work is done; none of it changes the outcomes but `shard`.

    Attributes:
        jobs: processes; None stands for as many as pay.
        cache: whether outcomes are kept from run to run, in `cache_dir` where that is given, else in
            the user's cache folder.
        shard: (i, n), 1-based: only the i-th of n parts of the files.
        seconds: how long one file may take; None stands for a minute.
        profile: whether times are taken, by `fixaudit.pipeline.progress.WATCH`.
        executor: who judges the files, in place of `jobs` processes; it is not closed.
        tree: where the processes of `executor` find the tree; None for the same path.
    """

    jobs: int | None = None
    cache: bool = True
    cache_dir: Path | None = None
    shard: tuple[int, int] | None = None
    seconds: float | None = None
    profile: bool = False
    executor: Executor | None = None
    tree: Tree | None = None


def parse_shard(text: str) -> tuple[int, int]:
    """`2/5` as a pair. Raises ConfigError."""
    part, slash, whole = text.partition("/")
    if slash and part.isdecimal() and whole.isdecimal() and 1 <= int(part) <= int(whole):
        return int(part), int(whole)
    raise ConfigError(f"--shard {text}: give a part and the number of parts, such as 1/4")


class Execution:
    """One worker's way through its files. `trouble` says why there is no cache, if there should be."""

    def __init__(self, worker: Worker, speed: Speed) -> None:
        self._worker = worker
        self._speed = speed
        self.trouble: str | None = None
        self._folder, self._is_named = self._find_folder() if speed.cache else (None, False)
        self._cache = self._opened(self._folder) if _can_be_kept(worker) else None
        worker.is_recorded = self._cache is not None
        self._facts = None
        self._files: Sequence[Path] = ()
        self._spread: Spread | None = None
        if self._folder is not None and self.trouble is None:
            self._facts = keep_facts(worker, self._folder)

    @property
    def is_known(self) -> bool:
        """True where a run with the same codemods and options has come to its end before."""
        return self._cache is not None and not self._cache.is_new

    def part(self, files: Sequence[Path]) -> list[Path]:
        """The files of the shard: by their names, so that each stays in its part."""
        if self._speed.shard is None:
            return list(files)
        part, whole = self._speed.shard
        return [path for path in files if _number(self._worker.relative(path)) % whole == part - 1]

    def outcomes(self, files: Sequence[Path], *, apart: bool = False) -> Iterator[Outcome]:
        """The outcome of every file, in order; `apart` has none import what another one defines."""
        self._worker.will_judge(files)
        self._files, self._spread = files, None
        try:
            found = self._outcomes(files)
            whole = whole_over_files(self._worker, found, self._again)
            yield from whole if apart else shared(self._worker, whole, self._again)
        finally:
            if self._facts is not None:
                with suppress(Exception):  # what they would save the next run is not worth this one
                    self._facts.close()

    def _again(self, files: Sequence[Path]) -> Iterator[Outcome]:
        return (computed.outcome for computed in self._compute(files))

    def _outcomes(self, files: Sequence[Path]) -> Iterator[Outcome]:
        if self._cache is None:
            for computed in self._compute(files):
                yield computed.outcome
            return
        from fixaudit.pipeline.cached_run import CachedRun

        run, cache = CachedRun(self._worker, self._cache, self._compute), self._cache
        try:
            yield from run.outcomes(files)
        finally:
            with suppress(Exception):
                cache.close(remove_torn=not self._is_named)
            trouble = run.trouble or cache.trouble
            if trouble is not None:
                self.trouble = _without(f"the cache in {self._folder}: {trouble}")

    def _compute(self, files: Sequence[Path]) -> Iterator[Computed]:
        from fixaudit.pipeline.file_task import FILE_SECONDS, compute

        seconds = FILE_SECONDS if self._speed.seconds is None else self._speed.seconds
        if self._speed.executor is not None and files:
            spread = self._spread_over(self._speed.executor, seconds)
            if spread is not None:
                yield from spread.computed(files)
                return
        jobs = self._jobs(files)
        if jobs > 1 or self._needs_process(files):
            from fixaudit.pipeline.pool import Pool

            self._worker.prepare(files[0])
            yield from Pool(self._worker, files, jobs, seconds).results()
            return
        with self._worker.collecting():
            for path in files:
                yield compute(self._worker, path, seconds)

    def _spread_over(self, executor: Executor, seconds: float) -> Spread | None:
        """The work on the run's files by an executor; None where it cannot be told what is asked."""
        from fixaudit.pipeline.spread import Spread, can_spread

        if self._spread is None and can_spread(self._worker, self._files):
            tree = self._speed.tree
            self._spread = Spread(self._worker, self._files, executor, tree, seconds)
        return self._spread

    def _needs_process(self, files: Sequence[Path]) -> bool:
        """True where a codemod may end the process it runs in, which is not to be this one."""
        if not runs_local_code(self._worker, files):
            return False
        from fixaudit.pipeline.pool import can_fork

        return can_fork()

    def _jobs(self, files: Sequence[Path]) -> int:
        from fixaudit.pipeline.file_task import PAYING_BYTES

        wanted = min(self._speed.jobs or processors(), len(files))
        if wanted < 2:
            return 1
        total = 0
        for path in files:
            try:
                total += os.stat(path).st_size
            except OSError:
                continue
            if total >= PAYING_BYTES:
                from fixaudit.pipeline.pool import can_fork

                return wanted if can_fork() else 1
        return 1

    def _find_folder(self) -> tuple[str | None, bool]:
        """The folder of the cache, and whether somebody named it; None where there can be none."""
        named = self._speed.cache_dir or self._configured()
        if named is not None:
            return os.path.abspath(named), True
        folder = cache_folder()
        if folder is None:
            self.trouble = _without(f"there is no home to keep outcomes in; set {CACHE_VARIABLE}")
        elif os.environ.get(CACHE_VARIABLE):
            return folder, True
        else:
            try:
                make_private(folder)
            except FolderError as error:
                self.trouble = _without(f"{error}; {CACHE_VARIABLE} names another folder")
                return None, False
        return folder, False

    def _configured(self) -> Path | None:
        return self._worker.resolver.for_path(self._worker.request.paths[0]).cache_dir

    def _opened(self, folder: str | None) -> Cache | None:
        from fixaudit.cache.keys import run_key
        from fixaudit.cache.store import Cache, CacheError

        if folder is None:
            return None
        config = self._worker.resolver.for_path(self._worker.request.paths[0])
        code = self._worker.local.state(config.codemod_paths, config.typed_paths)
        try:
            key = run_key(self._worker.request, code)
            return Cache.open(folder, key, self._worker.root, is_named=self._is_named)
        except (CacheError, OSError) as error:
            self.trouble = _without(str(error))
            return None
        except Exception as error:
            from fixaudit.pipeline.faults import described

            self.trouble = _without(f"the cache cannot be used: {described(error)}")
            return None


def _without(reason: str) -> str:
    return f"{reason}; the run goes on without it"


def keep_facts(worker: Worker, folder: str) -> SqliteFacts | None:
    """Have the worker take the facts of modules from the cache folder, where there is one."""
    from fixaudit.cache.facts_store import SqliteFacts

    if not os.path.isdir(folder):
        return None
    worker.facts = SqliteFacts(folder, code_hash())
    return worker.facts


def _can_be_kept(worker: Worker) -> bool:
    # What decides on single sites, and codemods made on the spot, have no name to remember them by.
    return (
        worker.request.accept is None and not worker.request.cited and not worker.request.codemods
    )


def _number(path: str) -> int:
    return int.from_bytes(
        blake2b(path.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )


def processors() -> int:
    """How many this process may use: fewer than the machine has where it is bound to some of them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
