"""The baseline of a tree: read, compared with findings, and written anew."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from fixaudit.baseline.baseline_files import read_all
from fixaudit.baseline.baseline_format import NAME, BaselineError, written
from fixaudit.baseline.entries import BaselineEntry, BaselineFile
from fixaudit.baseline.matching import Comparison, TreeNow, compare
from fixaudit.files.atomic_write import write_atomically
from fixaudit.model.outcome import Failed, LocatedFinding, Outcome, needs_action


@dataclass(frozen=True, slots=True)
class RunFindings:
    """What a run tells of a tree.

    Attributes:
        sites: the findings to act on, with paths relative to the tree.
        files: those whose findings are all among them.
        asked: the files and folders that the run was asked about, relative to the tree; empty text
            for all of it.
        ran: whether a codemod ran on files of a folder.
    """

    sites: tuple[LocatedFinding, ...]
    files: frozenset[str]
    asked: tuple[str, ...]
    ran: Callable[[str, str], bool]

    @staticmethod
    def of(
        outcomes: Iterable[Outcome], asked: Iterable[str], ran: Callable[[str, str], bool]
    ) -> RunFindings:
        """What some outcomes tell; a file that failed tells nothing."""
        sites: list[LocatedFinding] = []
        files: set[str] = set()
        for outcome in outcomes:
            if not isinstance(outcome, Failed):
                files.add(outcome.path)
                sites += filter(needs_action, outcome.sites)
        return RunFindings(tuple(sites), frozenset(files), tuple(asked), ran)

    def covers(self, path: str) -> bool:
        """True for what the run was asked about."""
        return any(not each or path == each or path.startswith(f"{each}/") for each in self.asked)


@dataclass(frozen=True)
class Baseline:
    """The baseline files below a folder, one a package.

    Attributes:
        root: the tree.
        files: by folder; empty where there is none.

    Source of the format: docs/sprints.md.
    """

    root: Path
    files: tuple[BaselineFile, ...] = ()
    renamed: Callable[[], Mapping[str, str]] = field(default=dict, compare=False)

    @classmethod
    def read(cls, root: Path | str, *, renamed: Callable[[], Mapping[str, str]] = dict) -> Baseline:
        """The baseline of the tree at `root`.

        Args:
            renamed: gives the new paths of renamed files by the old ones, where git can tell.

        Raises BaselineError: a file is none, cut short, or of a newer fixaudit.
        """
        top = Path(os.path.abspath(root))
        return cls(top, read_all(top), renamed)

    @cached_property
    def entries(self) -> tuple[BaselineEntry, ...]:
        """All entries, their paths relative to the tree."""
        return tuple(
            replace(entry, path=f"{file.folder}/{entry.path}" if file.folder else entry.path)
            for file in self.files
            for entry in file.entries
        )

    @property
    def repeated(self) -> int:
        """How many lines say again what another one says."""
        return sum(file.repeated for file in self.files)

    def codemods_at(self, path: str) -> frozenset[str]:
        """The codemods that the baseline speaks of in a file: those of the nearest file upward, or of
        any where there is none."""
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            if folder in self._by_folder:
                return self._by_folder[folder].codemods
        return frozenset().union(*(file.codemods for file in self.files))

    @cached_property
    def _by_folder(self) -> dict[str, BaselineFile]:
        return {file.folder: file for file in self.files}

    def compare(self, judged: RunFindings) -> Comparison:
        """What is new, known and resolved by what a run found."""
        tree = TreeNow(self._exists, self._symbols, self.renamed)

        def concerns(entry: BaselineEntry) -> bool:
            if not judged.ran(entry.path, entry.codemod):
                return False
            return entry.path in judged.files or (
                judged.covers(entry.path) and not self._exists(entry.path)
            )

        return compare(
            self.entries,
            judged.sites,
            tree,
            speaks_of=lambda site: site.finding.codemod in self.codemods_at(site.path),
            concerns=concerns,
        )

    def _exists(self, path: str) -> bool:
        return os.path.isfile(self.root / path)

    def _symbols(self, path: str) -> Collection[str]:
        """The dotted names of the functions and classes of a file; none where it does not parse."""
        try:
            tree = ast.parse((self.root / path).read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError):
            return ()
        return frozenset(_names(tree, ""))

    # ------------------------------------------------------------------ writing

    def rewritten(
        self,
        entries: Iterable[BaselineEntry],
        codemods: Callable[[str], Iterable[str]],
        home: Callable[[str], str],
    ) -> dict[str, bytes | None]:
        """The files that change, by folder; None for one that has nothing left to say.

        Args:
            entries: all that is to stand in them, paths relative to the tree.
            codemods: those that ran on the files of a folder.
            home: the folder of the package that a file belongs to.
        """
        by_home: dict[str, list[BaselineEntry]] = {}
        for entry in entries:
            folder = home(entry.path)
            inner = entry.path[len(folder) + 1 :] if folder else entry.path
            by_home.setdefault(folder, []).append(replace(entry, path=inner))
        if not by_home:
            by_home[""] = []  # says that the codemods ran, and found nothing
        made: dict[str, bytes | None] = {file.folder: None for file in self.files}
        for folder, inside in by_home.items():
            known = self.codemods_at(f"{folder}/x" if folder else "x") if self.files else ()
            made[folder] = written({*known, *codemods(folder)}, inside)
        return {folder: data for folder, data in made.items() if data != self._bytes(folder)}

    def _bytes(self, folder: str) -> bytes | None:
        try:
            return (self.root / folder / NAME).read_bytes()
        except OSError:
            return None

    def put(self, files: Mapping[str, bytes | None]) -> None:
        """Write what `rewritten` gave. Raises BaselineError; what was written until then stays."""
        for folder, data in sorted(files.items()):
            path = self.root / folder / NAME
            try:
                if data is None:
                    with suppress(FileNotFoundError):
                        path.unlink()
                else:
                    write_atomically(path, data)
            except OSError as error:
                raise BaselineError(
                    f"{path}: cannot be written: {error.strerror or error}"
                ) from error


def _names(node: ast.AST, prefix: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield f"{prefix}{child.name}"
            inner = f"{prefix}{child.name}."
        yield from _names(child, inner)
