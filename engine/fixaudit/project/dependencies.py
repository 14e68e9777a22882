"""What an answer of the index was built from, so that a cache knows when it is out of date."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fixaudit.hashing import digest as digest
from fixaudit.project.mentions import Search


@dataclass(slots=True)
class Dependencies:
    """Everything that was looked at between two points in time.

    `files` maps a path to the digest of the bytes read, None where it could not be read or parsed.
    `lookups` maps `(module, importing file)` to the file found, None for none or several.
    `searches` maps a search of all texts to a digest of its answer.
    """

    files: dict[Path, str | None] = field(default_factory=dict)
    lookups: dict[tuple[str, Path | None], Path | None] = field(default_factory=dict)
    searches: dict[Search, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.files or self.lookups or self.searches)

    def update(self, other: Dependencies) -> None:
        """Take over what `other` depends on."""
        self.files.update(other.files)
        self.lookups.update(other.lookups)
        self.searches.update(other.searches)
