"""Cases: pairs of `before` and `after`, found by where they lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from fixaudit.authoring.codemod import Codemod
from fixaudit.config.options import parse_options
from fixaudit.config.toml import Where
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Outcome
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.semantics.project import Project
from fixaudit.source.source import Source
from fixaudit.testing.header import CaseError, Header, parse_header

NEUTRAL_PATH = "pkg/service.py"


@dataclass(frozen=True, eq=False)
class Specimen:
    """One file of a case. `before` or `after` is None where the other has no partner.

    `path` is where the file says it stands; `relative` its place in the case's folder, `.` for a
    case that is one file.
    """

    case: Case
    relative: str
    before: bytes | None
    after: bytes | None

    @property
    def path(self) -> str:
        return (self.case.header.path or NEUTRAL_PATH) if self.relative == "." else self.relative

    @property
    def label(self) -> str:
        return self.case.label if self.relative == "." else f"{self.case.label}/{self.relative}"

    @cached_property
    def module(self) -> str | None:
        if self.relative != ".":
            return self.case.project_before.module_name(self.case.before / self.relative)
        return _module_name(self.path)

    def source(self, data: bytes, project: Project | None = None) -> Source:
        """The file with this content, standing in the case's project."""
        if project is None and self.relative != ".":
            project = self.case.project_before
        return Source(
            self.path,
            data,
            project=project,
            module=self.module,
            target_version=self.case.header.target_version,
        )

    def run(self, data: bytes, *, unsafe: bool, project: Project | None = None) -> Outcome:
        """What the case's codemod makes of the file with this content."""
        plan = Plan([self.case.configured], unsafe=unsafe)
        return process(self.source(data, project), plan)

    @cached_property
    def calm(self) -> Outcome:
        """What becomes of `before` without `--unsafe`."""
        return self.run(self.before or b"", unsafe=False)

    @cached_property
    def bold(self) -> Outcome:
        """What becomes of `before` with `--unsafe`."""
        return self.run(self.before or b"", unsafe=True)


@dataclass(frozen=True, eq=False)
class Case:
    """A fixture: one file, or a folder that is a small project.

    `label` is the path of `before` relative to the folder that holds the fixtures' root.
    """

    codemod: type[Codemod]
    before: Path
    after: Path
    label: str

    @property
    def name(self) -> str:
        return self.before.name

    @cached_property
    def verdict(self) -> Verdict:
        """What the name promises.

        Raises:
            CaseError: the name does not begin with a verdict.
        """
        word, _, rest = self.before.stem.partition("_")
        if word not in set(Verdict) or not rest:
            words = ", ".join(f"{verdict}_" for verdict in Verdict)
            raise CaseError(f"a fixture's name begins with one of {words} and goes on after it")
        return Verdict(word)

    @property
    def is_folder(self) -> bool:
        return self.before.is_dir()

    @cached_property
    def specimens(self) -> tuple[Specimen, ...]:
        """The files of the case, those of only one side included."""
        if not self.is_folder:
            return (Specimen(self, ".", _read(self.before), _read(self.after)),)
        names = sorted({*_python_files(self.before), *_python_files(self.after)})
        return tuple(
            Specimen(self, name, _read(self.before / name), _read(self.after / name))
            for name in names
        )

    @cached_property
    def focus(self) -> tuple[Specimen, ...]:
        """The files whose findings the name speaks of: those that change, else the one with a
        header, else `main.py`, else all."""
        specimens = self.specimens
        choices = (
            [entry for entry in specimens if entry.before != entry.after],
            [entry for entry in specimens if entry.before and parse_header(entry.before)],
            [entry for entry in specimens if entry.relative == "main.py"],
        )
        return tuple(next((choice for choice in choices if choice), specimens))

    @cached_property
    def header(self) -> Header:
        """The header of the case; in a folder that of the one file that has one.

        Raises:
            CaseError: it cannot be read, or two files have one.
        """
        headers = [parse_header(entry.before) for entry in self.specimens if entry.before]
        found = [header for header in headers if header]
        if len(found) > 1:
            raise CaseError("two files of the folder have a header; keep one")
        if found and found[0].path and self.is_folder:
            raise CaseError("# path: means nothing in a folder; move the file instead")
        return found[0] if found else Header()

    @cached_property
    def configured(self) -> Codemod:
        """The codemod with the options of the header.

        Raises:
            ConfigError: options that the codemod does not know.
        """
        where = Where(None, label=f"{self.label}: # options:")
        return self.codemod(parse_options(self.codemod.Options, self.header.options, where))

    @cached_property
    def project_before(self) -> Project:
        return _project(self.before)

    @cached_property
    def project_after(self) -> Project:
        return _project(self.after)


def _project(folder: Path) -> Project:
    if not folder.is_dir():
        return Project.empty()
    return Project(folder, [folder / name for name in _python_files(folder)])


def _python_files(folder: Path) -> list[str]:
    found = (entry.relative_to(folder) for entry in folder.rglob("*.py"))
    return sorted(path.as_posix() for path in found if "__pycache__" not in path.parts)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _module_name(path: str) -> str:
    parts = list(PurePosixPath(path).with_suffix("").parts)
    if parts[0] in {"src", "lib"} and len(parts) > 1:
        parts = parts[1:]
    if parts[-1] == "__init__" and len(parts) > 1:
        parts = parts[:-1]
    return ".".join(parts)


def folder_name(codemod: type[Codemod]) -> str:
    """The folder of a codemod's fixtures: its name without the vendor before it."""
    return codemod.name.rpartition("/")[2]


def entries(folder: Path) -> Iterator[Path]:
    """The fixtures of one codemod's folder: Python files, and folders that hold some."""
    if folder.is_dir():
        for entry in sorted(folder.iterdir()):
            if entry.suffix == ".py" or (entry.is_dir() and any(entry.rglob("*.py"))):
                yield entry


def find_cases(root: Path, codemods: Iterable[type[Codemod]]) -> list[Case]:
    """The cases below `root` (the folder of `before` and `after`) of the given codemods."""
    found = []
    for codemod in codemods:
        folder = folder_name(codemod)
        for before in entries(root / "before" / folder):
            after = root / "after" / folder / before.name
            label = before.relative_to(root.parent).as_posix()
            found.append(Case(codemod, before, after, label))
    return found
