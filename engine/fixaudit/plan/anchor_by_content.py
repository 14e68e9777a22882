"""The first round of anchoring: by quoted code, by a named function, by the words of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.cited_place import (
    Resolved,
    Wanted,
    below,
    extent,
    is_python,
    moved,
    overlap,
    resolve,
    settle_left_out,
)
from fixaudit.plan.codebase import Definition, Tree, touches
from fixaudit.plan.finding_evidence import by_words
from fixaudit.plan.model import Status
from fixaudit.plan.quoted_code import Quoted, find, find_whole, is_telling, pieces
from fixaudit.reports.model import LineRange


@dataclass(slots=True)
class Recogniser:
    """Recognises cited places of one tree by what stands there."""

    tree: Tree

    def settle(self, entry: Wanted) -> None:
        """Anchors what can be told by itself, and leaves the rest with its file known."""
        location = entry.location
        if location is None or location.path is None:
            self._anywhere(entry, "no file is cited")
            return
        if location.outside_tree:
            entry.settle(Status.NOT_FOUND, "the path leads out of the tree: not opened")
            return
        if not is_python(location.path):
            where = "it is" if self.tree.has_other(location.path) else "it is not"
            entry.settle(Status.NOT_PYTHON, f"not a Python file; {where} in the tree")
            return
        if location.path.endswith("/"):
            self._in_folder(entry, location.path)
            return
        found = resolve(location.path, self.tree)
        if not found.sure and settle_left_out(entry, location.path, self.tree):
            return
        path = found.sure[0] if len(found.sure) == 1 else self._told_apart(entry, found)
        if path is not None:
            entry.path = path
            self.in_file(entry, path)
        elif len(found.sure) > 1:
            entry.settle(
                Status.AMBIGUOUS,
                f"{len(found.sure)} files end in this path and nothing tells them apart",
                candidates=tuple(sorted(found.sure)),
            )
        else:
            self._anywhere(entry, f"no file {location.path} in the tree")

    def _told_apart(self, entry: Wanted, found: Resolved) -> str | None:
        """The one of several files that holds the quoted code, else the named function."""
        for paths in (found.sure, found.near):
            for test in (self._holds_quote, self._holds_name):
                holding = [path for path in paths if test(entry, path)]
                if len(holding) == 1:
                    return holding[0]
        return None

    def _holds_quote(self, entry: Wanted, path: str) -> bool:
        return any(find(quote.code, path, self.tree) for quote in entry.quotes)

    def _holds_name(self, entry: Wanted, path: str) -> bool:
        return bool(self._named(entry, path))

    def _in_folder(self, entry: Wanted, folder: str) -> None:
        paths = below(folder, self.tree)
        sites = [s for path in paths for s in self.tree.sites_in(path, entry.codemods)]
        if not paths:
            entry.settle(Status.NOT_FOUND, f"no folder {folder} with Python files in the tree")
        elif not entry.codemods:
            entry.settle(Status.UNVERIFIED, "the folder is there", path=folder)
        elif sites:
            why = f"the folder is there, with {len(sites)} such places"
            entry.settle(Status.BY_PATTERN, why, path=folder, sites=tuple(sites))
        else:
            entry.settle(Status.UNVERIFIED, "the folder is there", path=folder)

    def in_file(self, entry: Wanted, path: str) -> None:
        """Quoted code first, then a named function; a bare line waits for the second round."""
        for quote in entry.quotes:
            if self._at_quote(entry, path, find(quote.code, path, self.tree)):
                return
        if self._at_names(entry, path):
            return
        if not entry.codemods:
            by_words(entry, path, self.tree)

    def _at_quote(self, entry: Wanted, path: str, places: Sequence[Quoted]) -> bool:
        if len(places) > 1:
            named = self._named(entry, path)
            inside = [p for p in places for d in named if d.line <= p.line <= d.end_line]
            on_line = [
                p for p in places if entry.cited and overlap((p.line, p.end_line), entry.cited)
            ]
            places = on_line if len(on_line) == 1 else inside if len(inside) == 1 else places
        if len(places) > 1:
            why = "the quoted code stands there several times"
            entry.settle(
                Status.AMBIGUOUS,
                why,
                path=path,
                candidates=tuple(f"{path}:{place.line}" for place in places),
            )
            return True
        if not places:
            return False
        self._settle_quote(entry, path, places[0])
        return True

    def _settle_quote(self, entry: Wanted, path: str, place: Quoted) -> None:
        where = (place.line, place.end_line)
        sites = self.tree.sites_in(path, entry.codemods, where)
        narrowed = [s for s in sites if entry.cited and touches(s, entry.cited)]
        if entry.cited and overlap(where, entry.cited) and narrowed:
            sites = narrowed
        sites += self._beside_quote(entry, path, where, sites)
        aside = entry.cited and overlap(where, entry.cited) and not narrowed
        line, end = extent(sites, where) if not aside else entry.cited or where
        details = {"path": path, "line": line, "end_line": end, "sites": tuple(sites)}
        details["quoted"] = place.whole
        entry.strong, entry.region = True, tuple(sites)
        entry.loose = entry.cited is not None and len({s.line for s in sites}) > 1 and not narrowed
        if entry.cited and place.whole and where[1] - where[0] == entry.cited[1] - entry.cited[0]:
            entry.shift, entry.loose = where[0] - entry.cited[0], False
        if not sites and not place.whole and not place.retold:
            why = "a part of the quoted code stands there, the rest has changed"
            entry.settle(Status.BY_SNIPPET, why, **details)
        elif entry.cited is None or not self._is_cited(entry, path):
            entry.settle(Status.BY_SNIPPET, "found by the quoted code", **details)
        elif overlap(where, entry.cited):
            entry.settle(Status.EXACT, "the quoted code stands at the cited lines", **details)
        else:
            # With one site in it, the site says how far; the quotation may begin above the line.
            by = (line if len(sites) == 1 else where[0]) - entry.cited[0]
            why = f"the quoted code stands {moved(by)}"
            entry.settle(Status.MOVED if by else Status.EXACT, why, moved_by=by, **details)

    def _beside_quote(
        self, entry: Wanted, path: str, where: LineRange, sites: Sequence[LocatedFinding]
    ) -> list[LocatedFinding]:
        """The sites around the quoted code, of codemods that have none in it: in the cited lines, where
        none are cited in the function whose first lines are quoted."""
        quiet = [n for n in entry.codemods if n not in {s.finding.codemod for s in sites}]
        around = entry.cited if entry.cited and overlap(where, entry.cited) else None
        if entry.cited is None:
            begun = [d for d in self.tree.definitions(path) if d.line == where[0]]
            around = (begun[0].line, begun[0].end_line) if begun else None
        return self.tree.sites_in(path, quiet, around) if around is not None else []

    def _is_cited(self, entry: Wanted, path: str) -> bool:
        """True where the file bears the name the report has; else lines say nothing about it."""
        cited = entry.location.path if entry.location else None
        return cited is not None and cited.rpartition("/")[2] == path.rpartition("/")[2]

    def _named(self, entry: Wanted, path: str, names: Sequence[str] = ()) -> list[Definition]:
        """The definitions of a file that the finding names, of the first name that has any."""
        for name in names or (*entry.sure_names, *entry.names):
            last = name.rpartition(".")[2]
            if not any(self.tree.holds(path, f"{word} {last}") for word in ("def", "class")):
                continue
            defined = self.tree.definitions(path)
            found = [d for d in defined if d.name == name or d.name.endswith(f".{name}")]
            if found:
                return found
        return []

    def _at_names(self, entry: Wanted, path: str) -> bool:
        """By the named definition that holds the cited line, else by the only one with a site."""
        every = [
            d
            for name in (*entry.sure_names, *entry.names)
            for d in self._named(entry, path, [name])
        ]
        cited = entry.cited
        around = [d for d in every if cited and overlap((d.line, d.end_line), cited)]
        for definition in around:
            if self._in_it(entry, path, definition):
                return True
        sure = self._named(entry, path, entry.sure_names) if entry.sure_names else []
        holding = [d for d in sure or every if self._sites_inside(entry, path, d)]
        hits = self.tree.sites_in(path, entry.codemods, cited) if cited else []
        if hits and holding and not sure:
            # The line lies in one function and the report speaks of another: either may be meant.
            inside = [site for d in holding for site in self._sites_inside(entry, path, d)]
            entry.strong, entry.loose, entry.region = True, True, (*hits, *inside)
            self._unclear(
                entry, path, (*hits, *inside), "the cited line is not in the function named"
            )
            return True
        if len({d.name for d in holding}) == 1 and len(holding) == 1:
            self._by_name(entry, path, holding[0])
            return True
        if holding or len(sure or every) != 1:
            return False
        self._by_name(entry, path, (sure or every)[0])
        return entry.anchor is not None

    def _in_it(self, entry: Wanted, path: str, definition: Definition) -> bool:
        """Exact, where the cited line lies in a named function as far as a site is there."""
        assert entry.cited is not None
        hits = self.tree.sites_in(path, entry.codemods, entry.cited)
        if entry.codemods and not hits:
            return False
        line, end = extent(hits, entry.cited)
        entry.strong, entry.region = True, tuple(self._sites_inside(entry, path, definition))
        entry.tentative = len({site.line for site in entry.region}) > 1
        why = f"the cited lines lie in `{definition.name}`"
        entry.settle(Status.EXACT, why, path=path, line=line, end_line=end, sites=tuple(hits))
        return True

    def _by_name(self, entry: Wanted, path: str, definition: Definition) -> None:
        where = (definition.line, definition.end_line)
        inside = self._sites_inside(entry, path, definition)
        line, end = extent(inside, where)
        details = {"path": path, "line": line, "end_line": end, "sites": tuple(inside)}
        entry.strong, entry.region = True, tuple(inside)
        if entry.cited is not None and len({site.line for site in inside}) > 1:
            entry.loose = True
            why = f"`{definition.name}` holds {len(inside)} such places, none at the cited line"
            self._unclear(entry, path, inside, why)
        else:
            why = f"found in `{definition.name}`, which the report names"
            entry.settle(Status.BY_SYMBOL, why, **details)

    def _unclear(self, entry: Wanted, path: str, sites: Sequence[LocatedFinding], why: str) -> None:
        candidates = tuple(dict.fromkeys(f"{path}:{site.line}" for site in sites))
        entry.settle(Status.AMBIGUOUS, why, path=path, candidates=candidates)

    def _anywhere(self, entry: Wanted, missing: str) -> None:
        """A place without a known file: by quoted code or a named function, where only one fits."""
        for quote in entry.quotes if self.tree.files else ():
            if not is_telling(quote.code):
                continue
            full = self._everywhere(quote.code) or [
                (path, place)
                for piece in pieces(quote.code)
                for path, place in self._everywhere(piece)
                if self._open_sites(entry, path, place)
            ]
            if len(full) == 1:
                entry.path = full[0][0]
                self._settle_quote(entry, *full[0])
                return
            if len(full) > 1:
                entry.settle(
                    Status.AMBIGUOUS,
                    f"{missing}; the quoted code stands at {len(full)} places",
                    candidates=tuple(f"{path}:{place.line}" for path, place in full),
                )
                return
        self._by_name_anywhere(entry, missing)

    def _everywhere(self, code: str) -> list[tuple[str, Quoted]]:
        return [(p, place) for p in self.tree.files for place in find_whole(code, p, self.tree)]

    def _open_sites(self, entry: Wanted, path: str, place: Quoted) -> list[LocatedFinding]:
        sites = self.tree.sites_in(path, entry.codemods, (place.line, place.end_line))
        return [site for site in sites if site.finding.verdict is not Verdict.LEAVE]

    def _by_name_anywhere(self, entry: Wanted, missing: str) -> None:
        # `main`, `get` or `__init__` in some other file would say nothing.
        names = [n for n in (*entry.sure_names, *entry.names) if _is_telling_name(n)]
        held = [
            (path, d)
            for path in (self.tree.files if names else ())
            for d in self._named(entry, path, names)
        ]
        hits = [(path, d) for path, d in held if self._sites_inside(entry, path, d)]
        chosen = hits if entry.codemods else held
        if len(chosen) == 1:
            entry.path = chosen[0][0]
            self._by_name(entry, *chosen[0])
        elif entry.location is not None and entry.location.path is not None:
            entry.settle(
                Status.AMBIGUOUS if len(chosen) > 1 else Status.NOT_FOUND,
                missing if len(chosen) < 2 else f"{missing}; several places bear the name",
                candidates=tuple(f"{path}:{d.line}" for path, d in chosen),
            )
        else:
            self._without_place(entry)

    def _sites_inside(
        self, entry: Wanted, path: str, definition: Definition
    ) -> list[LocatedFinding]:
        return self.tree.sites_in(path, entry.codemods, (definition.line, definition.end_line))

    def _without_place(self, entry: Wanted) -> None:
        sites = [s for path in self.tree.files for s in self.tree.sites_in(path, entry.codemods)]
        acting = [s for s in sites if s.finding.verdict is not Verdict.LEAVE]
        if acting:
            why = f"no place is cited; the pattern is in the tree {len(acting)} times"
            entry.settle(Status.BY_PATTERN, why)
        else:
            entry.settle(
                Status.NOT_FOUND, "no place is cited, and the pattern is nowhere in the tree"
            )


def _is_telling_name(name: str) -> bool:
    """True for names that hardly stand for two things in one tree."""
    parts = name.split(".")
    if all(part.startswith("__") for part in parts):
        return False
    return len(name) >= 6 and (len(parts) > 1 or "_" in name.strip("_") or len(name) >= 10)
