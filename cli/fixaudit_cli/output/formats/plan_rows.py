"""A plan as every format shows it: a row a finding, and what there is to say of it."""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.model import Anchor, AuditPlan, Flaw, Planned, ReportHead, Status
from fixaudit.plan.named_finding import shown_id
from fixaudit.plan.outcome_words import WORDS, acting, counted, happens
from fixaudit.plan.wording import listed
from fixaudit_cli.output.formats.left_out import kept_untouched, left_out

HEAD = ("severity", "id", "title", "place", "what happens")
_PLAIN = ("fix", "by hand")
"""What happens, where the row alone tells it."""
_STATUS = {
    Status.EXACT: "as cited",
    Status.BY_SYMBOL: "found by its name",
    Status.BY_SNIPPET: "found by the code quoted",
    Status.BY_PATTERN: "found by the pattern",
    Status.UNVERIFIED: "the lines exist, nothing to compare",
    Status.AMBIGUOUS: WORDS["ambiguous"],
    Status.NOT_FOUND: WORDS["not-found"],
    Status.NOT_PYTHON: "not Python",
}
_FLAW = {
    Flaw.HERE: "the flaw is here",
    Flaw.NOT_HERE: "the flaw is gone",
    Flaw.NOT_CHECKED: "flaw not checked",
}
_LONGEST = 300
_OF_ITS_OWN = 60
"""Characters of a line that no paragraph has been wrapped at."""
_ITEM = re.compile(r"[A-Z\d\"'`]|\w+[._]\w")
"""How an item of a list begins, and the rest of a sentence hardly."""
_LABEL = re.compile(r"[A-Z][\w -]{2,30}: ")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A finding as it is shown. `details` are labels with text, none where the row tells all; below the first
    line of `set` stand lines to be copied.

    `place` is the first place, `more` says how many others there are; `counted` is what happens without
    numbers.
    """

    finding: Planned
    id: str
    severity: str
    title: str
    place: str
    more: int
    happens: str
    counted: str
    details: tuple[tuple[str, str], ...] = ()

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        more = f" +{self.more}" if self.more else ""
        return self.severity or "-", self.id, self.title, f"{self.place}{more}", self.happens


@dataclass(frozen=True, slots=True)
class PlanView:
    """How a plan is shown.

    `unsafe` says whether unsafe edits are wanted, `apply` is the command that applies the plan, to
    which the options of one finding are added, `again` the one that makes it, `narrowing` the options by
    which findings are chosen. `root` is the tree's, for commands that name a file.
    """

    plan: AuditPlan
    unsafe: bool = False
    apply: tuple[str, ...] = ("fixaudit", "apply")
    again: tuple[str, ...] = ("fixaudit", "plan")
    narrowing: tuple[str, ...] = ()
    verbose: bool = False
    root: Path | None = None
    every: bool = False

    @property
    def rows(self) -> list[PlanRow]:
        reports = [head.source for head in self.plan.reports]
        return [self._row(entry, reports) for entry in self.plan.findings]

    @property
    def kept(self) -> frozenset[str]:
        """The fingerprints of the sites that are left alone because a report asks for it."""
        return frozenset(entry.site.fingerprint for entry in self.plan.kept if entry.spared)

    @property
    def counts(self) -> str:
        """`20 findings: 9 fix, 3 fix with --unsafe, …`."""
        kept = self.kept
        words = Counter(counted(entry, self.unsafe, kept) for entry in self.plan.findings)
        number = len(self.plan.findings)
        if not number:
            return "no findings"
        told = ", ".join(f"{count} {word}" for word, count in words.most_common())
        return f"{number} finding{'' if number == 1 else 's'}: {told}"

    @property
    def remarks(self) -> list[str]:
        """What the reports hold besides findings: what they keep, and what was not understood."""
        found = list(dict.fromkeys(entry.warning for entry in self.plan.kept))
        found += kept_untouched(self.plan)
        found += left_out(self.plan, self.again)
        return found + [not_understood(head) for head in self.plan.reports]

    @property
    def next(self) -> str:
        """The command that shows the diff of all that is planned."""
        return shlex.join((*self.apply, *self.narrowing, "--dry-run"))

    def _row(self, entry: Planned, reports: Sequence[str]) -> PlanRow:
        shown = shown_id(entry.report, entry.finding.id, reports)
        happening = happens(entry, self.unsafe, self.kept)
        more = (
            entry.notes
            or entry.settings
            or entry.decided
            or (entry.elsewhere and entry.verdict != "not-found")
        )
        told = self.verbose or self.every or happening not in _PLAIN or bool(more)
        return PlanRow(
            entry,
            shown,
            entry.finding.severity or "",
            " ".join(entry.finding.title.split()),
            _place(entry.anchors[0]) if entry.anchors else "-",
            max(0, len(entry.anchors) - 1),
            happening,
            counted(entry, self.unsafe, self.kept),
            tuple(self._details(entry, shown)) if told else (),
        )

    def _details(self, entry: Planned, shown: str) -> Iterator[tuple[str, str]]:
        finding = entry.finding
        wrong = _cut(finding.problem or finding.recommendation)
        if wrong:
            yield "report", wrong
        yield from (("where", text) for text in _where(entry.anchors, entry.set_aside))
        yield "plan", entry.says
        if entry.decided and not entry.set_aside:
            yield "note", entry.decided
        yield from (("note", note) for note in entry.notes)
        yield from (("offer", offer.told()) for offer in entry.offers)
        if entry.settings:
            yield "set", "\n".join(("in fixaudit.toml:", *entry.settings))
        if self.verbose:
            yield from _evidence(entry)
        yield from (("run", shlex.join(command)) for command in self._commands(entry, shown))

    def _commands(self, entry: Planned, shown: str) -> Iterator[tuple[str, ...]]:
        """The commands that show or tell more of this finding, or accept what is offered."""
        for offer in entry.offers:
            yield *self.again, "--pair", offer.accept
        sites = (*entry.here, *self._elsewhere(entry))
        edited = [site for site in sites if acting([site], True)]
        narrow = (*self.apply, "--finding", shown)
        if edited:
            unsafe = any(site.finding.verdict is Verdict.UNSAFE for site in edited)
            more = ("--unsafe",) if unsafe and "--unsafe" not in self.apply else ()
            yield *narrow, *more, "--dry-run"
        elif entry.set_aside:
            return
        elif any(site.fingerprint in self.kept for site in entry.here):
            yield *narrow, "--with-kept", "--dry-run"
        elif seen := sorted(
            sites, key=lambda s: (bool(s.suppressed), s.finding.verdict is Verdict.LEAVE)
        ):
            path = os.path.relpath(self.root / seen[0].path) if self.root else seen[0].path
            yield "fixaudit", "explain", f"{path}:{seen[0].line}"
        if not edited and any(line[0] not in "[#" for line in entry.settings):  # once they are set
            yield *narrow, *(() if "--unsafe" in self.apply else ("--unsafe",)), "--dry-run"

    def _elsewhere(self, entry: Planned) -> Sequence[LocatedFinding]:
        return () if entry.verdict == "not-found" else entry.elsewhere


def not_taken_lines(view: PlanView) -> list[str]:
    """Each passage that was not understood as a finding: its line, why, and its words."""
    heads = view.plan.reports
    return [
        f"{f'{head.source}, ' if len(heads) > 1 else ''}line {entry.line}: {entry.why}: {entry.text}"
        for head in heads
        for entry in head.not_taken
    ]


def not_understood(head: ReportHead) -> str:
    """How many lines of a report are of no finding although they hold a place, an id or code."""
    what = "a place, an id or code"
    if not head.not_taken:
        return f"{head.source}: no line with {what} is left that was not understood"
    passages = [(e.line, max(e.line, e.end_line)) for e in head.not_taken]
    lines = {number for first, last in passages for number in range(first, last + 1)}
    if len(lines) == 1:
        return f"{head.source}: 1 line with {what} was not understood as a finding: line {passages[0][0]}"
    number = len(passages)
    some = "1 passage" if number == 1 else f"{number} passages"
    spans = [str(first) if first == last else f"{first}-{last}" for first, last in passages]
    return (
        f"{head.source}: {len(lines)} lines in {some} with {what} were not understood as findings:"
        f" {listed(spans)}"
    )


def _place(anchor: Anchor) -> str:
    path = anchor.path or (anchor.location.written if anchor.location else "")
    line = anchor.line or (anchor.cited[0] if anchor.cited else None)
    return (f"{path}:{line}" if line and path else path) or "the tree"


def _where(anchors: Sequence[Anchor], set_aside: bool = False) -> Iterator[str]:
    """The places by what is known of them: `a.py:3, b.py:9: as cited, the flaw is here`; nothing of the
    flaw where a person says that there is none to mend."""
    groups: dict[str, list[str]] = {}
    for anchor in anchors:
        status = _STATUS.get(anchor.status) or f"moved {anchor.moved_by or 0:+d} lines"
        if anchor.status is Status.UNVERIFIED and anchor.cited is None:
            status = "the file is there, nothing to compare"
        if anchor.left_out or anchor.guessed:  # nothing says that it has moved
            status = anchor.why
        elif anchor.status is Status.NOT_FOUND and anchor.why:
            status = f"{status}, {anchor.why}"
        # Where nothing was found there is nothing to look into.
        told = (anchor.found or anchor.flaw is Flaw.NOT_HERE) and not set_aside
        false = anchor.flaw is Flaw.NOT_HERE and anchor.sites
        flaw = f", {'the flaw is not here' if false else _FLAW[anchor.flaw]}" if told else ""
        groups.setdefault(f"{status}{flaw}", []).append(_place(anchor))
    for words, places in groups.items():
        yield f"{listed(places)}: {words}"


def _evidence(entry: Planned) -> Iterator[tuple[str, str]]:
    for pair in entry.pairs:
        word = pair.confidence if pair.acts else "low, not acted on"
        yield "codemod", f"{pair.codemod} ({word}): {pair.reason}"
    for anchor in entry.anchors:
        yield "place", f"{_place(anchor)} {anchor.status.value}: {anchor.why}"
    if not entry.codemods and entry.finding.recommendation:
        yield "advice", _cut(entry.finding.recommendation)


def _cut(text: str) -> str:
    """The words of a report in one line, cut at a word; what stands in lines of its own is set apart."""
    lines = [line.strip() for line in text.splitlines() if line.strip() not in ("vs", "or", "and")]
    for at, (line, after) in enumerate(pairwise([*lines, ":"])):
        if line.endswith(":") and after.endswith(":"):  # what it leads to is code
            lines[at] = f"{line[:-1]}{'.' if at + 1 == len(lines) else ';'}"
        elif line[-1:] not in ".!?:;," and (_LABEL.match(after) or (len(line) < _OF_ITS_OWN and _ITEM.match(after))):  # fmt: skip
            lines[at] = f"{line};"
    text = " ".join(" ".join(lines).split())
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rpartition(" ")[0] + " …"
