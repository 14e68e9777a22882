"""Rules of owner files, and the last one of many that matches a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixaudit.codeowners.path_pattern import PathPattern


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """A line of an owner file: the paths it is about, and who owns them; () for nobody."""

    line: int
    pattern: PathPattern
    owners: tuple[str, ...]


class RuleIndex:
    """Rules by what they need of a path.

    A path asks for its own folders, names and suffixes, so rules for others cost it nothing: most
    rules of a repository of many packages.
    """

    def __init__(self, rules: Iterable[OwnerRule]) -> None:
        self._rules = tuple(rules)
        self._matches = [rule.pattern.expression.match for rule in self._rules]
        self._below: dict[str, list[int]] = {}
        self._named: dict[str, list[int]] = {}
        self._suffixed: dict[str, list[int]] = {}
        self._any: list[int] = []
        for number, rule in enumerate(self._rules):
            pattern = rule.pattern
            if pattern.below:
                self._below.setdefault(pattern.below, []).append(number)
            elif pattern.name:
                self._named.setdefault(pattern.name, []).append(number)
            elif pattern.suffix:
                self._suffixed.setdefault(pattern.suffix, []).append(number)
            else:
                self._any.append(number)

    def __len__(self) -> int:
        return len(self._rules)

    def last(self, path: str) -> OwnerRule | None:
        """The last rule that matches a path; None where none does."""
        for number in sorted(self.candidates(path), reverse=True):
            if self._matches[number](path) is not None:
                return self._rules[number]
        return None

    def candidates(self, path: str) -> Iterator[int]:
        """The numbers of the rules that may match a path, in no order, some more than once."""
        yield from self._any
        end = path.find("/")
        while end != -1:
            yield from self._below.get(path[:end], ())
            end = path.find("/", end + 1)
        yield from self._below.get(path, ())
        for name in set(path.split("/")):
            yield from self._named.get(name, ())
            yield from self._suffixed.get(name.rpartition(".")[2], ())


@dataclass(frozen=True, slots=True)
class OwnerSection:
    """Rules of which one decides; a file of GitHub is one section, without exclusions."""

    name: str
    rules: RuleIndex
    exclusions: RuleIndex

    def deciding(self, path: str) -> OwnerRule | None:
        """The rule that says who owns a path in this section; None where none does.

        An exclusion counts wherever it stands: what it takes out no other rule takes in again.
        """
        return self.exclusions.last(path) or self.rules.last(path)
