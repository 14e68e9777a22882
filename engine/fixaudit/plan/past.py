"""Whether a flaw that is not found was there once, and who took it away: that alone proves it gone.

What a codemod does not find may never have been its kind, may have moved, or may be hidden from it.
So the code that the finding objects to is looked for as it was (in the quotation, or in the file as
the report saw it), then in the tree as it is; where it is gone, the ledger or the history must
show the run or the commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Protocol

from fixaudit.authoring.codemod import Codemod
from fixaudit.errors import SourceError
from fixaudit.model.finding import Finding, Verdict
from fixaudit.pipeline.judge import judge
from fixaudit.plan.codebase import Tree, squeeze
from fixaudit.plan.finding_evidence import quotes_by_place
from fixaudit.plan.model import Anchor, Flaw, Status
from fixaudit.plan.quoted_sites import quoted_source
from fixaudit.reports.model import LineRange, ReportFinding, Snippet
from fixaudit.source.source import Source
from fixaudit.text.encoding import decode

_TELLING = 10
"""Characters a line without white space needs to tell one place from another."""
_LONG = 24
"""Characters from which on a line is looked for in other files, and says enough by itself."""
_MOST_LINES = 400
"""Cited lines that are looked for one by one."""
_ALIKE = 0.7
"""From which ratio on a line is taken for the changed form of another one."""
_SAYS_NOTHING = re.compile(r"(?:#|from .* import |import |def |class |async def |@|\"\"\"|''')")
_REPAIR = re.compile(r"\b(?:audit|review|finding|fix(?:es|ed)?|secur\w+|harden\w*|resolv\w+|address\w*)\b", re.I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Removal:
    """A commit or a run that took code away: `name` as told (`commit 1a2b3c4`), its ISO date, its words."""

    name: str
    date: str
    text: str

    def told(self) -> str:
        first = " ".join(self.text.partition("\n")[0].split())
        words = f": {first[:80]}" if first else ""
        return f"{self.name} ({self.date}{words})"


class Past(Protocol):
    """Earlier contents of a tree's files: a git history, or the ledger of runs."""

    @property
    def missing(self) -> str:
        """Why nothing can be told, as a phrase; empty where it can."""

    def versions(self, path: str) -> Iterable[bytes]:
        """A file, by its path in the tree or in a report, as it may have been when the report was written."""

    def removal(self, path: str, line: str) -> Removal | None:
        """What took the last occurrence of a line out of a file; None where that is not known."""


@dataclass(slots=True)
class _Own:
    """The code that a finding objects to: its lines without white space, and as they were written.

    `detected` says that a paired codemod finds the flaw in just these lines.
    """

    lines: list[str] = field(default_factory=list)
    detected: bool = False


