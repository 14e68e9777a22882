"""The later rounds of anchoring: by how far a file's lines have moved, and by the pattern alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.anchor_by_text import by_name_bound
from fixaudit.plan.cited_place import Wanted, moved, unverified
from fixaudit.plan.codebase import Tree, touches
from fixaudit.plan.model import Status
from fixaudit.reports.model import LineRange


@dataclass(slots=True)
class Distances:
    """Settles the places the first round left open; `wanted` holds all of the report."""

    tree: Tree
    wanted: Sequence[Wanted]

    def by_lines(self, path: str, entries: Sequence[Wanted]) -> None:
        """All places of a file together: what is certain of some tells how far the others moved."""
        lined = [entry for entry in entries if entry.cited is not None and entry.codemods]
        firm = [entry for entry in entries if _is_firm(entry)]
        blocks = self._blocks(path)
        self._jointly(path, lined)
        for number in range(-1, len(blocks)):
            self._jointly(path, [e for e in lined if _home(e, blocks) == number])
        for entry in lined:
            if entry.loose:
                self._narrow(entry, path, firm, [e for e in lined if e.loose], blocks)
        open_lines = [e for e in lined if e.anchor is None and not e.quotes]
        if firm:
            for entry in open_lines:
                self._narrow(entry, path, firm, (), blocks)
        else:
            self._all_alike(path, open_lines)
        for entry in lined:
            if entry.anchor is None and entry.quotes:
                self._quoted_freely(entry, path)
            if entry.anchor is None:
                by_name_bound(self.tree, entry, path)

    def _jointly(self, path: str, entries: Sequence[Wanted]) -> None:
        """Where one distance alone fits every place, it is the distance of all."""
        unsure = [
            e for e in entries if e.loose or e.tentative or (e.anchor is None and not e.quotes)
        ]
        sets = [found for entry in entries if (found := self._possible(entry, path))]
        common = set.intersection(*sets) if len(sets) > 1 else set()
        if not unsure or (len(common) != 1 and 0 not in common):
            return
        shift = 0 if 0 in common else common.pop()
        for entry in unsure:
            lines = {line + shift for line in entry.lines}
            sites = entry.region or tuple(self._candidates(entry, path))
            chosen = [s for s in sites if lines & set(range(s.line, max(s.line, s.end_line) + 1))]
            if chosen:
                self._take(entry, path, chosen)

    def _possible(self, entry: Wanted, path: str) -> set[int]:
        if entry.shift is not None:
            return {entry.shift}
        sites = entry.region or tuple(self._candidates(entry, path))
        here = [site for site in sites if touches(site, entry.cited or (0, 0))]
        return {site.line - line for site in sites for line in entry.lines} | (
            {0} if here else set()
        )

    def _narrow(
        self,
        entry: Wanted,
        path: str,
        firm: Sequence[Wanted],
        loose: Sequence[Wanted],
        blocks: Sequence[LineRange],
    ) -> None:
        """Chooses the site whose distance most of the other places share, where one stands out.

        Functions move as a whole: a distance seen in the same one counts for more.
        """
        candidates = entry.region or tuple(self._candidates(entry, path))
        scores = []
        for site in candidates:
            shifts = {site.line - line for line in entry.lines}
            score = 0
            for other in firm:
                if other is not entry and shifts & _shifts(other):
                    score += 6 if _block(blocks, site.line) == _block(blocks, _line(other)) else 3
            for other in loose:
                if other is not entry and shifts & _shifts(other):
                    score += 1
            scores.append((score, site))
        best = max((score for score, _ in scores), default=0)
        chosen = [site for score, site in scores if score == best]
        if best and len({site.line for site in chosen}) == 1:
            self._take(entry, path, chosen)

    def _candidates(self, entry: Wanted, path: str) -> list[LocatedFinding]:
        return [
            site
            for site in self.tree.sites_in(path, entry.codemods)
            if site.finding.verdict is not Verdict.LEAVE or touches(site, entry.cited or (0, 0))
        ]

    def _take(self, entry: Wanted, path: str, sites: Sequence[LocatedFinding]) -> None:
        assert entry.cited is not None
        by = (
            0
            if any(touches(site, entry.cited) for site in sites)
            else sites[0].line - entry.cited[0]
        )
        why = f"found {moved(by)}, like the rest of the file" if by else "found at the cited lines"
        entry.loose = entry.tentative = False
        entry.settle(
            Status.MOVED if by else Status.EXACT,
            why,
            path=path,
            line=sites[0].line,
            end_line=max(site.end_line for site in sites),
            moved_by=by,
            sites=tuple(sites),
        )

    def _all_alike(self, path: str, entries: Sequence[Wanted]) -> None:
        """Where only lines are known of a file: one distance for all of them, or none."""
        shift = self._common_shift(path, entries) if entries else None
        if shift is None:
            return
        for entry in entries:
            assert entry.cited is not None
            where = (entry.cited[0] + shift, entry.cited[1] + shift)
            sites = self._at(entry, path, where)
            if sites:
                self._take(entry, path, sites)

    def _blocks(self, path: str) -> list[LineRange]:
        return [(d.line, d.end_line) for d in self.tree.definitions(path) if "." not in d.name]

    def _quoted_freely(self, entry: Wanted, path: str) -> None:
        """Reports shorten and retell code: what no other place has claimed may be believed."""
        assert entry.cited is not None
        claimed = self._claimed()
        sites = [s for s in self._at(entry, path, entry.cited) if s.fingerprint not in claimed]
        if sites:
            why = "found at the cited lines, where the code reads differently"
            low, high = entry.cited
            entry.settle(Status.EXACT, why, path=path, line=low, end_line=high, sites=tuple(sites))

    def _at(self, entry: Wanted, path: str, where: LineRange) -> list[LocatedFinding]:
        return self.tree.sites_in(path, entry.codemods, where)

    def _common_shift(self, path: str, entries: Sequence[Wanted]) -> int | None:
        """The one distance by which every cited line meets a site; 0 where most lines do as they are."""
        here = [entry for entry in entries if entry.cited and self._at(entry, path, entry.cited)]
        if len(here) == len(entries):
            return 0
        shifts: set[int] = set()
        for site in self.tree.sites.get(path, ()):
            first = entries[0]
            if first.cited and site.finding.codemod in first.codemods:
                shifts.add(site.line - first.cited[0])
        fitting = [
            shift for shift in shifts if all(self._fits(entry, path, shift) for entry in entries)
        ]
        if len(entries) > 1 and len(fitting) == 1:
            return fitting[0]
        return 0 if len(here) * 2 > len(entries) else None

    def _fits(self, entry: Wanted, path: str, shift: int) -> bool:
        assert entry.cited is not None
        where = (entry.cited[0] + shift, entry.cited[1] + shift)
        return any(
            site.finding.verdict is not Verdict.LEAVE for site in self._at(entry, path, where)
        )

    # -------------------------------------------------------------- last round: by pattern

    def by_pattern(self, entry: Wanted) -> None:
        """Among the sites of the file that no other place has claimed."""
        path = entry.path
        assert path is not None
        claimed = self._claimed()
        own = self._claimed(entry.finding)
        sites = [
            site
            for site in self.tree.sites_in(path, entry.codemods)
            if site.fingerprint not in claimed and site.finding.verdict is not Verdict.LEAVE
        ]
        if entry.cited is None:
            self._whole_file(entry, path)
        elif not sites and own & {s.fingerprint for s in self._candidates(entry, path)}:
            why = "the flaw is found at another place of this finding"
            low, high = entry.cited
            entry.settle(Status.UNVERIFIED, why, path=path, line=low, end_line=high)
        elif not sites and claimed & {s.fingerprint for s in self._candidates(entry, path)}:
            why = "not at the cited line; every such place in the file is another finding's"
            entry.settle(Status.NOT_FOUND, why, path=path)
        elif not sites:
            self._silent(entry, path)
        elif entry.quotes:
            why = "the quoted code is no longer in the file"
            entry.settle(Status.NOT_FOUND, why, path=path)
        elif len(sites) == 1 and self._alone(entry, path):
            site = sites[0]
            by = site.line - entry.cited[0]
            entry.settle(
                Status.MOVED if by else Status.BY_PATTERN,
                f"the only such place in the file, {moved(by)}",
                path=path,
                line=site.line,
                end_line=site.end_line,
                moved_by=by,
                sites=(site,),
                guessed=True,
            )
        else:
            entry.settle(
                Status.AMBIGUOUS,
                f"not at the cited line; {len(sites)} places in the file are like it",
                path=path,
                candidates=tuple(f"{path}:{site.line}" for site in sites),
            )

    def _claimed(self, finding: int | None = None) -> set[str]:
        """Fingerprints of the sites that are some place's already, or one finding's."""
        return {
            site.fingerprint
            for entry in self.wanted
            if entry.anchor is not None and finding in (None, entry.finding)
            for site in entry.anchor.sites
        }

    def _alone(self, entry: Wanted, path: str) -> bool:
        """True where no other open place of the file may mean the same site."""
        rivals = [
            other
            for other in self.wanted
            if other is not entry
            and other.path == path
            and set(other.codemods) & set(entry.codemods)
            and (other.anchor is None or other.anchor.status is Status.AMBIGUOUS)
        ]
        return not rivals

    def _whole_file(self, entry: Wanted, path: str) -> None:
        sites = self.tree.sites_in(path, entry.codemods)
        acting = [site for site in sites if site.finding.verdict is not Verdict.LEAVE]
        if entry.quotes and not acting:
            self._silent(entry, path)
        elif sites:
            why = "no line is cited; every such place in the file"
            entry.settle(Status.BY_PATTERN, why, path=path, sites=tuple(acting or sites))
        else:
            self._silent(entry, path)

    def _silent(self, entry: Wanted, path: str) -> None:
        """The file is known, and nothing in it is a site: that alone says nothing of the flaw."""
        if entry.quotes:
            entry.settle(Status.NOT_FOUND, "the code is not there as quoted", path=path)
        else:
            unverified(entry, path, len(self.tree.lines(path)))


def _is_firm(entry: Wanted) -> bool:
    """True where a place was recognised and its distance is known."""
    if entry.cited is None or not entry.strong or entry.anchor is None:
        return False
    if entry.loose or entry.tentative:
        return False
    return entry.shift is not None or len(entry.anchor.sites) == 1


def _shifts(entry: Wanted) -> set[int]:
    """The distances a place may have moved by."""
    if entry.shift is not None:
        return {entry.shift}
    sites = entry.region if entry.loose or entry.anchor is None else entry.anchor.sites
    return {site.line - line for site in sites for line in entry.lines}


def _line(entry: Wanted) -> int:
    return (entry.anchor.line if entry.anchor else None) or 0


def _home(entry: Wanted, blocks: Sequence[LineRange]) -> int | None:
    """The block all sites of a place's region lie in; None where they do not, or none is known."""
    homes = {_block(blocks, site.line) for site in entry.region}
    return homes.pop() if len(homes) == 1 else None


def _block(blocks: Sequence[LineRange], line: int) -> int:
    """The number of the top-level definition a line lies in, -1 outside of all."""
    inside = [number for number, block in enumerate(blocks) if block[0] <= line <= block[1]]
    return inside[0] if inside else -1
