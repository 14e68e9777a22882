"""The code that a finding objects to, as its file had it when the report was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fixaudit.authoring.codemod import Codemod
from fixaudit.errors import SourceError
from fixaudit.model.finding import Verdict
from fixaudit.pipeline.judge import judge
from fixaudit.plan.advice import advised_lines, worded
from fixaudit.plan.codebase import Tree
from fixaudit.plan.commit_words import gives_id
from fixaudit.plan.finding_evidence import quotes_by_place
from fixaudit.plan.model import Anchor
from fixaudit.plan.old_code import TELLING, OldFile, OldFiles, bare, plain, telling
from fixaudit.plan.past import FileChange
from fixaudit.plan.quoted_sites import quoted_source
from fixaudit.reports.model import LineRange, ReportFinding, Snippet
from fixaudit.source.source import Source
from fixaudit.text.encoding import decode

_AROUND = 2
"""Lines around a cited one that are looked at where there is no code on it."""
_MOST_LINES = 400
"""Cited lines that are looked for one by one."""


@dataclass(slots=True)
class OwnLines:
    """The lines of a finding's own code, as they were written.

    `detected` says that a paired codemod finds the flaw in just these lines, `told` that the
    report holds them word for word, `where` what is known of the file they stood in. `advice` are the lines that the report advises, without their layout.
    """

    lines: list[str] = field(default_factory=list)
    detected: bool = False
    told: bool = False
    where: OldFile | None = None
    advice: set[str] = field(default_factory=set)


@dataclass(slots=True)
class OwnCode:
    """Finds the own code of the places of a report."""

    tree: Tree
    files: OldFiles
    _sources: dict[bytes, Source | None] = field(default_factory=dict)

    def of(
        self,
        finding: ReportFinding,
        number: int,
        anchor: Anchor,
        codemods: Sequence[Codemod],
        versions: Sequence[bytes],
        changes: Sequence[FileChange],
    ) -> OwnLines:
        """The own code of one place; `number` is its anchor's in its finding.

        `versions` are the file as the report may have seen it, `changes` all that changed it.
        """
        quotes, advice = [], advised_lines(finding)
        for quote in quotes_of(finding, number, self.tree):
            if self._is_advice(quote, versions, changes):
                advice |= {plain(bare(line)) for line in quote.code.splitlines()}
            else:
                quotes.append(quote)
        own = self._lines(finding, anchor, quotes, advice, codemods, versions, changes)
        own.advice = advice
        return own

    def _lines(
        self,
        finding: ReportFinding,
        anchor: Anchor,
        quotes: Sequence[Snippet],
        advice: set[str],
        codemods: Sequence[Codemod],
        versions: Sequence[bytes],
        changes: Sequence[FileChange],
    ) -> OwnLines:
        for quote in quotes:
            source = quoted_source(quote)
            if source is not None and (found := _detected(source, codemods, None)):
                return OwnLines(self._as_written(found, versions), True, True)
        named = [change for change in changes if gives_id(change.by.text, finding)]
        if anchor.cited is not None:
            for data in (*versions, *(change.before for change in named)) if codemods else ():
                source = self._source(data)
                where = _around(self.files.of(data), anchor.cited)
                if source and (found := _detected(source, codemods, where)):
                    return OwnLines(found, True, where=self.files.of(data))
        if quotes:
            return self._quoted(quotes, advice, versions, changes)
        for data in versions:
            old = self.files.of(data)
            low, high = anchor.cited or (1, len(old.lines))
            if lines := worded(old.lines[max(0, low - 1 - _AROUND) : high + _AROUND], finding):
                return OwnLines(lines, told=True, where=old)
        if anchor.cited is None:
            return OwnLines()
        for change in named:
            if lines := self._cited_and_changed(change, anchor.cited):
                return OwnLines(lines, where=self.files.of(change.before))
        for data in versions:
            if lines := _cited(self.files.of(data), anchor.cited):
                return OwnLines(lines, where=self.files.of(data))
        return OwnLines()

    def found_in(self, data: bytes, codemods: Sequence[Codemod]) -> list[str]:
        """The lines of a file in which codemods find their flaw."""
        source = self._source(data)
        return _detected(source, codemods, None) if source is not None else []

    def _is_advice(
        self, quote: Snippet, versions: Sequence[bytes], changes: Sequence[FileChange]
    ) -> bool:
        """True for code that a later version has more of than the one that the report saw."""
        if not versions:
            return False
        lines = [bare(line) for line in telling(quote.code.splitlines())]
        held = sum(map(self.files.of(versions[0]).holds, lines))
        for change in changes:
            if change.after is not None:
                if sum(map(self.files.of(change.after).holds, lines)) > held:
                    return True
            if change.before == versions[0]:
                return False
        return False

    def _as_written(self, lines: Sequence[str], versions: Sequence[bytes]) -> list[str]:
        for data in versions:
            old = self.files.of(data)
            found = [old.own_line(line) for line in lines]
            if all(found):
                return [line for line in found if line]
        return list(lines)

    def _quoted(
        self,
        quotes: Sequence[Snippet],
        advice: set[str],
        versions: Sequence[bytes],
        changes: Sequence[FileChange],
    ) -> OwnLines:
        """The lines of the old file that the report quotes: those it remarks on, where it does, or
        those that its advice does not have as well."""
        raw: list[str] = []
        found: list[tuple[bool, OldFile, list[tuple[str, str]]]] = []
        for quote in quotes:
            code = quote.code.splitlines()
            quoted = list(telling(code)) or [text for line in code if (text := line.strip())]
            raw += quoted
            where, pairs = self._best(quoted, versions, changes)
            if where is not None:
                found.append((len(pairs) == len(quoted), where, pairs))
        if not found:
            return OwnLines([bare(line) for line in raw], told=True)
        # What stood there as a whole is what the report objects to; the rest may be advice.
        best = max(whole for whole, _, _ in found)
        lines: list[str] = []
        for whole, _, pairs in found:
            if whole == best:
                marked = [line for text, line in pairs if _remarks(text, line)]
                fresh = [line for _, line in pairs if plain(bare(line)) not in advice]
                lines += marked or fresh or [line for _, line in pairs]
        return OwnLines(list(dict.fromkeys(lines)), told=True, where=found[0][1])

    def _best(
        self, quoted: Sequence[str], versions: Sequence[bytes], changes: Sequence[FileChange]
    ) -> tuple[OldFile | None, list[tuple[str, str]]]:
        """The version in which most of the quoted lines stand, and these lines as they stand there."""
        best: tuple[OldFile | None, list[tuple[str, str]]] = (None, [])
        older = [change.before for change in changes]
        for number, data in enumerate(dict.fromkeys((*versions, *older))):
            old = self.files.of(data)
            seen = number < len(versions)
            found = [(quote, old.own_line(quote, nearly=seen)) for quote in quoted]
            pairs = [(quote, line) for quote, line in found if line is not None]
            if len(pairs) > len(best[1]):
                best = (old, pairs)
            if len(pairs) == len(quoted):
                break
        return best if 2 * len(best[1]) >= len(quoted) else (None, [])

    def _cited_and_changed(self, change: FileChange, cited: LineRange) -> list[str]:
        """The cited lines that a change which names the finding took away."""
        lines = _cited(self.files.of(change.before), cited)
        if change.after is None:
            return lines
        after = self.files.of(change.after)
        return [line for line in lines if not after.holds(line)]

    def _source(self, data: bytes) -> Source | None:
        if data not in self._sources:
            try:
                source: Source | None = Source("old.py", decode(data).body)
                assert source is not None
                _ = source.tree
            except (SourceError, RecursionError):
                source = None
            self._sources[data] = source
        return self._sources[data]


def quotes_of(finding: ReportFinding, number: int, tree: Tree) -> tuple[Snippet, ...]:
    """The quotations of a finding's place, by the number that its anchors are made in."""
    places = [
        (index, position)
        for index, location in enumerate(finding.locations or (None,))
        for position, _ in enumerate((location.ranges if location else ()) or (None,))
    ]
    by_place = quotes_by_place(finding, tree)
    return by_place.get(places[number], ()) if number < len(places) else ()


