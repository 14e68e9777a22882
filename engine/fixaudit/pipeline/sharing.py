"""A function that the edits of several files need: one module of the distribution defines it.

Each file is worked out by itself, with a definition of its own. Behind the last one the files that
define the same function are known, with all that verification, comments and selections have dropped:
those that may import it from one of them are worked out again, with the import in place of the
definition. In which module it stands depends on the files that define it and on nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.edits.needed_names import is_met
from fixaudit.model.finding import Edit, NeededImport, NeededModuleName, Span
from fixaudit.model.outcome import Changed, LocatedFinding, Outcome
from fixaudit.semantics.importing import is_at_hand, is_light, may_import, project_imports
from fixaudit.text.source_map import MappedEdit, Owner

if TYPE_CHECKING:
    from fixaudit.pipeline.runner import Worker

# So many modules are tried for the definition: those first that import the least of the project.
_MOST_TRIED = 6

Key = tuple[Path, str, str]
"""A distribution, a codemod, and the function that it shares."""


def shared(
    worker: Worker,
    outcomes: Iterable[Outcome],
    compute: Callable[[Sequence[Path]], Iterator[Outcome]],
) -> Iterator[Outcome]:
    """The outcomes in their order, each function that edits share defined once where that can be.

    They are held back from the first one on that defines such a function. `compute` works out files,
    as `worker` then has them.
    """
    held: list[Outcome] = []
    for outcome in outcomes:
        if held or any(_definitions(outcome)):
            held.append(outcome)
        else:
            yield outcome
    yield from _Sharing(worker, held).outcomes(compute) if held else ()


def _definitions(outcome: Outcome) -> Iterator[tuple[LocatedFinding, NeededModuleName]]:
    """The functions that the edits of a file add and that other files may take, with the sites."""
    for site in outcome.sites if isinstance(outcome, Changed) else ():
        for needed in site.finding.needed_names if site.applied else ():
            if isinstance(needed, NeededModuleName) and needed.shared_as:
                yield site, needed


@dataclass(slots=True)
class _Sharing:
    """The outcomes of a run, and which file imports what from which other one."""

    worker: Worker
    held: list[Outcome]
    changed: dict[Path, Changed] = field(init=False)
    added: dict[Path, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.changed = {
            self.worker.root / outcome.path: outcome
            for outcome in self.held
            if isinstance(outcome, Changed)
        }
        for path, outcome in self.changed.items():
            needed = [each for site in outcome.sites if site.applied for each in site.finding.needed_names]  # fmt: skip
            modules = {each.module for each in needed if isinstance(each, NeededImport)}
            self.added[path] = modules

    def outcomes(self, compute: Callable[[Sequence[Path]], Iterator[Outcome]]) -> Iterator[Outcome]:
        defined = self._defined()
        homes = {key: self._homes(sorted(defined[key])) for key in sorted(defined)}
        provided = self.worker.provided
        for (_, _, function), found in homes.items():
            for path, home in found.items():
                place = self._name(home), _name_in(self.changed[home], function)
                provided.setdefault(os.fspath(path), {})[function] = place
        again = sorted({path for found in homes.values() for path in found})
        for path, outcome in zip(again, list(compute(again)), strict=True):
            if isinstance(outcome, Changed) and _written(outcome) == _written(self.changed[path]):
                self.changed[path] = outcome
            else:  # with the import something else would become of it: it keeps its own
                del provided[os.fspath(path)]
        for (_, codemod, function), found in homes.items():
            for path, home in found.items():
                if function in provided.get(os.fspath(path), {}):
                    self._add_owners(home, self.changed[path], codemod, function)
        for outcome in self.held:
            yield self.changed.get(self.worker.root / outcome.path, outcome)

    def _defined(self) -> dict[Key, list[Path]]:
        """The files that define each function."""
        found: dict[Key, dict[Path, None]] = {}
        for path, outcome in self.changed.items():
            for site, needed in _definitions(outcome):
                home = self.worker.project.distribution(path)
                found.setdefault((home, site.finding.codemod, needed.shared_as), {})[path] = None
        return {key: list(paths) for key, paths in found.items() if len(paths) > 1}

    def _homes(self, paths: list[Path]) -> dict[Path, Path]:
        """For each file that is to import a function, the file that it is to import it from."""
        found: dict[Path, Path] = {}
        left = paths
        while len(left) > 1:
            tried = sorted(left, key=lambda path: (len(self._imports(path)), path))[:_MOST_TRIED]
            users = {home: self._users(home, left) for home in tried}
            # Most files, then most that have it at hand, then what imports the least.
            home = max(tried, key=lambda each: (len(users[each]), self._at_hand(each, users[each])))
            if not users[home]:
                break
            module = self._name(home)
            for path in users[home]:
                found[path] = home
                self.added[path].add(module)
            left = [path for path in left if path != home and path not in found]
        return found

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

    def _add_owners(self, home: Path, user: Changed, codemod: str, function: str) -> None:
        """Let the edits that define a function stand as long as the findings of another file need it."""
        outcome = self.changed[home]
        here = {site.fingerprint: needed for site, needed in _of(outcome, codemod, function)}
        more = tuple((site.fingerprint, codemod) for site, _ in _of(user, codemod, function))
        edits = tuple(_owned(edit, outcome.before, here, more) for edit in outcome.edits)
        self.changed[home] = replace(outcome, edits=edits)


def _of(
    outcome: Outcome, codemod: str, function: str
) -> Iterator[tuple[LocatedFinding, NeededModuleName]]:
    for site, needed in _definitions(outcome):
        if site.finding.codemod == codemod and needed.shared_as == function:
            yield site, needed


def _name_in(outcome: Outcome, function: str) -> str:
    """What a shared function is called in the file that defines it."""
    return next(needed.name for _, needed in _definitions(outcome) if needed.shared_as == function)


def _written(outcome: Changed) -> set[str]:
    return {site.fingerprint for site in outcome.sites if site.applied}


def _owned(
    edit: MappedEdit,
    before: bytes,
    here: dict[str, NeededModuleName],
    more: tuple[Owner, ...],
) -> MappedEdit:
    """The edit, with more owners where it adds the function or what that needs."""
    needed = next((here[fp] for fp, _ in edit.owners if fp in here), None)
    if needed is None:
        return edit
    gone, text = before[edit.start : edit.end].decode("utf-8", "replace"), edit.text.decode("utf-8", "replace")  # fmt: skip
    adds = Edit(Span(edit.start, edit.end), text)
    is_call = f"def {needed.name}(" not in text and f"{needed.name}(" in text
    if is_call or not is_met(adds, gone, needed):
        return edit
    return replace(edit, owners=tuple(dict.fromkeys((*edit.owners, *more))))
