"""A run over many files: which configuration and codemods count for each, and its outcome."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fixaudit.config.model import Config
from fixaudit.config.request import Request as Request
from fixaudit.config.request import find_root as find_root
from fixaudit.config.resolve import ConfigResolver
from fixaudit.errors import ConfigError, SourceError
from fixaudit.files.discovery import Discovery, discover
from fixaudit.files.nearest_ancestor import NearestAncestor
from fixaudit.model.outcome import Failed, Outcome, Problem, Unchanged
from fixaudit.pipeline.gc_policy import Collector
from fixaudit.pipeline.large_files import read_source, skipped_as_large
from fixaudit.pipeline.target_versions import TargetVersions
from fixaudit.registry.active_codemods import Selected, chosen
from fixaudit.registry.local_code import LocalCode
from fixaudit.registry.manifest import ManifestEntry, manifest_under
from fixaudit.registry.user_interrupt import INTERRUPT, ends_the_work

if TYPE_CHECKING:
    from fixaudit.authoring.codemod import Codemod
    from fixaudit.cache.facts_store import SqliteFacts
    from fixaudit.edits.black_config import BlackSettings
    from fixaudit.pipeline.pipeline import Plan

_PROJECT_MARKS = ("pyproject.toml", "setup.py", "setup.cfg")


class Worker:
    """Turns paths into outcomes; reads files and configuration, writes nothing.

    Attributes:
        facts: where the facts of modules are kept from run to run; None for nowhere.
        is_recorded: whether what an outcome depends on is noted, for a cache.
        provided: by path, what the file imports from other files of the run that define it: see `Plan`.
        parted: by path, the sites that stay as one of another file does: see `Plan`.

    Raises:
        ConfigError, CodemodError: what is asked for cannot be run at all.
    """

    def __init__(self, request: Request, resolver: ConfigResolver | None = None) -> None:
        self.request = request
        self.root = request.base
        self._prefix = os.path.join(self.root, "")
        self.resolver = resolver or ConfigResolver(request.config, isolated=request.isolated)
        self.local = LocalCode(request.local_code, request.moved)
        self._cards: dict[tuple[Any, ...], list[ManifestEntry]] = {}
        self._selected: dict[tuple[int, tuple[str, ...]], Selected] = {}
        self._projects = NearestAncestor(_marked, os.fspath(self.root).__eq__)
        self._targets = TargetVersions()
        self._collector = Collector()
        self._found: dict[tuple[Path, ...], Discovery] = {}
        self._whole = -1
        self.facts: SqliteFacts | None = None
        self.is_recorded = True
        self.provided: dict[str, dict[str, tuple[str, str]]] = {}
        self.parted: dict[str, dict[str, str]] = {}
        self._named = {os.path.abspath(path) for path in request.paths}
        self._in_run: frozenset[Path] | None = None

    # ------------------------------------------------------------------ set-up by configuration

    def entries(self, config: Config) -> list[ManifestEntry]:
        """What is known of the codemods available under a configuration, sorted by code."""
        key = config.codemod_paths, config.typed_paths
        known = self._cards.get(key)
        if known is None:
            known = self._cards[key] = manifest_under(key[0], self.local, key[1])
        return known

    def classes(self, config: Config) -> list[type[Codemod]]:
        """The codemods that may run under a configuration, imported."""
        return [entry.load() for entry in self.entries(config) if entry.folder is None]

    def available(self) -> list[type[Codemod]]:
        """The codemods available where the first of the request's paths lies."""
        return self.classes(self.resolver.for_path(self.request.paths[0]))

    def selected(self, config: Config, path: Path) -> Selected:
        """The codemods that run on one file."""
        ignored = config.ignored_in(path)
        key = (id(config), ignored)
        known = self._selected.get(key)
        if known is None:
            known = self._selected[key] = self._select(config, ignored)
        return known

    def _select(self, config: Config, ignored: tuple[str, ...]) -> Selected:
        kept = [entry for entry in self.chosen(config, ignored) if entry.folder is None]
        return Selected(kept, config, self.request, self.entries(config))

    def chosen(self, config: Config, ignored: tuple[str, ...] = ()) -> list[ManifestEntry]:
        """What the selection stands for under a configuration, be it that its code may not run."""
        return chosen(self.request, config, self.entries(config), ignored)

    def outcome(self, path: Path) -> Outcome:
        """What becomes of one file."""
        try:
            data = read_source(path)
        except OSError as error:
            return self._failed(path, "unreadable", f"cannot be read: {error.strerror or error}")
        return self.outcome_of(path, data)

    def outcome_of(
        self, path: Path, data: bytes, skipped: Mapping[str, str] = MappingProxyType({})
    ) -> Outcome:
        """What becomes of given content that stands, or would stand, at `path`.

        Whatever is raised on the way becomes a problem of the file. `skipped` names codemods that
        are not asked, each with the reason that the outcome tells.
        """
        with INTERRUPT.listening():
            try:
                return self._outcome_of(path, data, skipped)
            except BaseException as error:
                if ends_the_work(error):
                    raise
                from fixaudit.pipeline.faults import failed_by

                return failed_by(self.relative(path), error)

    def _outcome_of(self, path: Path, data: bytes, skipped: Mapping[str, str]) -> Outcome:
        try:
            config = self.resolver.for_file(str(path))
            selected = self.selected(config, path)
        except ConfigError as error:
            return self._failed(path, "config", str(error))
        asked = str(path) in self._named or bool(selected.matching(data))
        name = self.relative(path)
        large = skipped_as_large(name, len(data), config.max_file_size, asked)
        if large is not None:
            return large
        if not asked:
            noted = b"fixaudit:" in data  # most files hold no such comment
            notes = selected.named_in_comments.notes_of_unjudged(name, data) if noted else ()
            return Unchanged(name, notes=notes)
        return self._process(path, data, config, selected, skipped)

    def _process(
        self,
        path: Path,
        data: bytes,
        config: Config,
        selected: Selected,
        skipped: Mapping[str, str],
    ) -> Outcome:
        from fixaudit.pipeline.pipeline import process
        from fixaudit.pipeline.progress import WATCH
        from fixaudit.source.source import Source

        WATCH.step("parse")
        relative = self.relative(path)
        own_root = self.project_folder(path)
        try:
            source = Source(
                relative,
                data,
                project=self.project,
                module=self.project.module_name(path),
                role_path=_relative(path, own_root),
                location=path,
                target_version=config.target_version or self._targets.of(own_root),
            )
            source.tree  # noqa: B018  a broken file is named before anything is judged
        except SourceError as error:
            return self._broken(path, data, error)
        try:
            plan = self._plan(path, config, selected, skipped)
        except ConfigError as error:
            return self._failed(path, "config", str(error))
        outcome = process(source, plan)
        self._collector.count(len(data))
        source.close()
        return outcome

    def _plan(
        self, path: Path, config: Config, selected: Selected, skipped: Mapping[str, str]
    ) -> Plan:
        from fixaudit.pipeline.pipeline import Plan

        request, format = self.request, self.formatter_of(path, config)
        unsafe = config.unsafe if request.unsafe is None else request.unsafe
        return Plan(
            selected,
            unsafe,
            request.write,
            request.accept,
            format,
            skipped,
            request.cited,
            self.provided.get(os.fspath(path), {}),
            self.parted.get(os.fspath(path), {}),
        )

    def _broken(self, path: Path, data: bytes, error: SourceError) -> Outcome:
        message = str(error)
        if error.kind == "syntax":
            from fixaudit.syntax.parser import explain

            message = explain(data, message)
        return self._failed(path, error.kind, message, error.line)

    def _failed(self, path: Path, kind: str, message: str, line: int | None = None) -> Failed:
        relative = self.relative(path)
        return Failed(relative, Problem(relative, kind, message, line))

    def formatter_of(self, path: Path, config: Config) -> Callable[[bytes, bytes], bytes] | None:
        """What formats the touched lines of a file; None for nothing. Raises ConfigError."""
        wanted = config.format if self.request.format is None else self.request.format
        if wanted is False or not self.request.write:
            return None
        from fixaudit.edits.black_lines import formatter

        return formatter(path, wanted, self._black)

    @cached_property
    def _black(self) -> NearestAncestor[BlackSettings]:
        from fixaudit.edits.black_config import black_above

        return black_above()

    # ------------------------------------------------------------------ places

    @cached_property
    def project(self):  # type: ignore[no-untyped-def]
        from fixaudit.semantics.project import Project

        project = Project(self.root, lambda: self._discover((self.root,)).files)
        if self.facts is not None:
            project.keep_facts_in(self.facts)
        project.in_run = self._in_run
        return project

    def will_judge(self, files: Iterable[Path]) -> None:
        """Say which files the run is about; the project is not loaded for it."""
        self._in_run = frozenset(files)
        if "project" in self.__dict__:
            self.project.in_run = self._in_run

    def forget(self) -> None:
        """Let go of what is known of the project: work on it was interrupted at any point."""
        self.__dict__.pop("project", None)

    def relative(self, path: Path) -> str:
        """The path as it is reported: relative to the root, with `/`."""
        text = os.fspath(path)
        if text.startswith(self._prefix) and text != self._prefix:
            return text[len(self._prefix) :].replace(os.sep, "/")
        return _relative(path, self.root)

    def project_folder(self, path: Path) -> Path:
        """The folder of the nearest `pyproject.toml` or `setup.py` above a file, within the root."""
        return self._projects.of(os.path.dirname(path)) or self.root

    def discover(self) -> Discovery:
        """The files of the run, excluded and inner ones left out, and the paths that do not exist."""
        everything = self._discover(self.request.paths)
        found = everything.outer(self._named, self.request.recurse)
        why = {path: self.resolver.exclusion(path, self._named) for path in found.files}
        kept = [path for path, excluded in why.items() if not excluded]
        here = [os.path.abspath(path) for path in self.request.paths]
        if len(kept) == len(everything.files) and here == [os.fspath(self.root)]:
            self._whole = len(kept)
        return replace(found, files=kept, excluded={p: said for p, said in why.items() if said})

    def is_whole(self, files: Sequence[Path]) -> bool:
        """True where files of the last discovery are all that outcomes may depend on."""
        return len(files) == self._whole and not self.request.exclude

    def is_named(self, path: str) -> bool:
        """True for the absolute path of a file that was named itself, not found in a folder."""
        return path in self._named

    def _discover(self, paths: Sequence[Path]) -> Discovery:
        key = tuple(Path(os.path.abspath(path)) for path in paths)
        if key not in self._found:
            self._found[key] = discover(paths, exclude=self.request.exclude, root=self.root)
        return self._found[key]

    def outcomes(self, files: Iterable[Path]) -> Iterator[Outcome]:
        """The outcome of every file, in order, each for itself."""
        with self.collecting():
            for path in files:
                yield self.outcome(path)

    def collecting(self) -> AbstractContextManager[None]:
        """Within it, garbage is looked for by the amount of text parsed."""
        return self._collector.rare()

    def prepare(self, path: Path) -> None:
        """Load what work on a file like this needs: done once, before processes are forked off."""
        from fixaudit.source import source  # noqa: F401

        with suppress(ConfigError):
            self.selected(self.resolver.for_path(path), path).all()
        self.project.module_name(path)


def _marked(folder: str) -> Path | None:
    marks = (os.path.join(folder, name) for name in _PROJECT_MARKS)
    return Path(folder) if any(map(os.path.isfile, marks)) else None


def _relative(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()
