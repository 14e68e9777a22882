"""Rules of owner files, and those of many that decide for a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fixaudit.codeowners.path_pattern import PathPattern


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """A line of an owner file: the paths it is about, and who owns them; () for nobody.

    Attributes:
        section: the number of its section, 0 for the first; a file of GitHub is one section.
        excludes: takes its paths out of the section, whatever other rules say.
    """

    line: int
    pattern: PathPattern
    owners: tuple[str, ...]
    section: int = 0
    excludes: bool = False


class RuleIndex:
    """Rules by what they need of a path.

    A path asks for its own folders, names and suffixes, so rules for others cost it nothing: most
    rules of a repository of many packages.
    """

    def __init__(self, rules: Iterable[OwnerRule] = ()) -> None:
        self._rules = tuple(rules)
        self._first_decides = not any(rule.section or rule.excludes for rule in self._rules)
        self._below: dict[str, list[int]] = {}
        self._named: dict[str, list[int]] = {}
        self._suffixed: dict[str, list[int]] = {}
        self._any: list[int] = []
        self._around: dict[str, tuple[int, ...]] = {}
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

    def deciding(self, path: str) -> list[OwnerRule]:
        """The rule that decides in each section that has one for the path, sections in order.

        That is the last that matches; but an exclusion counts wherever it stands, as what it takes
        out no other rule of its section takes in again.
        """
        decided: dict[int, OwnerRule] = {}
        for number in sorted(self.candidates(path), reverse=True):
            rule = self._rules[number]
            known = decided.get(rule.section)
            if known is not None and (known.excludes or not rule.excludes):
                continue
            if rule.pattern.expression.match(path) is not None:
                decided[rule.section] = rule
                if self._first_decides:
                    break
        return [decided[section] for section in sorted(decided)]

    def candidates(self, path: str) -> Iterator[int]:
        """The numbers of the rules that may match a path, in no order, some more than once."""
        folder, _, name = path.rpartition("/")
        if folder not in self._around:
            self._around[folder] = tuple(self._of_folder(folder))
        yield from self._around[folder]
        yield from self._at(path, name)

    def _of_folder(self, folder: str) -> Iterator[int]:
        """What its folders add to the candidates of each file in one: asked once a folder."""
        yield from self._any
        path = ""
        for name in folder.split("/") if folder else ():
            path = f"{path}/{name}" if path else name
            yield from self._at(path, name)

    def _at(self, path: str, name: str) -> Iterator[int]:
        yield from self._below.get(path, ())
        yield from self._named.get(name, ())
        yield from self._suffixed.get(name.rpartition(".")[2], ())
