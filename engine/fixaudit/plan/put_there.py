"""What was missing leaves no code behind: proofs by what a commit put at a place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fixaudit.plan.advice import advised_names, coded_names, names_of, says_to_write
from fixaudit.plan.codebase import Tree
from fixaudit.plan.commit_words import gives_id, has_own_id, names_code, names_it
from fixaudit.plan.old_code import LONG, OldFiles, bare, plain, telling
from fixaudit.plan.past import FileChange
from fixaudit.plan.place_asked import PlaceAsked
from fixaudit.plan.repair_claimed import SAYS_SO, claims, does_as_advised
from fixaudit.plan.said_in_code import CODE, among, joined, says_in_words, says_so, words

_DISTINCT = 12
"""Characters of a name with an underscore that no two programs choose by chance."""


@dataclass(slots=True)
class PutThere:
    """Asks what changes put at a place since the report was written. See `proof`."""

    tree: Tree
    files: OldFiles

    def proof(self, place: PlaceAsked, *, stands: bool) -> str | None:
        """Which change repaired a place by what it put there, as told; None where nothing shows it.

        A commit shows it that says so of this finding and put code there, in its message or beside the
        code; or that put there what the report advises, by name or word for word, where the file had it
        not and has it now. `stands` says that all of the code that the report objects to is there still:
        then only a message counts that says so plainly, or a name in the code that it advises.
        """
        finding = place.finding
        names = [name for name in (*place.named, place.symbol.rpartition(".")[2]) if name]
        for change in reversed(place.later):
            said = claims(change, finding, names, plainly=stands)
            if said and self.changed(place, change):
                return f"{change.by.told()} {SAYS_SO} there"
            if not stands and self._followed(place, change):
                return f"{change.by.told()} says that it did there what the report advises"
            if not stands and self._remarked(place, change):
                return f"{change.by.told()} repaired it there, as a remark of it says"
        for change in reversed(place.since):
            what = self._asked(place, change, stands)
            if what is not None and _stands(what, self._now(place)):
                return f"{change.by.told()} put `{what}` there"
            line = self._worded(place, change, stands)
            line = line if stands else line or self._said(place, change)
            if line is not None and _half_stands(line, self._now(place)):
                return f"{change.by.told()} put `{' '.join(line.split())[:80]}` there"
        return None

    def meant(self, place: PlaceAsked, gone: Sequence[str], change: FileChange) -> bool:
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

    def _asked(self, place: PlaceAsked, change: FileChange, stands: bool) -> str | None:
        """What a change put at a place of that which the report asks for; beside code that stands, only
        what its advised code holds and the file did not."""
        if change.after is None or place.seen is None:
            return None
        after, seen = self.files.of(change.after).code, place.seen.code
        advised = advised_names(place.finding)
        # What the title calls the flaw is not what is asked for.
        flawed = names_of(place.finding.title)
        told = advised_names(place.finding, told=True) - advised - flawed
        names = [name for name in sorted(advised | told, key=_longest) if name in after]
        if stands:
            coded = coded_names(place.finding)
            names = [n for n in names if n in coded and place.symbol and not _stands(n, seen)]
        fresh = [name for name in names if not _stands(name, place.seen_there)]
        text = "\n".join(_code(self.put_in(place, change, place.symbol))) if fresh else ""
        beside = [e for n in place.beside for e in _code(self.put_in(place, change, n)) if fresh]
        for name in fresh:
            known = name in advised or change.with_report or not _stands(name, seen)
            if known and _stands(name, text) and (place.cited or place.symbol or _distinct(name)):
                return name
            coined = name in advised and _distinct(name) and not _stands(name, seen)
            if coined and _stands(name, "\n".join(beside)):
                return name
        return None if stands else self._written(place, change)

    def _followed(self, place: PlaceAsked, change: FileChange) -> bool:
        """True for a change that says that it did what the report advises, and put code for it there."""
        put = "\n".join(self.put_in(place, change, place.symbol))
        return bool(put) and does_as_advised(change, place.finding, put)

    def _worded(self, place: PlaceAsked, change: FileChange, stands: bool) -> str | None:
        """A remark that a change put beside code at a place, and that tells of the repair in the finding's
        own words; beside code that stands, only with a name that is advised and that the file had not.
        """
        finding = place.finding
        if place.cited is None and not place.symbol:
            return None
        put = self.put_in(place, change, place.symbol)
        if not any(CODE.search(line) for line in put if not line.lstrip().startswith("#")):
            return None
        if stands:
            text, seen = "\n".join(map(bare, put)), place.seen.code if place.seen else ""
            names = [n for n in advised_names(finding) if "." in n or _distinct(n)]
            if not any(_stands(n, text) and not _stands(n, seen) for n in names):
                return None
        told = f"{finding.title}\n{finding.problem}\n{finding.recommendation}"
        return says_in_words(told, put)

    def _said(self, place: PlaceAsked, change: FileChange) -> str | None:
        """A line that a change put there and that says what the finding's title asks for; of a file as a
        whole, at its top level."""
        whole = place.cited is None and not place.symbol
        for symbol in dict.fromkeys((place.symbol, place.titled)):
            put = self.put_in(place, change, symbol)
            if whole:
                put = [e for e in put if e[:1] == "#" or (e[:1].strip() and CODE.search(e))]
            if (found := says_so(place.finding.title, put, place.seen_there)) is not None:
                return found
        return None

    def _remarked(self, place: PlaceAsked, change: FileChange) -> bool:
        """True for a change that put a remark with the finding's own id into the file, with a word of its
        title there or in the code right behind; of the only place of the finding in that file."""
        finding = place.finding
        known = change.after is not None and finding.id in self.files.of(change.after).code
        if not known or not has_own_id(finding) or not place.only:
            return False
        asked = words(finding.title)
        return any(
            line.startswith("#")
            and gives_id(line, finding)
            and among(asked, words(line + "\n" + code))
            for line, code in pairwise(joined(self.files.put_at(change, None)))
        )

    def _written(self, place: PlaceAsked, change: FileChange) -> str | None:
        """A whole line of the advice that a change wrote at the top level of the file, as an import."""
        if place.seen is None or change.after is None:
            return None
        held = {*self.files.of(change.before).lines, *place.seen.lines}
        for line in self.files.of(change.after).lines:
            if line and not line[0].isspace() and line not in held:
                if says_to_write(line, place.finding) and not place.seen.has_line(line):
                    return " ".join(bare(line).split())
        return None

    def changed(self, place: PlaceAsked, change: FileChange) -> bool:
        """True for a change that put code at a place, or into a function that the title names."""
        return any(
            any(telling(self.put_in(place, change, symbol)))
            for symbol in (place.symbol, place.titled)
        )

    def put_in(self, place: PlaceAsked, change: FileChange, symbol: str) -> list[str]:
        """The lines that a change put into a function, or at and right behind the lines of a place;
        anywhere in the file where neither is known."""
        if change.after is None:
            return []
        before, after = self.files.of(change.before), self.files.of(change.after)
        old, new = place.region(before, symbol), place.region(after, symbol)
        if old is not None and new is not None:
            known = plain("\n".join(old))
            return [line for line in new if plain(bare(line)).rstrip(",") not in known]
        if place.cited is not None and change.before in place.versions:
            return self.files.put_at(change, place.cited)
        return self.files.put_at(change, None) if place.cited is None and not symbol else []

    def _now(self, place: PlaceAsked) -> str:
        """The code of the file as it is; empty where it is gone."""
        there = place.path in self.tree.files
        return self.files.of(self.tree.data(place.path)).code if there else ""


def _stands(name: str, text: str) -> bool:
    if name not in text:
        return False
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _half_stands(line: str, text: str) -> bool:
    """True where half of the words of a line are in a text: it may be worded anew there."""
    said = words(line)
    return 2 * len(among(said, words(text))) >= len(said)


def _code(lines: Sequence[str]) -> list[str]:
    """The lines without their remarks: what is only spoken of is not put there."""
    return [bare(line) for line in lines if not line.lstrip().startswith("#")]


def _distinct(name: str) -> bool:
    return "_" in name.strip("_") and len(name) >= _DISTINCT


def _longest(name: str) -> tuple[int, str]:
    return -len(name), name
