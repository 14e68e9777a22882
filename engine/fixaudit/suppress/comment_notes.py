"""What is told of `# fixaudit:` comments that say nothing known, or suppress nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from fixaudit.errors import SourceError
from fixaudit.model.outcome import Note
from fixaudit.suppress.suppressions import NamedCodemod, Suppressions, own_comments
from fixaudit.text.encoding import decode


@dataclass(frozen=True, slots=True)
class Asked:
    """The codemods that comments of a file may name, and those that look at it.

    `available` is None where some are not known by name. `is_whole` says that all run which the
    configuration selects: only then is a comment unused that does not name one codemod.
    """

    available: Sequence[NamedCodemod] | None
    ran: Sequence[NamedCodemod]
    is_whole: bool

    def without(self, skipped: Collection[str]) -> Asked:
        """The same, but for codemods that were not asked about this file."""
        if not skipped:
            return self
        ran = [codemod for codemod in self.ran if codemod.name not in skipped]
        return replace(self, ran=ran, is_whole=False)

    def notes(
        self, path: str, comments: Suppressions, used_later: Collection[str | None] = ()
    ) -> tuple[Note, ...]:
        """The notes of a file whose findings were all looked up in `comments`.

        `used_later` are names in comments that suppressed something in a changed text.
        """
        wrong = comments.mistakes(self.available)
        unused = comments.unused(self.ran, is_whole=self.is_whole, used_later=used_later)
        found = [Note(path, "suppression", entry.message, entry.line) for entry in wrong]
        found += [Note(path, "unused-suppression", entry.message, entry.line) for entry in unused]
        return tuple(sorted(found, key=lambda note: note.line or 0))

    def notes_of_unjudged(self, path: str, data: bytes) -> tuple[Note, ...]:
        """The notes of a file in which no codemod can find anything."""
        try:
            comments = own_comments(decode(data).body)
        except SourceError:  # it is told where the file is parsed
            return ()
        return () if comments is None else self.notes(path, comments)
