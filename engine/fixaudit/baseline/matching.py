"""Which findings a baseline knows: each entry stands for one finding, the surest matches first.

1. the same file, symbol and tokens;
2. the same file and tokens, where the symbol of the entry is gone: a function was renamed or cut up;
3. the same symbol and tokens in another file, where the entry's file is gone or git calls it renamed.

So a site that was mended and another one that came in the same function are one resolved and one new.
Tokens leave out what a formatter changes, so there is no looser match by symbol alone.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixaudit.baseline.entries import BaselineEntry
from fixaudit.model.outcome import LocatedFinding


@dataclass(frozen=True, slots=True)
class TreeNow:
    """What is asked of the tree as it is.

    Attributes:
        exists: whether there is a file.
        symbols: the functions and classes of a file.
        renamed: new paths of files by the old ones, as git tells; asked where an old one still is.
    """

    exists: Callable[[str], bool]
    symbols: Callable[[str], Collection[str]]
    renamed: Callable[[], Mapping[str, str]] = dict


@dataclass(frozen=True, slots=True)
class Matched:
    """A finding that the baseline knows, and the entry, of another place where it was `moved`."""

    site: LocatedFinding
    entry: BaselineEntry

    @property
    def moved(self) -> bool:
        return (self.site.path, self.site.symbol) != (self.entry.path, self.entry.symbol)


@dataclass(slots=True)
class Comparison:
    """Findings against a baseline.

    Attributes:
        known: in the baseline. new: not in it, of codemods it speaks of.
        apart: findings of codemods that it never ran.
        resolved: what it has beyond the findings, of the files that were judged and of those gone.
        kept: entries of all other files and codemods.
    """

    known: list[Matched] = field(default_factory=list)
    new: list[LocatedFinding] = field(default_factory=list)
    apart: list[LocatedFinding] = field(default_factory=list)
    resolved: list[BaselineEntry] = field(default_factory=list)
    kept: list[BaselineEntry] = field(default_factory=list)


def compare(
    entries: Iterable[BaselineEntry],
    sites: Sequence[LocatedFinding],
    tree: TreeNow,
    *,
    speaks_of: Callable[[LocatedFinding], bool],
    concerns: Callable[[BaselineEntry], bool],
) -> Comparison:
    """Match findings and entries, both with paths relative to the tree.

    Args:
        speaks_of: whether the baseline knows the codemod of a finding.
        concerns: whether the run could have told that an entry is resolved: its codemod ran, and its
            file was judged or, gone, would have been.
    """
    found = Comparison()
    pool = _Pool(entries)
    rest = list(_matched(found, pool, sites, lambda site: [recorded(site)]))
    for candidates in (_SameFile, _OtherFile):
        if rest and pool.left:
            rest = list(_matched(found, pool, rest, candidates(tree, pool)))
    for site in rest:
        (found.new if speaks_of(site) else found.apart).append(site)
    for entry in pool.remaining():
        (found.resolved if concerns(entry) else found.kept).append(entry)
    return found


class _Pool:
    """Entries that no finding has taken yet."""

    def __init__(self, entries: Iterable[BaselineEntry]) -> None:
        self.counts: dict[BaselineEntry, int] = {}
        for entry in entries:
            kind = replace(entry, count=1)
            self.counts[kind] = self.counts.get(kind, 0) + entry.count

    @property
    def left(self) -> bool:
        return any(self.counts.values())

    def take(self, entry: BaselineEntry) -> bool:
        """True where there was one more of an entry."""
        if not self.counts.get(entry, 0):
            return False
        self.counts[entry] -= 1
        return True

    def remaining(self) -> Iterator[BaselineEntry]:
        for entry, count in self.counts.items():
            if count:
                yield replace(entry, count=count)


def recorded(site: LocatedFinding) -> BaselineEntry:
    """The entry of a finding."""
    return BaselineEntry(site.path, site.finding.codemod, site.symbol, site.tokens)


def _left_by(
    pool: _Pool, key: Callable[[BaselineEntry], tuple[str, str, str]]
) -> dict[tuple[str, str, str], list[BaselineEntry]]:
    """What no finding has taken, by what two entries have in common."""
    found: defaultdict[tuple[str, str, str], list[BaselineEntry]] = defaultdict(list)
    for entry in pool.remaining():
        found[key(entry)].append(replace(entry, count=1))
    return found


class _SameFile:
    """Entries of the same file and tokens whose symbol is gone."""

    def __init__(self, tree: TreeNow, pool: _Pool) -> None:
        self._tree = tree
        self._entries = _left_by(pool, _by_file)
        self._symbols: dict[str, Collection[str]] = {}

    def __call__(self, site: LocatedFinding) -> Iterable[BaselineEntry]:
        entries = self._entries.get(_by_file(recorded(site)), ())
        return (each for each in entries if self._is_gone(each))

    def _is_gone(self, entry: BaselineEntry) -> bool:
        if not entry.symbol:
            return False
        if entry.path not in self._symbols:
            self._symbols[entry.path] = self._tree.symbols(entry.path)
        return entry.symbol not in self._symbols[entry.path]


class _OtherFile:
    """Entries of the same symbol and tokens whose file is gone, or renamed to the finding's."""

    def __init__(self, tree: TreeNow, pool: _Pool) -> None:
        self._tree = tree
        self._entries = _left_by(pool, _by_symbol)
        self._renamed: Mapping[str, str] | None = None

    def __call__(self, site: LocatedFinding) -> Iterable[BaselineEntry]:
        entries = self._entries.get(_by_symbol(recorded(site)), ())
        usable = [each for each in entries if self._may_be(each, site.path)]
        return sorted(usable, key=lambda each: (-_alike(each.path, site.path), each))

    def _may_be(self, entry: BaselineEntry, path: str) -> bool:
        if entry.path == path:
            return False
        if not self._tree.exists(entry.path):
            return True
        if self._renamed is None:
            self._renamed = self._tree.renamed()
        return self._renamed.get(entry.path) == path


def _by_file(entry: BaselineEntry) -> tuple[str, str, str]:
    return entry.path, entry.codemod, entry.tokens


def _by_symbol(entry: BaselineEntry) -> tuple[str, str, str]:
    return entry.codemod, entry.symbol, entry.tokens


def _alike(one: str, two: str) -> int:
    """How many parts of two paths agree, from the end."""
    parts = zip(
        reversed(posixpath.normpath(one).split("/")), reversed(two.split("/")), strict=False
    )
    count = 0
    for left, right in parts:
        if left != right:
            break
        count += 1
    return count


def _matched(
    found: Comparison,
    pool: _Pool,
    sites: Sequence[LocatedFinding],
    candidates: Callable[[LocatedFinding], Iterable[BaselineEntry]],
) -> Iterator[LocatedFinding]:
    """Note what candidates there are for; give the findings without any."""
    for site in sites:
        entry = next((each for each in candidates(site) if pool.take(each)), None)
        if entry is None:
            yield site
        else:
            found.known.append(Matched(site, entry))
