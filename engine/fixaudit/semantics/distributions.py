"""Which distribution of a repository a file belongs to, and in which others evidence for it may stand.

Evidence about a file is searched in its own distribution and in those that depend on it, declared or
by an import. A file outside of all distributions, and a test beside the topmost one, belongs to what
it imports.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from fixaudit.config.distribution import Distribution, distribution_at
from fixaudit.files.file_roles import is_test_path
from fixaudit.files.nearest_ancestor import NearestAncestor
from fixaudit.semantics.import_lines import imported_tops


class Homes:
    """The distribution of each folder: its nearest one upward within `root`; the root without any."""

    def __init__(self, root: str | None) -> None:
        self.root = root or ""
        self._at: dict[str, Distribution | None] = {}
        self._nearest = NearestAncestor(self._own, self.root.__eq__)

    def of(self, folder: str) -> str:
        """The folder of the distribution that a folder belongs to, absolute."""
        is_inside = folder.startswith(f"{self.root}/")
        return (self._nearest.of(folder) if is_inside else None) or self.root

    def _own(self, folder: str) -> str | None:
        return None if self.at(folder) is None else folder

    def at(self, folder: str) -> Distribution | None:
        """The distribution whose metadata stands in a folder."""
        if folder not in self._at:
            self._at[folder] = distribution_at(folder, self.root)
        return self._at[folder]

    def declares(self, home: str, other: str) -> bool:
        """True where the distribution in `home` names the one in `other` as a dependency."""
        one, two = self.at(home), self.at(other)
        return one is not None and two is not None and two.name in one.needs


class Borders:
    """Where evidence for a file may stand.

    Args:
        paths: gives all files of the project, absolute. text: gives the bytes of one.
        module_name: gives the dotted name of a file.
    """

    def __init__(
        self,
        homes: Homes,
        paths: Callable[[], list[str]],
        text: Callable[[str], bytes | None],
        module_name: Callable[[Path], str | None],
    ) -> None:
        self._homes = homes
        self._paths = paths
        self._text = text
        self._module_name = module_name
        self._units: dict[str, str] | None = None
        self._tops: dict[str, frozenset[str]] = {}
        self._users: dict[str, set[str]] | None = None
        self._imports: dict[str, frozenset[str]] = {}
        self._reach: dict[str, frozenset[str]] = {}

    def forget(self, path: str) -> None:
        """Drop what is known of a file that changed, or is new."""
        if self._units is None or path not in self._units:
            self._units = None
            self._tops.clear()
        self._imports.pop(path, None)
        self._users = None
        self._reach.clear()

    def reach(self, path: str) -> Callable[[str], bool] | None:
        """Whether evidence in a file may speak for the file `path`; None where that in all files may."""
        units = self._all()
        if len(self._tops) < 2:
            return None
        allowed = self._reach_of(units.get(path) or self._homes.of(os.path.dirname(path)))
        return lambda other: units.get(other, other) in allowed or other in allowed

    def state(self, path: str) -> str:
        """What `reach` depends on for a file, as text: relative to the root."""
        units = self._all()
        if len(self._tops) < 2:
            return ""
        unit = units.get(path) or self._homes.of(os.path.dirname(path))
        prefix = self._homes.root + "/"
        return repr(sorted(each.removeprefix(prefix) for each in self._reach_of(unit)))

    def _all(self) -> dict[str, str]:
        """The unit of each file: the folder of its distribution, or the file itself."""
        if self._units is None:
            homes = {path: self._homes.of(path.rpartition("/")[0]) for path in self._paths()}
            self._tops = dict.fromkeys(homes.values(), frozenset())
            self._units = homes
            if len(self._tops) > 1:
                self._tops = self._modules(homes)
                self._units = {path: self._unit(path, home) for path, home in homes.items()}
        return self._units

    def _unit(self, path: str, home: str) -> str:
        if home != self._homes.root:
            return home
        inner = path[len(home) + 1 :]
        if self._homes.at(home) is not None:
            return path if is_test_path(inner) else home
        return self._loose(inner.partition("/")[0]) or path

    def _loose(self, name: str) -> str | None:
        """The folder of a package right below a root that is no distribution: a unit of its own."""
        folder = f"{self._homes.root}/{name}"
        return folder if f"{folder}/__init__.py" in (self._units or ()) else None

    def _modules(self, homes: dict[str, str]) -> dict[str, frozenset[str]]:
        """The topmost names that the modules of each distribution are imported by."""
        tops: dict[str, set[str]] = {}
        for path, home in homes.items():
            name = self._module_name(Path(path))
            if name is not None:
                tops.setdefault(home, set()).add(name.partition(".")[0])
        return {home: frozenset(names) for home, names in tops.items()}

    def _reach_of(self, unit: str) -> frozenset[str]:
        """The unit, and the units that depend on it, at any remove."""
        if unit not in self._reach:
            if self._users is None:
                self._users = self._dependents()
            found, todo = {unit}, [unit]
            while todo:
                new = self._users.get(todo.pop(), set()) - found
                found |= new
                todo += new
            self._reach[unit] = frozenset(found)
        return self._reach[unit]

    def _dependents(self) -> dict[str, set[str]]:
        """The units that need a unit, by that one."""
        users: dict[str, set[str]] = {}
        units = self._all()
        folders = [home for home in self._tops if self._homes.at(home) is not None]
        for home in folders:
            for other in folders:
                if home != other and self._homes.declares(home, other):
                    users.setdefault(other, set()).add(home)
        for path, unit in units.items():
            for needed in self._needed(path, self._homes.of(path.rpartition("/")[0])):
                users.setdefault(needed, set()).add(path if self._is_sketch(path) else unit)
        return users

    def _is_sketch(self, path: str) -> bool:
        """True for a module of no package deeper in its distribution: what it imports, that need not."""
        folder = path.rpartition("/")[0]
        name = self._module_name(Path(path))
        return name is not None and "." not in name and folder != self._homes.of(folder)

    def _needed(self, path: str, home: str) -> Iterable[str]:
        for name in self._imported(path):
            if name in self._tops.get(home, ()) and self._homes.at(home) is not None:
                # A test beside the topmost distribution belongs to it by its imports.
                yield home
                continue
            others = [other for other, names in self._tops.items() if name in names]
            others = [each for each in others if self._homes.declares(home, each)] or others
            for each in others:
                is_loose = each == self._homes.root and self._homes.at(each) is None
                yield (self._loose(name) if is_loose else None) or each

    def _imported(self, path: str) -> frozenset[str]:
        known = self._imports.get(path)
        if known is None:
            known = self._imports[path] = imported_tops(self._text(path) or b"")
        return known
