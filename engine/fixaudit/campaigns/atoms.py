"""Files whose edits need each other: an atom, which no batch parts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A changed file, as grouping asks about it.

    Attributes:
        package: the folder of its package; "" is the root.
        codemods: how many sites of each codemod are applied in it.
        lines: changed lines.
    """

    path: str
    owners: tuple[str, ...] = ()
    package: str = ""
    codemods: Mapping[str, int] | None = None
    lines: int = 0

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Link:
    """Two files whose edits need each other, and why, in a few words: `they share bounded_gather`."""

    path: str
    other: str
    why: str


@dataclass(frozen=True)
class Atom:
    """Files that go together, sorted by path, and why those do that are more than one."""

    files: tuple[ChangedFile, ...]
    why: tuple[str, ...] = ()

    @cached_property
    def lines(self) -> int:
        return sum(file.lines for file in self.files)

    @cached_property
    def path(self) -> str:
        """The first of its paths: where it stands among others."""
        return self.files[0].path

    @cached_property
    def owners(self) -> tuple[str, ...]:
        """All who own one of its files, sorted."""
        return tuple(sorted({owner for file in self.files for owner in file.owners}))

    @cached_property
    def package(self) -> str:
        """The package of most of its files; of two the first by name."""
        return _most(Counter(file.package for file in self.files))

    @cached_property
    def folder(self) -> str:
        return self.files[0].folder

    @cached_property
    def codemod(self) -> str:
        """The codemod with most of its sites; of two the first by name."""
        found: Counter[str] = Counter()
        for file in self.files:
            found.update(file.codemods or {})
        return _most(found)


def atoms(files: Iterable[ChangedFile], links: Iterable[Link] = ()) -> list[Atom]:
    """The files in atoms, sorted by path. Links to other files say nothing."""
    known = {file.path: file for file in files}
    above = {path: path for path in known}
    inside = [link for link in links if link.path in known and link.other in known]
    for link in inside:
        first, second = sorted((_top(above, link.path), _top(above, link.other)))
        above[second] = first
    members: dict[str, list[ChangedFile]] = {}
    for path in sorted(known):
        members.setdefault(_top(above, path), []).append(known[path])
    why: dict[str, set[str]] = {}
    for link in inside:
        why.setdefault(_top(above, link.path), set()).add(link.why)
    return [Atom(tuple(found), tuple(sorted(why.get(top, ())))) for top, found in members.items()]


def _top(above: dict[str, str], path: str) -> str:
    while above[path] != path:
        above[path] = above[above[path]]
        path = above[path]
    return path


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name), default="")


def size(found: Sequence[Atom]) -> tuple[int, int]:
    """Files and changed lines."""
    return sum(len(atom.files) for atom in found), sum(atom.lines for atom in found)
