"""Which names a module takes over by `from x import *`: asked often, so no tree is needed for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from fixaudit.semantics.facts import ImportFacts, ModuleFacts
from fixaudit.semantics.query_log import Dependencies

if TYPE_CHECKING:
    from fixaudit.semantics.project import Project

Provides = Literal["yes", "no", "unclear"]

# A search of its text costs as much as a twentieth of parsing a module and more.
_SEARCHES = 20


@dataclass(frozen=True, slots=True)
class Surface:
    """What a star import of a module can take: the names of `__all__`, else those that it binds."""

    names: frozenset[str]
    listed: bool
    unclear: bool
    stars: tuple[str, ...]

    @classmethod
    def of(cls, module: ModuleFacts) -> Surface:
        """That of a module, as data without nodes."""
        listed = module.exports is not None
        names = frozenset(module.exports if module.exports is not None else module.bindings)
        stars = tuple(star.module for star in module.stars)
        return cls(names, listed, module.exports_unclear, stars)


@dataclass(slots=True)
class _Kept:
    found: dict[tuple[str, str], Provides] = field(default_factory=dict)
    dependencies: Dependencies = field(default_factory=Dependencies)


class StarImports:
    """Answers for all modules of a project, each once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._kept: dict[Path, _Kept] = {}
        self._generation = project.generation
        self._searched: Counter[Path] = Counter()

    def provides(self, module: ModuleFacts, star: ImportFacts, name: str) -> Provides:
        """Whether the star import of `module` binds `name`."""
        project, key = self._project, (star.module, name)
        if self._generation != project.generation:
            self._generation = project.generation
            self._kept.clear()
        kept = self._kept.get(module.path)
        if kept is not None and key in kept.found:
            project.replay(kept.dependencies)
            return kept.found[key]
        with project.recording() as seen:
            answer = self._provides(module.path, star.module, name, frozenset())
        own = project.own_path
        # What the file at hand says is no dependency of its own, but one of all other files.
        if own is None or (own != module.path and own not in seen.lookups.values()):
            kept = self._kept.setdefault(module.path, _Kept())
            kept.found[key] = answer
            kept.dependencies.update(seen)
        return answer

    def _provides(self, near: Path, star: str, name: str, trail: frozenset[Path]) -> Provides:
        path = self._project.path_of(star, near)
        if path is None:
            return "unclear"
        if self._lacks(path, name):
            return "no"
        surface = self._project.derived(path, "surface", Surface.of)
        if surface is None or surface.unclear or path in trail:
            return "unclear"
        if surface.listed:
            return "yes" if name in surface.names else "no"
        if name.startswith("_"):
            return "no"
        if name in surface.names:
            return "yes"
        deeper = [self._provides(path, inner, name, trail | {path}) for inner in surface.stars]
        if "unclear" in deeper:
            return "unclear"
        return "yes" if "yes" in deeper else "no"

    def _lacks(self, path: Path, name: str) -> bool:
        """True where the text of a module that is not worth parsing, or is unclear, lacks the word.

        Packages that star-import hundreds of large modules would cost a parse of them all.
        """
        if self._searched[path] >= _SEARCHES or self._project.has_derived(path, "surface"):
            surface = self._project.derived(path, "surface", Surface.of)
            if surface is not None and not surface.unclear:
                return False
        self._searched[path] += 1
        return self._project.cannot_name(path, name)