def _remarks(quoted: str, written: str) -> bool:
    """True where the report put a remark behind a line that has none in the file."""
    remark = quoted[len(bare(quoted)) :].strip()
    return bool(remark) and plain(remark) not in plain(written) and not _told_place(remark)


def _told_place(remark: str) -> bool:
    return remark.lstrip("# ").lower().startswith(("line", "l."))


def _cited(old: OldFile, cited: LineRange) -> list[str]:
    """The cited lines that are code; where there is none on them, those right around."""
    low, high = cited
    for more in (0, _AROUND):
        lines = old.lines[max(0, low - 1 - more) : min(high + more, low + _MOST_LINES)]
        if found := list(telling(lines)):
            alone = [line for line in found if old.text.count(plain(line).rstrip(",")) == 1]
            return alone or found
    lines = old.lines[low - 1 : min(high, low + _MOST_LINES)]
    return [text for line in lines if len(plain(text := line.strip())) >= TELLING]


def _around(old: OldFile, cited: LineRange) -> LineRange:
    """The cited lines, and those right around where there is no code on them."""
    low, high = cited
    if any(telling(old.lines[low - 1 : high])):
        return cited
    return max(1, low - _AROUND), high + _AROUND


def _detected(source: Source, codemods: Sequence[Codemod], cited: LineRange | None) -> list[str]:
    """The lines of old code in which codemods find the flaw: all, or those of a range."""
    wanted = [each for each in codemods if any(word in source.body for word in each.triggers)]
    findings, _ = judge(source, wanted) if wanted else ([], [])
    lines: dict[str, None] = {}
    for finding in findings:
        first = source.positions.line(finding.span.start)
        last = source.positions.line(finding.span.end)
        acting = finding.verdict is not Verdict.LEAVE or finding.withheld is not None
        if acting and (cited is None or (first <= cited[1] and cited[0] <= last)):
            for line in source.text.splitlines()[first - 1 : last]:
                if len(plain(line)) >= TELLING // 2:
                    lines[line.strip()] = None
    return list(lines)
