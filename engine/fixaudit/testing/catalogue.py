"""What must hold for a tree of fixtures as a whole: enough of them, of both kinds, none orphaned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixaudit.authoring.codemod import Codemod
from fixaudit.testing.cases import Case, entries, find_cases, folder_name

MINIMUM_SHARE = 40
UNTOUCHED = ("leave_", "review_")


@dataclass(frozen=True, slots=True)
class Fixtures:
    """A folder with `before` and `after`, and the codemods it is for.

    Attributes:
        root: the folder.
        codemods: all that are known; a folder for any of them is fine.
        owed: those that must have fixtures here.
        minimum: how many pairs a codemod needs; `minimum_core` those of the set `core`,
            `minimum_detector` those that edit nothing.
    """

    root: Path
    codemods: Sequence[type[Codemod]]
    owed: Sequence[type[Codemod]] = ()
    minimum: int = 1
    minimum_core: int = 1
    minimum_detector: int | None = None

    def cases(self) -> list[Case]:
        return find_cases(self.root, self.codemods)

    def covered(self) -> list[type[Codemod]]:
        """The codemods whose fixtures are counted: those that have some, and those that owe some."""
        return [
            entry
            for entry in self.codemods
            if entry in self.owed or (self.root / "before" / folder_name(entry)).is_dir()
        ]


def check_coverage(fixtures: Fixtures, codemod: type[Codemod]) -> str | None:
    """Whether a codemod has enough fixtures, and enough that say "leave it"."""
    folder = fixtures.root / "before" / folder_name(codemod)
    names = [entry.name for entry in entries(folder)]
    place = folder.relative_to(fixtures.root.parent).as_posix()
    if not names:
        return f"{place}: the codemod {codemod.name} has no fixtures"
    needed = fixtures.minimum_core if "core" in codemod.tags else fixtures.minimum
    untouched = sum(name.startswith(UNTOUCHED) for name in names)
    if untouched == len(names) and fixtures.minimum_detector is not None:
        needed = fixtures.minimum_detector
    if len(names) < needed:
        return f"{place}: {len(names)} fixtures; {codemod.name} needs {needed}"
    if not any(name.startswith("leave_") for name in names):
        return f"{place}: no leave_ fixture shows what {codemod.name} must not touch"
    share = 100 * untouched // len(names)
    if share < MINIMUM_SHARE:
        return (
            f"{place}: {untouched} of {len(names)} fixtures ({share} %) are leave_ or review_; "
            f"{codemod.name} needs {MINIMUM_SHARE} %"
        )
    return None


def orphans(fixtures: Fixtures) -> Iterator[str]:
    """Folders of no known codemod, and files in `after` without one in `before`."""
    known = {folder_name(entry) for entry in fixtures.codemods}
    for side in ("before", "after"):
        folder = fixtures.root / side
        for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
            if entry.name.startswith((".", "__")):
                continue
            place = entry.relative_to(fixtures.root.parent).as_posix()
            if not entry.is_dir():
                yield f"{place}: stands in no codemod's folder"
            elif entry.name not in known:
                yield f"{place}: no codemod is called {entry.name}"
            elif side == "after":
                yield from _without_before(fixtures, entry)


def _without_before(fixtures: Fixtures, folder: Path) -> Iterator[str]:
    for entry in entries(folder):
        if not (fixtures.root / "before" / folder.name / entry.name).exists():
            place = entry.relative_to(fixtures.root.parent).as_posix()
            yield f"{place}: is missing in `before`"