@dataclass(slots=True)
class LookBack:
    """Answers for the places of a plan at which no codemod has a site."""

    tree: Tree
    codemods: dict[str, Codemod]
    pasts: Sequence[Past] = ()
    _sources: dict[bytes, Source | None] = field(default_factory=dict)

    def flaw(
        self, finding: ReportFinding, number: int, anchor: Anchor, names: Sequence[str]
    ) -> tuple[Flaw, str]:
        """What is known of the flaw at one place, and by what; `number` is the anchor's in its finding."""
        if anchor.sites:
            return Flaw.HERE, ""
        if anchor.quoted:
            why = "the quoted code stands there"
            more = f", and {_told(names)} finds nothing to change in it" if names else ""
            return Flaw.HERE, why + more
        if anchor.status in (Status.AMBIGUOUS, Status.NOT_PYTHON) or _leads_out(anchor):
            return Flaw.NOT_CHECKED, ""
        own = self._own(finding, number, anchor, [self.codemods[n] for n in names])
        if not own.lines:
            return Flaw.NOT_CHECKED, "; ".join((_silence(names), *self._missing()))
        return self._gone(finding, anchor, own, names)

    def _gone(
        self, finding: ReportFinding, anchor: Anchor, own: _Own, names: Sequence[str]
    ) -> tuple[Flaw, str]:
        silence = _silence(names)
        here = anchor.path or (anchor.location.path if anchor.location else None) or ""
        standing = [line for line in own.lines if self._stands(here, line)]
        if standing:
            where = self._line_of(here, standing[0])
            return Flaw.NOT_CHECKED, f"{silence}; some of its code stands at {here}:{where}"
        other = self._elsewhere(here, own.lines)
        if other is not None:
            place = f"{other}:{self._line_of(other, max(own.lines, key=len))}"
            if all(self._stands(other, line) for line in own.lines):
                return Flaw.HERE, f"its code stands at {place} now"
            return Flaw.NOT_CHECKED, f"{silence}; some of its code stands at {place} now"
        longest = max(own.lines, key=len)
        change = self._change(here, longest)
        if change is None:
            return Flaw.NOT_CHECKED, "; ".join((silence, "its code is not in the file", *self._missing()))  # fmt: skip
        alike = self._alike(here, longest, names if own.detected else None)
        proved = own.detected and alike is None
        if proved or speaks_of(change.text, finding) or (alike is None and _says_enough(own)):
            return Flaw.NOT_HERE, f"its code went with {change.told()}"
        if alike is not None:
            change_text = f"its code was changed by {change.told()} and reads `{alike}` now"
        else:
            change_text = f"its code went with {change.told()}"
        return Flaw.NOT_CHECKED, f"{silence}; {change_text}: look whether that was the fix"

    def _missing(self) -> Iterator[str]:
        reasons = [past.missing for past in self.pasts if past.missing]
        if reasons:
            yield reasons[0]

    # ---------------------------------------------------------------- the flaw's own code

    def _own(
        self,
        finding: ReportFinding,
        number: int,
        anchor: Anchor,
        codemods: Sequence[Codemod],
    ) -> _Own:
        quotes = _quotes(finding, number, self.tree)
        for quote in quotes:
            source = quoted_source(quote)
            if source is not None and (lines := _detected(source, codemods, None)):
                return _Own(lines, True)
        versions = list(self._versions(anchor)) if not quotes or codemods else []
        for source in versions:
            if anchor.cited is not None and (lines := _detected(source, codemods, anchor.cited)):
                return _Own(lines, True)
        if quotes:
            return _Own([line for quote in quotes for line in _telling(quote.code.splitlines())])
        for source in versions:
            if anchor.cited is not None:
                low, high = anchor.cited
                lines = source.text.splitlines()[low - 1 : min(high, low + _MOST_LINES)]
                return _Own(list(_telling(lines)))
        return _Own()

    def _versions(self, anchor: Anchor) -> Iterator[Source]:
        path = anchor.path or (anchor.location.path if anchor.location else None)
        if path is None:
            return
        for past in self.pasts:
            for data in past.versions(path):
                if (source := self._source(path, data)) is not None:
                    yield source

    def _source(self, path: str, data: bytes) -> Source | None:
        if data not in self._sources:
            try:
                source: Source | None = Source(path, decode(data).body)
                assert source is not None
                _ = source.tree
            except (SourceError, RecursionError):
                source = None
            self._sources[data] = source
        return self._sources[data]

    # ---------------------------------------------------------------- the tree as it is

    def _stands(self, path: str, line: str) -> bool:
        return path in self.tree.files and squeeze(line) in self.tree.squeezed(path)[0]

    def _line_of(self, path: str, line: str) -> int:
        text, where = self.tree.squeezed(path)
        return where[text.index(squeeze(line))]

    def _elsewhere(self, path: str, lines: Sequence[str]) -> str | None:
        """The file that holds the longest of the lines now, where that is long enough to tell."""
        longest = max(lines, key=len)
        words = re.findall(r"[A-Za-z_]\w{3,}", longest)
        if len(squeeze(longest)) < _LONG or not words:
            return None
        word = max(words, key=len)
        for other in self.tree.files:
            if other != path and self.tree.holds(other, word) and self._stands(other, longest):
                return other
        return None

    def _alike(self, path: str, line: str, names: Sequence[str] | None) -> str | None:
        """The line of the file that looks like a changed form of another; with `names`, one at which
        these codemods have a site."""
        if path not in self.tree.files:
            return None
        sites = self.tree.sites_in(path, names or ())
        at = {site.line for site in sites if site.finding.verdict is not Verdict.LEAVE}
        wanted = squeeze(line)
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(wanted)
        for number, text in enumerate(self.tree.lines(path), 1):
            bare = squeeze(text)
            if names is not None and number not in at:
                continue
            if abs(len(bare) - len(wanted)) <= len(wanted) // 2 and len(bare) >= _TELLING:
                matcher.set_seq1(bare)
                if matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
                    return " ".join(text.split())[:80]
        return None

    def _change(self, path: str, line: str) -> Removal | None:
        for past in self.pasts:
            change = None if past.missing else past.removal(path, line)
            if change is not None:
                return change
        return None


