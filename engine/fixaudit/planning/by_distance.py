"""The later rounds of anchoring: by how far a file's lines have moved, and by the pattern alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fixaudit.audit.model import LineRange
from fixaudit.findings import Verdict
from fixaudit.outcome import Site
from fixaudit.planning.model import Status
from fixaudit.planning.tree import Tree
from fixaudit.planning.wanted import Wanted, moved


@dataclass(slots=True)
class Distances:
    """Settles the places the first round left open; `wanted` holds all of the report."""

    tree: Tree
    wanted: Sequence[Wanted]

    def by_lines(self, path: str, entries: list[Wanted]) -> None:
        """Places of which only a line is known: all of a file together, by one distance."""
        moves = {
            entry.finding: entry.shift
            for entry in self.wanted
            if entry.path == path and entry.shift is not None
        }
        lined = [entry for entry in entries if entry.cited is not None]
        for entry in lined:
            own = moves.get(entry.finding)
            shifts = [own] if own is not None else sorted(set(moves.values()), key=abs)
            if shifts:
                self._shifted(entry, path, shifts)
        rest = [entry for entry in lined if entry.anchor is None and not entry.quotes]
        if rest and not moves:
            shift = self._common_shift(path, rest)
            for entry in rest:
                if shift is not None:
                    self._shifted(entry, path, [shift])
        for entry in lined:
            if entry.anchor is None and entry.quotes:
                self._quoted_freely(entry, path)

    def _quoted_freely(self, entry: Wanted, path: str) -> None:
        """Reports shorten and retell code: what no other place has claimed may be believed."""
        assert entry.cited is not None
        claimed = self._claimed()
        sites = [s for s in self._at(entry, path, entry.cited) if s.fingerprint not in claimed]
        if sites:
            why = "found at the cited lines, where the code reads differently"
            low, high = entry.cited
            entry.settle(Status.EXACT, why, path=path, line=low, end_line=high, sites=tuple(sites))

    def _shifted(self, entry: Wanted, path: str, shifts: Sequence[int]) -> None:
        assert entry.cited is not None
        found = []
        for shift in shifts:
            where = (entry.cited[0] + shift, entry.cited[1] + shift)
            sites = self._at(entry, path, where)
            if sites:
                found.append((shift, where, sites))
        if len(found) != 1:
            return
        shift, where, sites = found[0]
        details = {"path": path, "line": where[0], "end_line": where[1], "sites": tuple(sites)}
        if shift == 0:
            entry.settle(Status.EXACT, "found at the cited lines", **details)
        else:
            why = f"found {moved(shift)}, like the rest of the file"
            entry.settle(Status.MOVED, why, moved_by=shift, **details)

    def _at(self, entry: Wanted, path: str, where: LineRange) -> list[Site]:
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
        sites = [
            site
            for site in self.tree.sites_in(path, entry.codemods)
            if site.fingerprint not in claimed and site.finding.verdict is not Verdict.LEAVE
        ]
        if entry.cited is None:
            self._whole_file(entry, path)
        elif not sites:
            entry.settle(Status.ALREADY_FIXED, "nothing of the kind is left in the file", path=path)
        elif entry.quotes:
            why = "the quoted code is no longer in the file"
            entry.settle(Status.GONE, why, path=path)
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
            )
        else:
            entry.settle(
                Status.AMBIGUOUS,
                f"not at the cited line; {len(sites)} places in the file are like it",
                path=path,
                candidates=tuple(f"{path}:{site.line}" for site in sites),
            )

    def _claimed(self) -> set[str]:
        """Fingerprints of the sites that are some place's already."""
        anchors = [entry.anchor for entry in self.wanted if entry.anchor is not None]
        return {site.fingerprint for found in anchors for site in found.sites}

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
            entry.settle(Status.ALREADY_FIXED, "nothing of the kind is left in the file", path=path)
        elif sites:
            why = "no line is cited; every such place in the file"
            entry.settle(Status.BY_PATTERN, why, path=path, sites=tuple(acting or sites))
        else:
            why = "nothing of the kind is in the file"
            entry.settle(Status.ALREADY_FIXED, why, path=path)
