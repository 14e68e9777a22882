"""Whether a flaw that is not found was there once, and who took it away: that alone proves it gone.

What a codemod does not find may never have been its kind, may have moved, or may be hidden from it.
So the code that the finding objects to is looked for as it was (in the quotation, or in the file as
the report saw it), then in the tree as it is; where it is gone, the ledger or the history must
show the run or the commit. A commit that put something like it in its place is believed only where
it names the finding, or wrote what the report advises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.plan.code_now import CodeNow
from fixaudit.plan.codebase import Tree
from fixaudit.plan.commit_words import gives_id, names_it, repairs
from fixaudit.plan.files_meant import file_named, files_meant
from fixaudit.plan.model import Anchor, Flaw, Status, shows_flaw
from fixaudit.plan.old_code import LONG, OldFiles, alike, bare, plain, telling
from fixaudit.plan.own_code import OwnCode, quotes_of
from fixaudit.plan.past import FileChange, Past
from fixaudit.plan.place_asked import PlaceAsked, titled_names
from fixaudit.plan.proved_by_run import run_that_edited
from fixaudit.plan.repairs import Repairs
from fixaudit.reports.model import ReportFinding


@dataclass(slots=True)
class LookBack:
    """Answers for the places of a plan at which no codemod has a site."""

    tree: Tree
    codemods: dict[str, Codemod]
    pasts: Sequence[Past] = ()
    files: OldFiles = field(default_factory=OldFiles)
    _objected: dict[str, set[str]] = field(default_factory=dict)
    _functions: dict[tuple[str, int], str] = field(default_factory=dict)
    _own: OwnCode = field(init=False)
    _now: CodeNow = field(init=False)
    _repairs: Repairs = field(init=False)

    def __post_init__(self) -> None:
        self._own = OwnCode(self.tree, self.files)
        self._now = CodeNow(self.tree, self.files, self.pasts)
        self._repairs = Repairs(self.tree, self.files, self.pasts)

    def flaw(
        self, finding: ReportFinding, number: int, anchor: Anchor, names: Sequence[str]
    ) -> tuple[Flaw, str]:
        """What is known of the flaw at one place, and by what; `number` is the anchor's in its finding."""
        if any(shows_flaw(site) for site in anchor.sites):
            return Flaw.HERE, ""
        paths = files_meant(finding, anchor, self.pasts, self.files)
        answers = [self._in_file(finding, number, anchor, names, path) for path in paths]
        if len(answers) == 1:
            return answers[0]
        each = "; and ".join(f"{p}: {why}" for p, (_, why) in zip(paths, answers, strict=True))
        flaws = {flaw for flaw, _ in answers}
        if flaws == {Flaw.NOT_HERE}:
            return Flaw.NOT_HERE, each
        return Flaw.NOT_CHECKED, each if Flaw.NOT_HERE in flaws else ""

    def by_run(
        self, finding: ReportFinding, number: int, anchor: Anchor, names: Sequence[str]
    ) -> str | None:
        """The run of fixaudit that repaired a place, as told; None where the ledger shows none."""
        location = anchor.location
        path = anchor.path or (location.path if location else None)
        if path is None or (location and location.outside_tree):
            return None
        file = file_named(path, self.tree)
        if file is None or not any(change.edits for change in self._changes(file)):
            return None
        place = self._asked(finding, number, anchor, names, file)
        at = anchor.line if anchor.status is Status.BY_SYMBOL else None
        names_here = [e.name for e in self.tree.definitions(file) if e.line == at]
        return run_that_edited(
            place, names_here[0] if names_here else place.titled, self.tree, self.files
        )

    def _asked(
        self, finding: ReportFinding, number: int, anchor: Anchor, names: Sequence[str], path: str
    ) -> PlaceAsked:
        location = anchor.location
        cited = location.path if location and location.path else path
        known = ([d for past in self.pasts for d in past.versions(e)] for e in (path, cited))
        versions: list[bytes] = next(filter(None, known), [])  # by its name now, or in the report
        changes = self._changes(path)
        codemods = [self.codemods[name] for name in names]
        own = self._own.of(finding, number, anchor, codemods, versions, changes)
        self._objected.setdefault(finding.id, set()).update(own.lines)
        written = next((past.written for past in self.pasts if past.written), "")
        named = (*(location.symbols if location else ()), *titled_names(finding))
        place = PlaceAsked(
            *(finding, path, anchor.cited, own, tuple(names), versions, changes),
            *(named, written, self.files),
        )
        self._functions[finding.id, number] = place.symbol
        return place

    def _in_file(
        self, finding: ReportFinding, number: int, anchor: Anchor, names: Sequence[str], path: str
    ) -> tuple[Flaw, str]:
        place = self._asked(finding, number, anchor, names, path)
        own = place.own
        advised = self._advised(place, number)
        if advised is not None:
            return advised
        objected = [line for line in own.lines if plain(bare(line)) not in own.advice]
        known = own.told or own.detected
        stands = anchor.quoted or (
            known and bool(objected) and all(self._now.stands_there(place, e) for e in objected)
        )
        put = self._repairs.proof(place, stands=stands)
        if put is not None:
            return Flaw.NOT_HERE, put
        if anchor.quoted:
            why = "the quoted code stands there"
            more = f", and {self._now.silent(names)}" if names else ""
            return Flaw.HERE, why + more
        return self._gone(place)

    def _gone(self, place: PlaceAsked) -> tuple[Flaw, str]:
        own, here = place.own, place.path
        if place.seen is not None and own.told:  # what stood there more than once tells nothing
            once = [e for e in own.lines if place.seen.text.count(plain(e).rstrip(",")) <= 1]
            own = replace(own, lines=once or own.lines)
        if not own.lines:
            return self._without(place) or self._unknown(place)
        standing = [line for line in own.lines if self._now.stands_there(place, line)]
        gone = [line for line in own.lines if line not in standing]
        if own.told and gone and all(self._now.fewer(place, line) for line in standing):
            standing = []  # the others of them are of other code
        if standing and not (gone and (own.detected or self._named_it(place, gone))):
            why = f"some of its code stands at {self._now.at(here, standing[0])}"
            return self._unknown(place, why)
        taken: dict[int, list[str]] = {}
        for line in gone:
            change = self.files.remover(place.changes, line)
            if change is None:
                return self._unseen(place, gone)
            taken.setdefault(place.changes.index(change), []).append(line)
        moved = self._now.moved(place, gone, place.changes[min(taken)])
        if moved is not None:
            whole, why = moved
            return (Flaw.HERE, why) if whole else self._unknown(place, why)
        # Where several changes did it, the first one that proves something is the one.
        answers = [
            self._by(place, lines, place.changes[number])
            for number, lines in sorted(taken.items(), reverse=True)
        ]
        return next((told for told in answers if told[0] is Flaw.NOT_HERE), answers[-1])

    def _without(self, place: PlaceAsked) -> tuple[Flaw, str] | None:
        """The answer for a file that is cited as a whole and that a change took away."""
        last = place.changes[0] if place.changes else None
        if (
            place.cited is None
            and last is not None
            and last.after is None
            and place.path not in self.tree.files
        ):
            return self._by(place, [], last)
        return None

    def _unseen(self, place: PlaceAsked, gone: Sequence[str]) -> tuple[Flaw, str]:
        """The answer for own code that no change took away: its file may have another name now."""
        longest, held = max(gone, key=len), place.path in self.tree.files
        if not held and len(plain(longest)) >= LONG:
            for other in self.tree.files:
                if all(self._now.stands(other, line) for line in gone):
                    return Flaw.HERE, f"its code stands at {self._now.at(other, longest)} now"
        return self._unknown(place, "its code is not in the file" if held else "")

    def _by(self, place: PlaceAsked, gone: list[str], change: FileChange) -> tuple[Flaw, str]:
        """What a change that took all of the own code away proves."""
        what = "the file" if change.after is None else "its code"
        told = f"{what} went with {change.by.told()}"
        if gives_id(change.by.text, place.finding):
            return Flaw.NOT_HERE, told
        if self._repairs.undone(place, gone):
            return self._unknown(place, f"{told}: look whether that was the fix")
        if change.after is not None and (at := self._now.lives_on(place, change)) is not None:
            why = f"{told}, and `{place.symbol}` is in {at} now"
            return self._unknown(place, f"{why}: look whether that was the fix")
        if self._repairs.meant(place, gone, change):
            return Flaw.NOT_HERE, told
        if change.after is None:
            living = self._now.living(place.path, change)
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
        if place.own.detected or (enough and (place.own.told or heals or not replaced)):
            return Flaw.NOT_HERE, told
        return self._unknown(place, f"{told}: look whether that was the fix")

    def _unknown(self, place: PlaceAsked, why: str = "") -> tuple[Flaw, str]:
        reasons = [self._now.silence(place)] + ([why] if why else [])
        reasons += [past.missing for past in self.pasts if past.missing][:1]
        told = " ".join(reasons)
        named = next((c for c in place.changes if gives_id(c.by.text, place.finding)), None)
        if named is not None and named.by.name not in told:
            reasons.append(f"{named.by.told()} names it: look whether that was the fix")
        return Flaw.NOT_CHECKED, "; ".join(reasons)

    # ---------------------------------------------------------------- the report's advice

    def _advised(self, place: PlaceAsked, number: int) -> tuple[Flaw, str] | None:
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
        if any(self._now.stands(place.path, line) for line in objected):
            return None
        code = [s.code for s in place.finding.snippets if s.role == "recommended"]
        lines = [line for text in code for line in telling(text.splitlines())]
        fresh = [bare(line) for line in lines if not old.holds(bare(line))]
        there = [line for line in fresh if self._now.stands(place.path, line)]
        if 2 * len(there) < len(fresh) or not any(len(plain(line)) >= LONG for line in there):
            return None
        change = self.files.bringer(place.changes, max(there, key=len))
        if change is None:
            return None
        return Flaw.NOT_HERE, f"the code that the report advises is there since {change.by.told()}"

    # ---------------------------------------------------------------- the tree as it is

    def function(self, finding: ReportFinding, number: int) -> str:
        """The function that a place lay in when the report was written, as far as it was looked at."""
        return self._functions.get((finding.id, number), "")

    def stands_in(self, finding: ReportFinding, path: str) -> bool:
        """True where code that a finding objects to, at any of its places, stands in a file."""
        lines = telling(self._objected.get(finding.id, ()))
        return any(self._now.stands(path, line) for line in lines)

    def _changes(self, path: str) -> list[FileChange]:
        return [change for past in self.pasts for change in past.changes(path)]

    def _like(self, place: PlaceAsked, gone: Sequence[str], change: FileChange) -> str | None:
        """The line that looks like a changed form of the own code: in its place, or in the file;
        of code in which a codemod finds the flaw, one that has such a site."""
        if place.own.detected and place.path not in self.tree.files:
            codemods = [self.codemods[name] for name in place.codemods]
            found = self._own.found_in(change.after, codemods) if change.after else []
            put = self.files.in_place(change, gone)
            texts = [text for text in found if text in put]
        elif place.own.detected:
            sites = self.tree.sites_in(place.path, place.codemods)
            at = {site.line for site in sites if site.finding.verdict is not Verdict.LEAVE}
            texts = [text for n, text in enumerate(self.tree.lines(place.path), 1) if n in at]
        else:
            texts = self.files.in_place(change, gone)
        like = next((text for line in gone for text in texts if alike(line, text)), None)
        return like and " ".join(like.split())[:80]

    def _named_it(self, place: PlaceAsked, gone: Sequence[str]) -> bool:
        """True where one change that names the finding took all of these lines away."""
        removers = {self.files.remover(place.changes, line) for line in gone} - {None}
        return len(removers) == 1 and all(
            c and names_it(c.by.text, place.finding) for c in removers
        )
