"""What is known of a codemod without importing it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fixaudit.errors import CodemodError

if TYPE_CHECKING:
    from fixaudit.authoring.codemod import Codemod


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """A codemod's name, code, default, sets, summary and triggers, and where its class stands."""

    name: str
    code: str
    default: bool
    tags: frozenset[str]
    summary: str
    triggers: tuple[bytes, ...]
    pattern: tuple[bytes, int] | None
    """The source and flags of its `trigger_pattern`."""
    module: str
    attribute: str
    known: type[Codemod] | None = field(default=None, repr=False, compare=False)
    folder: str | None = None
    """The folder of a repository whose code may not run; None for what may."""
    is_vague: bool = False
    """True where only the module's name is known, because its code may not run."""
    is_local: bool = False
    """True for a repository's own codemod."""

    @classmethod
    def of(cls, codemod: type[Codemod], *, is_local: bool = False) -> ManifestEntry:
        """The entry of a codemod that is imported."""
        pattern = codemod.trigger_pattern
        return cls(
            codemod.name,
            codemod.code,
            codemod.default,
            codemod.tags,
            codemod.summary(),
            tuple(codemod.triggers),
            None if pattern is None else (pattern.pattern, pattern.flags),
            codemod.__module__,
            codemod.__qualname__,
            codemod,
            is_local=is_local,
        )

    @property
    def trigger_pattern(self) -> re.Pattern[bytes] | None:
        """As `Codemod.trigger_pattern`."""
        return None if self.pattern is None else re.compile(*self.pattern)

    def load(self) -> type[Codemod]:
        """The class itself. Raises CodemodError where its module does not import, or may not run."""
        if self.folder is not None:
            raise CodemodError(f"{self.name}: its folder {self.folder} is not trusted")
        if self.known is not None:
            return self.known
        from fixaudit.registry.loader import loaded

        return loaded(self.module, self.attribute, self.name)


def matching_vaguely(
    entries: Sequence[ManifestEntry], selectors: Iterable[str]
) -> Sequence[ManifestEntry]:
    """The entries; those of which only the module's name is known may be in any set that is asked for."""
    if not any(entry.is_vague for entry in entries):
        return entries
    exact = {word for entry in entries for word in (entry.name, entry.code)}
    sets = frozenset(word for word in selectors if word not in exact)
    return [replace(entry, tags=sets) if entry.is_vague else entry for entry in entries]
