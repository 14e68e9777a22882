"""Which names a module takes over by `from x import *`: asked often."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fixaudit.semantics.index import NameIndex, Provides
from fixaudit.semantics.module_facts import ImportFacts, ModuleFacts
from fixaudit.semantics.query_log import Dependencies

# A search of its text costs as much as a twentieth of parsing a module and more.
_SEARCHES = 20


@dataclass(slots=True)
class _Cached:
    found: dict[tuple[str, str], Provides] = field(default_factory=dict)
    dependencies: Dependencies = field(default_factory=Dependencies)


class StarImports:
    """Answers for all modules of a project, each once."""

    def __init__(self, project: NameIndex[Any]) -> None:
        self._project = project
        self._cached: dict[Path, _Cached] = {}
        self._edition = project.edition
        self._searched: Counter[Path] = Counter()

    def provides(self, module: ModuleFacts, star: ImportFacts, name: str) -> Provides:
        """Whether the star import of `module` binds `name`."""
        project, key = self._project, (star.module, name)
        if self._edition != project.edition:
            self._edition = project.edition
            self._cached.clear()
        cached = self._cached.get(module.path)
        if (
            cached is not None
            and key in cached.found
            and project.is_current((project.edition, None), cached.dependencies)
        ):
            project.replay(cached.dependencies)
            return cached.found[key]
        with project.recording() as seen:
            answer = self._provides(module.path, star.module, name, frozenset())
        own = project.own_path
        # What the file at hand says is no dependency of its own, but one of all other files.
        if own is None or (own != module.path and own not in seen.lookups.values()):
            cached = self._cached.setdefault(module.path, _Cached())
            cached.found[key] = answer
            cached.dependencies.update(seen)
        return answer

    def _provides(self, near: Path, star: str, name: str, trail: frozenset[Path]) -> Provides:
        path = self._project.path_of(star, near)
        if path is None:
            return "unclear"
        if self._lacks(path, name):
            return "no"
        facts = self._project.facts_of(path)
        if facts is None or facts.exports_unclear or path in trail:
            return "unclear"
        if facts.exports is not None:
            return "yes" if name in facts.exports else "no"
        if name.startswith("_"):
            return "no"
        if name in facts.bindings:
            return "yes"
        deeper = [self._provides(path, item.module, name, trail | {path}) for item in facts.stars]
        if "unclear" in deeper:
            return "unclear"
        return "yes" if "yes" in deeper else "no"

    def _lacks(self, path: Path, name: str) -> bool:
        """True where the text of a module that is not worth parsing, or is unclear, lacks the word.

        Packages that star-import hundreds of large modules would cost a parse of them all.
        """
        if self._searched[path] >= _SEARCHES or self._project.has_facts(path):
            facts = self._project.facts_of(path)
            if facts is not None and not facts.exports_unclear:
                return False
        self._searched[path] += 1
        return self._project.cannot_name(path, name)
