"""The one file of a project that is being judged: its own tree stands for what is on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fixaudit.semantics.module_cache import ModuleCache
from fixaudit.semantics.module_facts import ModuleFacts
from fixaudit.semantics.own_file import OwnFile
from fixaudit.semantics.project_texts import ProjectTexts
from fixaudit.syntax.module import Module


class ProjectAtHand(ProjectTexts):
    """What `Project` knows of the file that is judged, besides the modules that were read."""

    def __init__(
        self, root: Path | None, files: Iterable[Path] | Callable[[], Iterable[Path]] | None = None
    ) -> None:
        super().__init__(root, files)
        self._modules = ModuleCache(self.read, self._name_of)
        self._own: OwnFile | None = None
        self._own_number = 0
        self.edition = 0

    def _name_of(self, path: Path) -> str:
        return self.module_name(path) or path.stem

    def facts_of_source(self, source: Module) -> ModuleFacts:
        """The facts of the file a codemod looks at, from its own tree; they stand for the file
        in every later answer until another one is asked about."""
        own = self._own
        if own is not None and own.file() is source:
            return own.facts
        self._modules.settle()
        path = self._place(source)
        name = source.module if source.module != "__main__" else self._name_of(path)
        self._own = OwnFile(source, path, name)
        self._own_number += 1
        return self._own.facts

    def leave(self, source: Module) -> None:
        """Say that a file is not judged any more: from now on its text on the disk counts."""
        own = self._own
        if own is not None and own.file() is source:
            self._modules.take(own.path, source.data, source.tree, own.facts)
            self._own = None
            self._own_number += 1

    def _place(self, source: Module) -> Path:
        if self._own is not None and self._own.file() is source:
            return self._own.path
        return (self.root or Path("/")) / source.path

    @property
    def own_path(self) -> Path | None:
        """The file a codemod looks at."""
        return None if self._own is None or self._own.file() is None else self._own.path

    def _own_at(self, path: Path) -> OwnFile | None:
        own = self._own
        if own is None or own.path != path or own.file() is None:
            return None
        for recording in self._recordings:
            recording.saw_own = True
        return own

    @contextmanager
    def at_hand(self, source: Module) -> Iterator[ModuleFacts]:
        """Let another file be the one that is judged, for the `with` body."""
        former = self._own
        try:
            yield self.facts_of_source(source)
        finally:
            self._own, self._own_number = former, self._own_number + 1