def _told(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _silence(names: Sequence[str]) -> str:
    return f"{_told(names)} finds nothing there" if names else "no codemod looks for this"


def speaks_of(message: str, finding: ReportFinding) -> bool:
    """True for the words of a commit that name a finding, or two words of its title and a repair."""
    text = message.lower()
    if not re.fullmatch(r"L\d+", finding.id) and re.search(
        rf"(?<![\w.]){re.escape(finding.id.lower())}(?![\w.])", text
    ):
        return bool(re.search(r"[a-z]", finding.id.lower())) or bool(_REPAIR.search(text))
    words = set(re.findall(r"[a-z_]{4,}", finding.title.lower()))
    return bool(_REPAIR.search(text)) and sum(word in text for word in words) >= 2


def _says_enough(own: _Own) -> bool:
    """True for code that hardly goes by itself: several lines, or a long one."""
    return len(own.lines) > 1 or len(squeeze(own.lines[0])) >= _LONG


def _leads_out(anchor: Anchor) -> bool:
    return anchor.location is not None and anchor.location.outside_tree


def _quotes(finding: ReportFinding, number: int, tree: Tree) -> tuple[Snippet, ...]:
    """The quotations of a finding's anchor, by the number that anchors are made in."""
    places = [
        (index, position)
        for index, location in enumerate(finding.locations or (None,))
        for position, _ in enumerate((location.ranges if location else ()) or (None,))
    ]
    by_place = quotes_by_place(finding, tree)
    return by_place.get(places[number], ()) if number < len(places) else ()


def _telling(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        bare = line.strip()
        if len(squeeze(bare)) >= _TELLING and not _SAYS_NOTHING.match(bare):
            yield bare


def _detected(source: Source, codemods: Sequence[Codemod], cited: LineRange | None) -> list[str]:
    """The lines of old code in which codemods find the flaw: all, or those of a range."""
    wanted = [each for each in codemods if any(word in source.body for word in each.triggers)]
    findings, _ = judge(source, wanted) if wanted else ([], [])
    lines: dict[str, None] = {}
    for finding in findings:
        first, last = _lines(source, finding)
        acting = finding.verdict is not Verdict.LEAVE or finding.withheld is not None
        if acting and (cited is None or (first <= cited[1] and cited[0] <= last)):
            for line in source.text.splitlines()[first - 1 : last]:
                if len(squeeze(line)) >= _TELLING // 2:
                    lines[line.strip()] = None
    return list(lines)


def _lines(source: Source, finding: Finding) -> LineRange:
    before = source.body[: finding.span.start].count(b"\n") + 1
    return before, before + source.body[finding.span.start : finding.span.end].count(b"\n")
