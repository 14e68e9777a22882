"""Where code of the past stands in the tree as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fixaudit.model.finding import Verdict
from fixaudit.plan.codebase import Tree, squeeze, touches
from fixaudit.plan.old_code import LONG, OldFiles, followed, plain
from fixaudit.plan.past import FileChange, Past
from fixaudit.plan.place_asked import PlaceAsked
from fixaudit.plan.wording import silence

_DEFINED = re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)")
_SHOWN = 2
"""Sites that are left which are told one by one."""
_EVERYWHERE = ("main", "setUp")
"""Names that many files define."""


@dataclass(slots=True)
class CodeNow:
    """Asks the tree for lines and definitions that files had once."""

    tree: Tree
    files: OldFiles
    pasts: Sequence[Past]

    def stands(self, path: str, line: str) -> bool:
        """True where a file holds a line, however laid out."""
        return path in self.tree.files and self.files.of(self.tree.data(path)).holds(line)

    def stands_there(self, place: PlaceAsked, line: str) -> bool:
        """True where a line of own code stands in the file; one that is short or stood in it
        more than once, in the place's function."""
        if not self.stands(place.path, line):
            return False
        key = plain(line).rstrip(",")
        everywhere = place.seen.text.count(key) if place.seen is not None else 0
        if len(key) >= LONG and everywhere <= plain(place.seen_there).count(key):
            return True
        region = place.region(self.files.of(self.tree.data(place.path)), place.symbol)
        return region is None or key in plain("\n".join(region))

    def fewer(self, place: PlaceAsked, line: str) -> bool:
        """True for a line of own code that stands in the place's function less often than it did."""
        region = place.region(self.files.of(self.tree.data(place.path)), place.symbol)
        key = plain(line).rstrip(",")
        before = plain(place.seen_there).count(key)
        return region is not None and plain("\n".join(region)).count(key) < before

    def at(self, path: str, line: str) -> str:
        """`path:line` of a line of a file, as told."""
        text, where = self.tree.squeezed(path)
        start = text.find(squeeze(line))
        return path if start < 0 else f"{path}:{where[start]}"

    def moved(
        self, place: PlaceAsked, lines: Sequence[str], change: FileChange
    ) -> tuple[bool, str] | None:
        """Whether all of the code that a change took out of a file stands in another one now, and where:
        moved by the same change, or written there since; None for what that file had all along, and for
        what was written there since where the place's function stands, or for an import; unless the report
        tells of that file."""
        longest = max(lines, key=len)
        words = re.findall(r"[A-Za-z_]\w{3,}", longest)
        if len(plain(longest)) < LONG or not words:
            return None
        word = max(words, key=len)
        own = place.path in self.tree.files and self.files.of(self.tree.data(place.path))
        imports = longest.startswith(("import ", "from "))
        stays = own and (imports or place.region(own, place.symbol) is not None)
        for other in self.tree.files:
            if other == place.path or not (
                self.tree.holds(other, word) and self.stands(other, longest)
            ):
                continue
            at = self.at(other, longest)
            # Under its own name only: what is followed may be copied from just this file.
            theirs = [c for past in self.pasts for c in past.changes(other, follow=False)]
            brought = self.files.bringer(theirs, longest)
            if brought is not None and brought.by != change.by:
                told = other.rpartition("/")[2] in place.finding.problem
                if not told and (stays or brought.by.date < change.by.date):
                    continue
                return False, f"the same code stands at {at} now"
            if all(self.stands(other, line) for line in lines):
                return True, f"its code stands at {at} now"
            return False, f"some of its code stands at {at} now"
        return None

    def living(self, gone: str, change: FileChange) -> tuple[str, str] | None:
        """A file of the tree that defines what a file that is gone defined, and the name."""
        matches = [_DEFINED.match(line) for line in self.files.of(change.before).lines]
        names = {match[1] for match in matches if match and not match[1].startswith("__")}
        names.difference_update(_EVERYWHERE)
        defines = _defining(names)
        for path in self.tree.files:
            if path == gone or not any(self.tree.holds(path, name) for name in names):
                continue
            for found in defines.finditer("\n".join(self.tree.lines(path))):
                if not self._before(path, found[0], change):
                    return path, found[1]
        return None

    def lives_on(self, place: PlaceAsked, change: FileChange) -> str | None:
        """The file that defines the place's function now, where a change took it out of its own."""
        assert change.after is not None
        before, after = self.files.of(change.before), self.files.of(change.after)
        name = place.symbol.rpartition(".")[2]
        defines = _defining((name,))
        if not name or not defines.search(before.code) or defines.search(after.code):
            return None
        for path in self.tree.files:
            found = self.tree.holds(path, name) and defines.search("\n".join(self.tree.lines(path)))
            if found and path != place.path and not self._before(path, found[0], change):
                return path
        return None

    def _before(self, path: str, line: str, change: FileChange) -> bool:
        """True where a file held a line already when a change took another file away."""
        theirs = [c for past in self.pasts for c in past.changes(path, follow=False)]
        older = [c for c in theirs if c.by != change.by and c.by.date <= change.by.date]
        return any(c.after is not None and self.files.of(c.after).holds(line) for c in older)

    def silence(self, place: PlaceAsked) -> str:
        """What the codemods that are meant say of a place, as told."""
        there = self._cited_now(place)
        sites = self.tree.sites_in(place.path, place.codemods)
        at = [s for s in sites if there is None or any(touches(s, (n, n)) for n in there)]
        left = [site for site in at if site.finding.verdict is Verdict.LEAVE]
        told = silence(place.codemods, {site.finding.codemod for site in at})
        if len(left) < len(at) or not left:
            return told
        reasons = dict.fromkeys(
            f"`{s.finding.codemod}` leaves line {s.line}: {s.finding.reason}" for s in left
        )
        quiet = {site.finding.codemod for site in left} >= set(place.codemods)
        return "; ".join([*list(reasons)[:_SHOWN], *([] if quiet else [told])])

    def _cited_now(self, place: PlaceAsked) -> list[int] | None:
        """The cited lines as the file numbers them now; as they are cited where that is not known."""
        if place.cited is None or place.path not in self.tree.files:
            return None
        cited = list(range(place.cited[0], place.cited[1] + 1))
        if place.seen is None:
            return cited
        now = self.files.of(self.tree.data(place.path))
        return list(followed(place.seen, now, place.cited)) or cited

    def silent(self, codemods: Sequence[str]) -> str:
        """The same of codemods that find nothing, wherever they looked."""
        return silence(codemods, ())


def _defining(names: Collection[str]) -> re.Pattern[str]:
    """Finds the definitions of functions and classes of some names, the name in the first group."""
    wanted = rf"^\s*(?:async\s+)?(?:def|class)\s+({'|'.join(sorted(map(re.escape, names)))})\b"
    return re.compile(wanted, re.MULTILINE)
