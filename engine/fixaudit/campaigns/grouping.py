"""Changed files to batches: who reviews what together, within the limits. Pure, in any order of input.

`by` is read from the left. Its first word keeps apart: a batch has files of one set of owners, of one
package, or of one codemod. The others keep together what they name, where the limits allow: several small
packages of one owner share a batch, and one is split only where it exceeds the limits by itself. `folder`
keeps nothing apart: neighbours share a batch.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fixaudit.campaigns.atoms import Atom, ChangedFile, Link, atoms, size
from fixaudit.campaigns.batch_names import Numbers, owner_words, slug
from fixaudit.campaigns.settings import BatchSettings, By

_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Group:
    """The files of a batch by their paths, sorted; `beyond` says why it exceeds the limits."""

    name: str
    paths: tuple[str, ...]
    beyond: str | None = None


@dataclass(slots=True)
class _Bin:
    """A batch that is being filled."""

    atoms: list[Atom] = field(default_factory=list)
    name: str | None = None

    def has_room(self, more: Sequence[Atom], settings: BatchSettings) -> bool:
        return _fits([*self.atoms, *more], settings)


def group(
    files: Iterable[ChangedFile],
    links: Iterable[Link],
    settings: BatchSettings,
    *,
    existing: Mapping[str, str] | None = None,
    taken: Iterable[str] = (),
    mark: str = "",
    package_name: Callable[[str], str] = posixpath.basename,
) -> list[Group]:
    """The batches of files, sorted by name: each file is in one.

    Args:
        existing: paths to the names of the batches that have them: they stay there, as far as the limits
            allow. Files that it does not name come into new batches.
        taken: names that no new batch gets, besides those of `existing`.
        mark: a word behind the name: `payments-unsafe-01`.
        package_name: the name of the package of a folder.
    """
    known = existing or {}
    bins, left = _kept(atoms(files, links), known, settings)
    first, *others = settings.by
    if first == "folder":
        bins += _filled(left, settings.by, settings)
    else:
        for unit in _units(left, first):
            bins += _filled(unit, others, settings)
    numbers = Numbers([*known.values(), *taken])
    names = _Names(settings.by[0], mark, package_name)
    made = [_made(each, numbers, names, settings) for each in bins]
    return sorted(made, key=lambda each: each.name)


# ---------------------------------------------------------------- what stays where it is


def _kept(
    found: Sequence[Atom], existing: Mapping[str, str], settings: BatchSettings
) -> tuple[list[_Bin], list[Atom]]:
    """Batches that are known already with the atoms they keep, and the atoms without one."""
    homes: dict[str, list[Atom]] = {}
    left: list[Atom] = []
    for atom in found:
        names = [existing[file.path] for file in atom.files if file.path in existing]
        if names:
            most = min(set(names), key=lambda name: (-names.count(name), name))
            homes.setdefault(most, []).append(atom)
        else:
            left.append(atom)
    bins: list[_Bin] = []
    for name in sorted(homes):
        kept = _Bin(name=name)
        for atom in homes[name]:
            if not kept.atoms or kept.has_room([atom], settings):
                kept.atoms.append(atom)
            else:
                left.append(atom)
        bins.append(kept)
    return bins, sorted(left, key=lambda atom: atom.path)


# ---------------------------------------------------------------- what is new


def _filled(found: Sequence[Atom], by: Sequence[By], settings: BatchSettings) -> list[_Bin]:
    """Bins for atoms that may share one: what the first of `by` names stays together where it fits."""
    if not found or _fits(found, settings):
        return [_Bin(list(found))] if found else []
    if not by:
        return _neighbours([[atom] for atom in found], settings)
    if by[0] == "folder":
        units = _folders(found)
        if len(units) == 1:
            return _filled(found, by[1:], settings)
        return _neighbours(units, settings, by)
    bins: list[_Bin] = []
    for unit in _units(found, by[0]):
        home = next((each for each in bins if each.has_room(unit, settings)), None)
        if home is not None:
            home.atoms += unit
        else:
            # What must be split begins a bin of its own, so that it comes into as few as can be.
            bins += _filled(unit, by[1:], settings)
    return bins


def _neighbours(
    units: Iterable[list[Atom]], settings: BatchSettings, by: Sequence[By] = ()
) -> list[_Bin]:
    """Bins for units in their order, each of which only shares one with those next to it."""
    bins: list[_Bin] = []
    for unit in units:
        if bins and bins[-1].has_room(unit, settings):
            bins[-1].atoms += unit
        elif len(unit) == 1:
            bins.append(_Bin(list(unit)))
        else:
            bins += _filled(unit, by, settings)
    return bins


def _fits(found: Sequence[Atom], settings: BatchSettings) -> bool:
    files, lines = size(found)
    return files <= settings.max_files and lines <= settings.max_lines


def _units(found: Iterable[Atom], by: By) -> list[list[Atom]]:
    """Atoms that are the same to `by`, sorted by what that is."""
    units: dict[tuple[str, ...], list[Atom]] = {}
    for atom in found:
        units.setdefault(_key(atom, by), []).append(atom)
    return [units[key] for key in sorted(units)]


def _key(atom: Atom, by: By) -> tuple[str, ...]:
    match by:
        case "owner":
            return atom.owners
        case "package":
            return (atom.package,)
        case _:
            return (atom.codemod,)


def _folders(found: Sequence[Atom]) -> list[list[Atom]]:
    """Atoms by the folders right below the one that holds them all; its own files are one unit."""
    above = _common_folder(found)
    start = len(above) + 1 if above else 0
    units: dict[str, list[Atom]] = {}
    for atom in found:
        units.setdefault(atom.folder[start:].partition("/")[0], []).append(atom)
    return [units[name] for name in sorted(units)]


def _common_folder(found: Sequence[Atom]) -> str:
    folders = {atom.folder for atom in found}
    return posixpath.commonpath(folders) if all(folders) else ""


# ---------------------------------------------------------------- how it is called


@dataclass(frozen=True, slots=True)
class _Names:
    """How batches are called, by what keeps them apart."""

    by: By
    mark: str
    package_name: Callable[[str], str]

    def beginning(self, found: Sequence[Atom]) -> str:
        """The name of a batch without its number."""
        begins = self._words(found)
        return f"{begins}-{self.mark}" if self.mark else begins

    def _words(self, found: Sequence[Atom]) -> str:
        match self.by:
            case "owner":
                owners = dict.fromkeys(owner for atom in found for owner in atom.owners)
                return slug(owner_words(sorted(owners)), "owners")
            case "package":
                return slug(self.package_name(found[0].package), "root")
            case "codemod":
                return slug(found[0].codemod, "definitions")
            case _:
                return slug(" ".join(_common_folder(found).split("/")[-2:]), "root")


def _made(each: _Bin, numbers: Numbers, names: _Names, settings: BatchSettings) -> Group:
    paths = tuple(sorted(file.path for atom in each.atoms for file in atom.files))
    name = each.name or numbers.next(names.beginning(each.atoms))
    return Group(name, paths, _beyond(each.atoms, settings))


def _beyond(found: Sequence[Atom], settings: BatchSettings) -> str | None:
    """Why a batch exceeds the limits, which only one atom by itself does; else None."""
    if _fits(found, settings):
        return None
    files, lines = size(found)
    if files == 1:
        return f"{found[0].path} alone changes {lines} lines; max-lines is {settings.max_lines}"
    why = [reason for atom in found for reason in atom.why]
    shown = "; ".join(why[:_MOST_SHOWN]) + (" …" if len(why) > _MOST_SHOWN else "")
    return (
        f"{files} files with {lines} lines need each other ({shown});"
        f" the limits are {settings.max_files} files and {settings.max_lines} lines"
    )
