"""Repairs that leave the code of a finding standing, in another form: proofs by how a file was built.

One of two copies went; the code came to stand under the condition that the report advises; it went into
the shared module that the report asks for, which the file imports now; a `TODO` gave way to code.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fixaudit.plan.codebase import Tree
from fixaudit.plan.old_code import TELLING, OldFile, OldFiles, bare, plain, telling
from fixaudit.plan.past import FileChange
from fixaudit.plan.place_asked import PlaceAsked
from fixaudit.plan.put_there import PutThere
from fixaudit.plan.repair_claimed import advice_of
from fixaudit.plan.said_in_code import CODE
from fixaudit.reports.model import ReportFinding

_TWICE = re.compile(
    r"\b(?:duplicat\w*|redundan\w*|twice|repeated|doppelt\w*|redundante?\w*|дублир\w*|повтор\w*)\b|重复",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:extract|create|centrali[sz]e|consolidate|move|share|shared|common|auslagern|вынести|extraer|extrair)\b",
    re.IGNORECASE,
)
_MODULE = re.compile(r"(?<![\w.])(?:\w+/)*(\w{4,})\.py\b")
_GUARD = re.compile(r"\s*(?:if|elif|while|with|async with)\b.*:$")
_TODO = re.compile(r"#\s*(?:TODO|FIXME|XXX|HACK)\b.*", re.IGNORECASE)

_REMOVE = re.compile(
    r"\b(?:remove|delete|drop|clean|stale|outdated|obsolete|entfern\w*|удал\w*|elimin\w*)\b|删除",
    re.IGNORECASE,
)


@dataclass(slots=True)
class RepairedForm:
    """Asks how changes built the code of a place anew. See `proof`."""

    tree: Tree
    files: OldFiles
    put: PutThere

    def proof(self, place: PlaceAsked) -> str | None:
        """Which change repaired a place by the form that it gave to the code, as told; None where none did,
        or where the file has it no more."""
        if place.path not in self.tree.files:
            return None
        now = self.files.of(self.tree.data(place.path))
        for change in reversed(place.later):
            if change.after is None:
                continue
            before, after = self.files.of(change.before), self.files.of(change.after)
            what = (
                self._single(place.finding, before, (after, now))
                or self._shared(place, before, (after, now))
                or self._guarded(place, before, (after, now))
                or self._done(place, change, (after, now))
            )
            if what is not None:
                return f"{change.by.told()} {what}"
        return None

    def _single(
        self, finding: ReportFinding, before: OldFile, later: Sequence[OldFile]
    ) -> str | None:
        """One copy is left of a line that the report quotes twice, or of a function that it calls double."""
        if not _TWICE.search(finding.title):
            return None
        quoted = [s.code.splitlines() for s in finding.snippets if s.role != "recommended"]
        lines = Counter(plain(bare(line)) for code in quoted for line in code)
        for key, times in lines.items():
            if times > 1 and len(key) >= TELLING and _copies(before, key) > 1:
                if all(_copies(each, key) == 1 for each in later):
                    return "left one of the copies"
        for name in finding.symbols:
            if _most(before, name) > 1 and all(_most(each, name) == 1 for each in later):
                return f"left one `{name}`"
        return None

    def _shared(self, place: PlaceAsked, before: OldFile, later: Sequence[OldFile]) -> str | None:
        """The file imports the shared module that is advised, and its own code or functions went."""
        advice = advice_of(place.finding)
        own = place.path.rpartition("/")[2]
        for name in _MODULE.findall(advice) if _SHARE.search(advice) else ():
            known = f"{name}.py" == own or _imports(before, name)
            if known or not all(_imports(each, name) for each in later):
                continue
            named = [symbol for symbol in place.finding.symbols if _most(before, symbol)]
            emptied = all(_halved(place, before, each, n) for each in later for n in named)
            if (named and emptied) or _half_gone(place.own.lines, before, later[0]):
                return f"put its code into `{name}`, as the report advises"
        return None

    def _guarded(self, place: PlaceAsked, before: OldFile, later: Sequence[OldFile]) -> str | None:
        """The quoted code stands under the conditions that it has in the code that is advised."""
        regions = [place.region(each, place.symbol) for each in (before, *later)]
        if any(region is None for region in regions):
            return None
        old, *new = [_under(region or ()) for region in regions]
        codes = [_under(_code(place.finding, of=of)) for of in (False, True)]
        quoted, advised = {line: e for line, e in codes[0].items() if line in old}, codes[1]
        wanted = {
            line: advised[line] - guards
            for line, guards in quoted.items()
            if advised.get(line, set()) - guards
        }
        if not wanted or any(line not in advised for line in quoted):
            return None
        if any(guards & old[line] for line, guards in wanted.items()):
            return None
        for line, guards in wanted.items():
            if any(line not in each or not guards <= each[line] for each in new):
                return None
        return "put it under the conditions that the report advises"

    def _done(self, place: PlaceAsked, change: FileChange, later: Sequence[OldFile]) -> str | None:
        """A `TODO` that the report quotes, at the cited lines, gave way to code."""
        if place.seen is None or place.cited is None:
            return None
        finding = place.finding
        told = plain("".join((finding.title, finding.problem, *(s.code for s in finding.snippets))))
        low, high = place.cited
        found = [m[0] for line in place.seen.lines[low - 1 : high] if (m := _TODO.search(line))]
        if not found or not any(plain(each) in told for each in found):
            return None
        put = self.put.put_in(place, change, place.symbol)
        if any(_TODO.search(line) for line in put) or not any(CODE.search(e) for e in telling(put)):
            return None
        if any(each.holds(line) for each in later for line in found):
            return None
        return "put code where the report quotes a `TODO`"


def leaves_undone(gone: Iterable[str], finding: ReportFinding) -> bool:
    """True for code that is nothing but a `TODO`, of a finding that does not ask to remove it: where it
    went, nothing is done."""
    asked = f"{finding.title} {advice_of(finding)}"
    return all(_TODO.match(line) for line in gone) and not _REMOVE.search(asked)


def _copies(old: OldFile, key: str) -> int:
    return sum(plain(bare(line)) == key for line in old.lines)


def _most(old: OldFile, name: str) -> int:
    """How often a file defines a function or class of a name in one and the same scope."""
    last = name.rpartition(".")[2]
    if last not in old.code:
        return 0
    known = Counter(e.name for e in old.definitions if e.name.rpartition(".")[2] == last)
    return max(known.values(), default=0)


def _halved(place: PlaceAsked, before: OldFile, after: OldFile, name: str) -> bool:
    """True where a function is gone, or half of its code is gone from it."""
    old, new = place.region(before, name), place.region(after, name)
    if old is None or new is None:
        return not _most(after, name)
    left = plain("\n".join(new))
    lines = list(telling(old))
    return bool(lines) and 2 * sum(plain(line) in left for line in lines) <= len(lines)


def _half_gone(lines: Iterable[str], before: OldFile, after: OldFile) -> bool:
    known = [line for line in lines if before.holds(line)]
    return bool(known) and 2 * sum(map(after.holds, known)) <= len(known)


def _imports(old: OldFile, module: str) -> bool:
    if module not in old.code:
        return False
    line = re.compile(
        rf"\s*(?:from\s+[\w.]*\b{module}\s+import\b|(?:from .* )?import\s.*\b{module}\b)"
    )
    return any(line.match(each) for each in old.lines)


def _code(finding: ReportFinding, *, of: bool) -> list[str]:
    """The lines of code that a finding advises, or of all the other that it quotes."""
    codes = [s.code for s in finding.snippets if (s.role == "recommended") is of]
    return [line for code in codes for line in code.splitlines()]


def _under(lines: Iterable[str]) -> dict[str, set[str]]:
    """For each line of code, the conditions that stand over every one of its copies."""
    found: dict[str, set[str]] = {}
    above: list[tuple[int, str]] = []
    for line in lines:
        text = bare(line)
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        depth = len(text) - len(text.lstrip())
        while above and above[-1][0] >= depth:
            above.pop()
        if any(telling([text])):
            guards = {guard for _, guard in above if guard}
            key = plain(text)
            found[key] = found[key] & guards if key in found else guards
        above.append((depth, plain(text) if _GUARD.match(text) else ""))
    return found
