"""The lines of an owner file, and what is said of one that cannot be read as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fixaudit.codeowners.path_pattern import PathPattern, PatternError
from fixaudit.errors import ConfigError
from fixaudit.text.visible import visible

_BLANKS = " \t\r\f\v"
_SPACE = re.compile(r"(?<!\\)[ \t\f\v]+")
_MOST_SHOWN = 60


@dataclass(slots=True)
class OwnerLines:
    """The text of an owner file; `name` is what messages call it.

    As it is read, `notes` grow, and `files` by the paths that stand for a file, by their lines.
    """

    name: str
    text: str
    notes: list[str] = field(default_factory=list)
    files: dict[int, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """The number and the text of each line that is neither blank nor a comment."""
        for number, line in enumerate(self.text.split("\n"), 1):
            line = line.strip(_BLANKS)
            if line and not line.startswith("#"):
                yield number, line

    def refused(self, number: int, what: str) -> ConfigError:
        return ConfigError(f"{self.name}:{number}: {what}")

    def note(self, number: int, what: str) -> None:
        """Say something of a line that the host reads in a way its author may not expect."""
        self.notes.append(f"{self.name}:{number}: {what}")

    def pattern(self, number: int, text: str, read: Callable[[str], PathPattern]) -> PathPattern:
        """Raises ConfigError with what `read` says of a pattern that matches nothing."""
        try:
            return read(text)
        except PatternError as error:
            raise self.refused(number, f"{quoted(text)} is no path pattern: {error}") from error


def split_rule(line: str) -> tuple[str, list[str]]:
    """The pattern of a line, its spaces escaped by backslashes, and the words behind it."""
    pattern, *rest = _SPACE.split(line, maxsplit=1)
    return pattern, rest[0].split() if rest else []


def quoted(text: str) -> str:
    shown = visible(text)
    return f"`{shown if len(shown) <= _MOST_SHOWN else shown[:_MOST_SHOWN] + '…'}`"


def if_of_path(word: str) -> str:
    """Advice about a word that is no owner, where a path with spaces may have been meant."""
    return "" if "@" in word else "; in a path write `\\ ` for a space"
