"""Whether a flaw that is not found was there once, and who took it away: that alone proves it gone.

What a codemod does not find may never have been its kind, may have moved, or may be hidden from it.
So the code that the finding objects to is looked for as it was (in the quotation, or in the file as
the report saw it), then in the tree as it is; where it is gone, the ledger or the history must
show the run or the commit. A commit that put something like it in its place is believed only where
it names the finding, or wrote what the report advises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.plan.codebase import Tree, squeeze, touches
from fixaudit.plan.commit_words import gives_id, names_code, names_it, repairs, says_id
from fixaudit.plan.model import Anchor, Flaw, Status
from fixaudit.plan.old_code import LONG, NEAR, OldFiles, alike, bare, plain, telling
from fixaudit.plan.own_code import OwnCode, OwnLines, advised_names, quotes_of
from fixaudit.plan.past import FileChange, Past
from fixaudit.plan.wording import silence
from fixaudit.reports.model import LineRange, ReportFinding

_DEFINED = re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)")


@dataclass(slots=True)
class LookBack:
    """Answers for the places of a plan at which no codemod has a site."""

    tree: Tree
    codemods: dict[str, Codemod]
    pasts: Sequence[Past] = ()
    files: OldFiles = field(default_factory=OldFiles)
    _own: OwnCode = field(init=False)

    def __post_init__(self) -> None:
        self._own = OwnCode(self.tree, self.files)

    def flaw(
        self, finding: ReportFinding, number: int, anchor: Anchor, names: Sequence[str]
    ) -> tuple[Flaw, str]:
        """What is known of the flaw at one place, and by what; `number` is the anchor's in its finding."""
        if anchor.sites:
            return Flaw.HERE, ""
        if anchor.quoted:
            why = "the quoted code stands there"
            more = f", and {silence(names, ())}" if names else ""
            return Flaw.HERE, why + more
        here = anchor.path or (anchor.location.path if anchor.location else None)
        if here is None or _not_to_be_asked(anchor):
            return Flaw.NOT_CHECKED, ""
        versions = [data for past in self.pasts for data in past.versions(here)]
        changes = self._changes(here)
        codemods = [self.codemods[name] for name in names]
        own = self._own.of(finding, number, anchor, codemods, versions, changes)
        place = _Place(finding, here, anchor.cited, own, tuple(names), versions, changes)
        return self._advised(place, number) or self._gone(place)

    def _gone(self, place: _Place) -> tuple[Flaw, str]:
        own, here = place.own, place.path
        if not own.lines:
            return self._filled_in(place) or self._unknown(place)
        standing = [line for line in own.lines if self._stands(here, line)]
        gone = [line for line in own.lines if line not in standing]
        if standing and not (gone and (own.detected or self._named_it(place, gone))):
            why = f"some of its code stands at {self._at(here, standing[0])}"
            return self._filled_in(place) or self._unknown(place, why)
        taken: dict[int, list[str]] = {}
        for line in gone:
            change = self.files.remover(place.changes, line)
            if change is None:
                return self._unseen(place, gone)
            taken.setdefault(place.changes.index(change), []).append(line)
        moved = self._moved(place, gone, place.changes[min(taken)])
        if moved is not None:
            return moved
        # Where several changes did it, the first one that proves something is the one.
        answers = [
            self._by(place, lines, place.changes[number])
            for number, lines in sorted(taken.items(), reverse=True)
        ]
        return next((told for told in answers if told[0] is Flaw.NOT_HERE), answers[-1])

    def _unseen(self, place: _Place, gone: Sequence[str]) -> tuple[Flaw, str]:
        """The answer for own code that no change took away: its file may have another name now."""
        longest = max(gone, key=len)
        if place.path not in self.tree.files and len(plain(longest)) >= LONG:
            for other in self.tree.files:
                if all(self._stands(other, line) for line in gone):
                    return Flaw.HERE, f"its code stands at {self._at(other, longest)} now"
        why = "its code is not in the file"
        return self._filled_in(place) or self._unknown(place, why)

    def _by(self, place: _Place, gone: list[str], change: FileChange) -> tuple[Flaw, str]:
        """What a change that took all of the own code away proves."""
        what = "the file" if change.after is None else "its code"
        told = f"{what} went with {change.by.told()}"
        if self._meant(place, gone, change):
            return Flaw.NOT_HERE, told
        if change.after is None:
            living = self._living(place, change)
            if living is not None:
                why = f"{told}, and `{living[1]}` is in {living[0]} now"
                return self._unknown(place, f"{why}: look whether that was the fix")
            return Flaw.NOT_HERE, told
        now = self._like(place, gone, change)
        if now is not None:
            why = f"its code was changed by {change.by.told()} and reads `{now}` now"
            return self._unknown(place, f"{why}: look whether that was the fix")
        heals = change.with_report or repairs(change.by.text)
        enough = len(gone) > 1 or len(plain(gone[0])) >= LONG
        replaced = self.files.in_place(change, gone)
        if place.own.detected or (enough and (heals or not replaced)):
            return Flaw.NOT_HERE, told
        return self._unknown(place, f"{told}: look whether that was the fix")

    def _unknown(self, place: _Place, why: str = "") -> tuple[Flaw, str]:
        reasons = [self._silence(place)] + ([why] if why else [])
        reasons += [past.missing for past in self.pasts if past.missing][:1]
        told = " ".join(reasons)
        named = next((c for c in place.changes if gives_id(c.by.text, place.finding)), None)
        if named is not None and named.by.name not in told:
            reasons.append(f"{named.by.told()} names it: look whether that was the fix")
        return Flaw.NOT_CHECKED, "; ".join(reasons)

    def _silence(self, place: _Place) -> str:
        sites = self.tree.sites_in(place.path, place.names)
        at = {s.finding.codemod for s in sites if place.cited is None or touches(s, place.cited)}
        return silence(place.names, at)

    def _meant(self, place: _Place, gone: Sequence[str], change: FileChange) -> bool:
        """True for a change that names the finding or its code, or that wrote what the report advises."""
        finding = place.finding
        if names_it(change.by.text, finding) or names_code(change.by.text, gone):
            return True
        put = self.files.in_place(change, gone)
        text = "\n".join(put)
        old = "\n".join(gone)
        if any(name in text and name not in old for name in advised_names(finding)):
            return True
        advice = place.own.advice
        return any(len(plain(line)) >= LONG and plain(bare(line)) in advice for line in put)

    def _filled_in(self, place: _Place) -> tuple[Flaw, str] | None:
        """Gone, where a commit put code at the cited lines, or anywhere in the file where none are
        cited: what was missing leaves no code. It must say by the finding's own id that it
        repaired it, or put there what the report calls by name and the file had not at that place.
        """
        for change in place.changes:
            words, cited = change.by.text, place.cited
            if repairs(words) and says_id(words, place.finding):
                if change.before and self.files.puts(change, cited):
                    return Flaw.NOT_HERE, f"{change.by.told()} says that it repaired it there"
            if cited is not None and change.before in place.versions and change.with_report:
                put = "\n".join(self.files.put_at(change, cited))
                low, high = cited
                old = "\n".join(self.files.of(change.before).lines[max(0, low - 4) : high + NEAR])
                for name in sorted(advised_names(place.finding, told=True)):
                    if name in put and name not in old and self._stands(place.path, name):
                        return Flaw.NOT_HERE, f"{change.by.told()} put `{name}` there"
        return None

    # ---------------------------------------------------------------- the report's advice

    def _advised(self, place: _Place, number: int) -> tuple[Flaw, str] | None:
        """Gone, where most of the code that the report advises was written since, and what it
        objects to is not there beside it."""
        if not place.versions or place.path not in self.tree.files:
            return None
        only = len(place.finding.locations) == 1
        if not only and not quotes_of(place.finding, number, self.tree):
            return None
        advice = place.own.advice
        old = self.files.of(place.versions[0])
        objected = [line for line in place.own.lines if plain(bare(line)) not in advice]
        if any(self._stands(place.path, line) for line in objected):
            return None
        code = [s.code for s in place.finding.snippets if s.role == "recommended"]
        lines = [line for text in code for line in telling(text.splitlines())]
        fresh = [bare(line) for line in lines if not old.holds(bare(line))]
        there = [line for line in fresh if self._stands(place.path, line)]
        if 2 * len(there) < len(fresh) or not any(len(plain(line)) >= LONG for line in there):
            return None
        change = self.files.bringer(place.changes, max(there, key=len))
        if change is None:
            return None
        return Flaw.NOT_HERE, f"the code that the report advises is there since {change.by.told()}"

    # ---------------------------------------------------------------- the tree as it is

    def _stands(self, path: str, line: str) -> bool:
        return path in self.tree.files and self.files.of(self.tree.data(path)).holds(line)

    def _at(self, path: str, line: str) -> str:
        text, where = self.tree.squeezed(path)
        start = text.find(squeeze(line))
        return path if start < 0 else f"{path}:{where[start]}"

    def _moved(
        self, place: _Place, lines: Sequence[str], change: FileChange
    ) -> tuple[Flaw, str] | None:
        """The answer where own code stands in another file now: moved by the same change, or written
        there since; not where that file had it all along."""
        longest = max(lines, key=len)
        words = re.findall(r"[A-Za-z_]\w{3,}", longest)
        if len(plain(longest)) < LONG or not words:
            return None
        word = max(words, key=len)
        for other in self.tree.files:
            if other == place.path or not self.tree.holds(other, word):
                continue
            if not self._stands(other, longest):
                continue
            at = self._at(other, longest)
            # Under its own name only: what is followed may be copied from just this file.
            theirs = [c for past in self.pasts for c in past.changes(other, follow=False)]
            brought = self.files.bringer(theirs, longest)
            if brought is not None and brought.by != change.by:
                if brought.by.date < change.by.date:
                    continue
                return self._unknown(place, f"the same code stands at {at} now")
            if all(self._stands(other, line) for line in lines):
                return Flaw.HERE, f"its code stands at {at} now"
            return self._unknown(place, f"some of its code stands at {at} now")
        return None

    def _changes(self, path: str) -> list[FileChange]:
        return [change for past in self.pasts for change in past.changes(path)]

    def _living(self, place: _Place, change: FileChange) -> tuple[str, str] | None:
        """A file of the tree that defines what a file that is gone defined, and the name."""
        matches = [_DEFINED.match(line) for line in self.files.of(change.before).lines]
        names = {match[1] for match in matches if match and not match[1].startswith("__")}
        defines = re.compile(
            rf"^\s*(?:async\s+)?(?:def|class)\s+({'|'.join(sorted(map(re.escape, names))) or '$.'})\b",
            re.MULTILINE,
        )
        for path in self.tree.files:
            found = defines.search("\n".join(self.tree.lines(path)))
            if found is not None and found[1] not in ("main", "setUp"):
                return path, found[1]
        return None

    def _like(self, place: _Place, gone: Sequence[str], change: FileChange) -> str | None:
        """The line that looks like a changed form of the own code: in its place, or in the file;
        of code in which a codemod finds the flaw, one that has such a site."""
        if place.own.detected and place.path not in self.tree.files:
            codemods = [self.codemods[name] for name in place.names]
            found = self._own.found_in(change.after, codemods) if change.after else []
            put = self.files.in_place(change, gone)
            texts = [text for text in found if text in put]
        elif place.own.detected:
            sites = self.tree.sites_in(place.path, place.names)
            at = {site.line for site in sites if site.finding.verdict is not Verdict.LEAVE}
            texts = [text for n, text in enumerate(self.tree.lines(place.path), 1) if n in at]
        else:
            texts = self.files.in_place(change, gone)
        for line in gone:
            for text in texts:
                if alike(line, text):
                    return " ".join(text.split())[:80]
        return None

    def _named_it(self, place: _Place, gone: Sequence[str]) -> bool:
        """True where one change that names the finding took all of these lines away."""
        removers = {id(c): c for line in gone if (c := self.files.remover(place.changes, line))}
        return len(removers) == 1 and all(
            names_it(change.by.text, place.finding) for change in removers.values()
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """One place that is asked about, and what is known of its past."""

    finding: ReportFinding
    path: str
    cited: LineRange | None
    own: OwnLines
    names: tuple[str, ...]
    versions: list[bytes]
    changes: list[FileChange]


def _not_to_be_asked(anchor: Anchor) -> bool:
    """True for places that lead out, that are no Python, or that may be several of one file."""
    if anchor.status is Status.AMBIGUOUS and anchor.path is not None:
        return True
    outside = anchor.location is not None and anchor.location.outside_tree
    return anchor.status is Status.NOT_PYTHON or outside
