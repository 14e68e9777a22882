"""Which module defines what the edits of several files need, and what becomes of the files then."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.edits.needed_names import is_met
from fixaudit.model.finding import Edit, NeededImport, NeededModuleName, Span
from fixaudit.model.outcome import Changed, LocatedFinding, Outcome, Unchanged
from fixaudit.pipeline.defining import defined_in
from fixaudit.semantics.importing import is_at_hand, is_light, may_import, project_imports
from fixaudit.text.source_map import MappedEdit, Owner

if TYPE_CHECKING:
    from fixaudit.pipeline.runner import Worker

# So many modules are tried for the definition: of those that need it the ones that import the least
# of the project, and of those for all the ones that most files import.
_MOST_TRIED = 6

Key = tuple[Path, str, str]
"""A distribution, a codemod, and what the function is shared as."""


@dataclass(slots=True)
class Sharing:
    """The outcomes of a run, and which file imports what from which other one.

    `unchanged` are the modules for all that nothing is to be written to otherwise; `general` says what
    they are to define.
    """

    worker: Worker
    held: list[Outcome]
    unchanged: set[Path]
    changed: dict[Path, Changed] = field(init=False)
    added: dict[Path, set[str]] = field(default_factory=dict)
    general: dict[Path, dict[Key, NeededModuleName]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root = self.worker.root
        self.changed = {root / each.path: each for each in self.held if isinstance(each, Changed)}
        for path, outcome in self.changed.items():
            applied = (site.finding.needed_names for site in outcome.sites if site.applied)
            needed = (each for names in applied for each in names)
            self.added[path] = {each.module for each in needed if isinstance(each, NeededImport)}

    def outcomes(self, compute: Callable[[Sequence[Path]], Iterator[Outcome]]) -> Iterator[Outcome]:
        """What becomes of the held files, and before them the files told already that become others."""
        defined = self._defined()
        homes = {key: self._homes(key, sorted(defined[key])) for key in sorted(defined)}
        self._compute_again(homes, compute)
        more = self._with_owners(homes)
        held = {self.worker.root / outcome.path for outcome in self.held}
        for path in sorted(more.keys() - held):
            yield replace(more[path], is_more=True)
        for outcome in self.held:
            path = self.worker.root / outcome.path
            if path in more and isinstance(outcome, Unchanged):
                sites, problems, notes = outcome.sites, outcome.problems, outcome.notes
                yield replace(more[path], sites=sites, problems=problems, notes=notes)
            else:
                yield self.changed.get(path, outcome)

    def _defined(self) -> dict[Key, list[Path]]:
        """The files that define each function."""
        found: dict[Key, dict[Path, None]] = {}
        for path, outcome in self.changed.items():
            for site, needed in outcome.definitions:
                home = self.worker.project.distribution(path)
                found.setdefault((home, site.finding.codemod, needed.shared_as), {})[path] = None
        return {key: list(paths) for key, paths in found.items() if len(paths) > 1}

    # ---------------------------------------------------------------- which module

    def _homes(self, key: Key, paths: list[Path]) -> dict[Path, Path]:
        """For each file that is to import a function, the file that it is to import it from."""
        found: dict[Path, Path] = {}
        left = paths
        while len(left) > 1:
            tried = sorted(left, key=lambda path: (len(self._imports(path)), path))[:_MOST_TRIED]
            tried += self._modules_for_all(left)
            users = {home: self._users(home, left) for home in tried}
            # Most files, then most that have it at hand, then what imports the least.
            tried.sort(key=lambda each: (-len(users[each]), -self._at_hand(each, users[each])))
            home = next((each for each in tried if self._can_define(key, each, left)), None)
            if home is None or not users[home]:
                break
            for path in users[home]:
                found[path] = home
                self.added[path].add(self._name(home))
            left = [path for path in left if path != home and path not in found]
        return found

    def _modules_for_all(self, paths: Sequence[Path]) -> list[Path]:
        """The modules for all that half of the files import, two at least."""
        project = self.worker.project
        found = Counter(
            imported
            for path in paths
            for imported in {project.path_of(name, path) for name in self._imports(path)}
            if imported is not None and imported in self.unchanged
        )
        known = [path for path, count in found.items() if count > 1 and 2 * count >= len(paths)]
        return sorted(known, key=lambda path: (-found[path], path))[:_MOST_TRIED]

    def _can_define(self, key: Key, home: Path, paths: Iterable[Path]) -> bool:
        """True for a file that defines the function, and for one that has room for it."""
        if home not in self.unchanged:
            return True
        known = self.general.get(home, {})
        for path in paths:
            needed = next(needed for _, needed in _of(self.changed[path], key))
            wanted = {**known, key: needed}
            if defined_in(self.worker, home, dict.fromkeys(wanted.values(), ())) is not None:
                self.general[home] = wanted
                return True
        return False

    def _users(self, home: Path, paths: Iterable[Path]) -> list[Path]:
        project = self.worker.project
        return [
            path
            for path in paths
            if may_import(project, path, home, self.added) and is_light(project, path, home)
        ]

    def _at_hand(self, home: Path, users: Iterable[Path]) -> int:
        """How many files reach for the module as they do already, or as is plain."""
        return sum(is_at_hand(self.worker.project, path, home) for path in users)

    def _imports(self, path: Path) -> tuple[str, ...]:
        return project_imports(self.worker.project, path)

    def _name(self, path: Path) -> str:
        return self.worker.project.module_name(path) or ""

    # ---------------------------------------------------------------- what becomes of the files

    def _compute_again(
        self,
        homes: dict[Key, dict[Path, Path]],
        compute: Callable[[Sequence[Path]], Iterator[Outcome]],
    ) -> None:
        """Work out the files that import a function; those of which something else would become then
        keep their own."""
        provided = self.worker.provided
        for key, found in homes.items():
            for path, home in found.items():
                needed = self.general.get(home, {}).get(key)
                if needed is None:
                    needed = next(needed for _, needed in _of(self.changed[home], key))
                provided.setdefault(os.fspath(path), {})[key[2]] = self._name(home), needed.name
        again = sorted({path for found in homes.values() for path in found})
        for path, outcome in zip(again, list(compute(again)), strict=True):
            if isinstance(outcome, Changed) and _written(outcome) == _written(self.changed[path]):
                self.changed[path] = outcome
            else:
                del provided[os.fspath(path)]

    def _with_owners(self, homes: dict[Key, dict[Path, Path]]) -> dict[Path, Changed]:
        """Let the edits that define a function stand as long as a finding of another file needs it.

        Gives the modules for all that define one.
        """
        wanted: dict[Path, dict[NeededModuleName, tuple[Owner, ...]]] = {}
        for key, found in homes.items():
            for path, home in sorted(found.items()):
                if key[2] not in self.worker.provided.get(os.fspath(path), {}):
                    continue
                owners = tuple(
                    (site.fingerprint, key[1]) for site, _ in _of(self.changed[path], key)
                )
                if home in self.unchanged:
                    needed = self.general[home][key]
                    known = wanted.setdefault(home, {}).get(needed, ())
                    wanted[home][needed] = (*known, *owners)
                else:
                    self.changed[home] = _owned_by(self.changed[home], key, owners)
        made = {home: defined_in(self.worker, home, each) for home, each in wanted.items()}
        return {home: changed for home, changed in made.items() if changed is not None}


def _of(outcome: Changed, key: Key) -> Iterator[tuple[LocatedFinding, NeededModuleName]]:
    """The sites of a file that need a function, each with its definition."""
    for site, needed in outcome.definitions:
        if site.finding.codemod == key[1] and needed.shared_as == key[2]:
            yield site, needed


def _written(outcome: Changed) -> set[str]:
    return {site.fingerprint for site in outcome.sites if site.applied}


def _owned_by(outcome: Changed, key: Key, more: tuple[Owner, ...]) -> Changed:
    """The outcome of a file that defines a function, with more owners of what that takes."""
    needed = {site.fingerprint: needed for site, needed in _of(outcome, key)}
    edits = tuple(_owned(edit, outcome.before, needed, more) for edit in outcome.edits)
    return replace(outcome, edits=edits)


def _owned(
    edit: MappedEdit,
    before: bytes,
    here: dict[str, NeededModuleName],
    more: tuple[Owner, ...],
) -> MappedEdit:
    """The edit, with more owners where it adds the function or what that needs."""
    needed = next(
        (here[fingerprint] for fingerprint, _ in edit.owners if fingerprint in here), None
    )
    if needed is None:
        return edit
    gone = before[edit.start : edit.end].decode("utf-8", "replace")
    text = edit.text.decode("utf-8", "replace")
    is_call = f"def {needed.name}(" not in text and f"{needed.name}(" in text
    if is_call or not is_met(Edit(Span(edit.start, edit.end), text), gone, needed):
        return edit
    return replace(edit, owners=tuple(dict.fromkeys((*edit.owners, *more))))
