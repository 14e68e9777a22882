"""A plan as every format shows it: a row a finding, and what there is to say of it."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.model import Anchor, AuditPlan, Flaw, Kept, Planned, Status
from fixaudit.plan.named_finding import shown_id
from fixaudit.plan.wording import listed

HEAD = ("severity", "id", "title", "place", "what happens")
_PLAIN = ("fix", "manual")
"""Verdicts that the row alone tells."""
_WORDS = {
    "fix": "fix",
    "review": "for review",
    "leave": "left alone",
    "suppressed": "suppressed",
    "fixed": "already fixed",
    "partly fixed": "partly fixed",
    "manual": "by hand",
    "ambiguous": "place unclear",
    "not-found": "not found",
    "elsewhere": "elsewhere only",
}
_STATUS = {
    Status.EXACT: "as cited",
    Status.BY_SYMBOL: "found by its name",
    Status.BY_SNIPPET: "found by its code",
    Status.BY_PATTERN: "found by the pattern",
    Status.UNVERIFIED: "the lines exist, nothing to compare",
    Status.AMBIGUOUS: "place unclear",
    Status.NOT_FOUND: "not found",
    Status.NOT_PYTHON: "not Python",
}
_FLAW = {
    Flaw.HERE: "the flaw is here",
    Flaw.NOT_HERE: "the flaw is gone",
    Flaw.NOT_CHECKED: "flaw not checked",
}
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A finding as it is shown. `details` are labels with text, none where the row tells all.

    `place` is the first place, `more` says how many others there are.
    """

    finding: Planned
    id: str
    severity: str
    title: str
    place: str
    more: int
    happens: str
    details: tuple[tuple[str, str], ...] = ()

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        more = f" +{self.more}" if self.more else ""
        return self.severity or "-", self.id, self.title, f"{self.place}{more}", self.happens


@dataclass(frozen=True, slots=True)
class PlanView:
    """How a plan is shown.

    `unsafe` says whether unsafe edits are wanted, `apply` is the command that applies the plan, to
    which the options of one finding are added. `root` is the tree's, for commands that name a file.
    """

    plan: AuditPlan
    unsafe: bool = False
    apply: tuple[str, ...] = ("fixaudit", "apply")
    verbose: bool = False
    root: Path | None = None

    @property
    def rows(self) -> list[PlanRow]:
        reports = [head.source for head in self.plan.reports]
        kept = {entry.site.fingerprint: entry for entry in self.plan.kept if entry.spared}
        return [self._row(entry, reports, kept) for entry in self.plan.findings]

    @property
    def counts(self) -> str:
        """`20 findings: 9 fix, 3 with --unsafe, …`."""
        words = Counter(_word(entry, self.unsafe) for entry in self.plan.findings)
        number = len(self.plan.findings)
        if not number:
            return "no findings"
        told = ", ".join(f"{count} {word}" for word, count in words.most_common())
        return f"{number} finding{'' if number == 1 else 's'}: {told}"

    @property
    def remarks(self) -> list[str]:
        """What the reports hold besides findings: what they keep, and lines that were not understood."""
        lines = [entry.warning for entry in self.plan.kept]
        found = list(dict.fromkeys(lines))
        for head in self.plan.reports:
            if number := len(head.not_taken):
                noun = "passage" if number == 1 else "passages"
                found.append(
                    f"{number} {noun} of {head.source} with a place or code not taken as findings"
                    + ("" if self.verbose else "; -v lists them")
                )
        return found

    def _row(self, entry: Planned, reports: Sequence[str], kept: dict[str, Kept]) -> PlanRow:
        shown = shown_id(entry.report, entry.finding.id, reports)
        told = self.verbose or entry.verdict not in _PLAIN or bool(entry.notes or entry.settings)
        return PlanRow(
            entry,
            shown,
            entry.finding.severity or "",
            " ".join(entry.finding.title.split()),
            _place(entry.anchors[0]) if entry.anchors else "-",
            max(0, len(entry.anchors) - 1),
            _happens(entry, self.unsafe, kept),
            tuple(self._details(entry, shown, kept)) if told else (),
        )

    def _details(
        self, entry: Planned, shown: str, kept: dict[str, Kept]
    ) -> Iterator[tuple[str, str]]:
        finding = entry.finding
        wrong = _cut(finding.problem or finding.recommendation)
        if wrong:
            yield "report", wrong
        yield from (("where", text) for text in _where(entry.anchors))
        yield "plan", entry.says
        yield from (("note", note) for note in entry.notes)
        if entry.settings:
            yield "set", "in fixaudit.toml:"
            yield from (("", line) for line in entry.settings)
        if self.verbose:
            yield from _evidence(entry)
        command = self._command(entry, shown, kept)
        if command:
            yield "run", shlex.join(command)

    def _command(self, entry: Planned, shown: str, kept: dict[str, Kept]) -> tuple[str, ...]:
        """The command that shows or tells more of this finding; none where there is none."""
        sites = entry.here or (entry.elsewhere if entry.verdict == "elsewhere" else ())
        open_sites = [site for site in sites if not site.suppressed]
        verdicts = {site.finding.verdict for site in open_sites}
        options: list[str] = []
        if verdicts & {Verdict.FIX, Verdict.UNSAFE}:
            if Verdict.UNSAFE in verdicts:
                options.append("--unsafe")
        elif any(site.fingerprint in kept for site in sites):
            options.append("--with-kept")
        elif open_sites:
            path = (
                os.path.relpath(self.root / open_sites[0].path) if self.root else open_sites[0].path
            )
            return "fixaudit", "explain", f"{path}:{open_sites[0].line}"
        else:
            return ()
        return *self.apply, "--finding", shown, *options, "--dry-run"


def _word(entry: Planned, unsafe: bool) -> str:
    """What happens, as it is counted."""
    if entry.verdict == "unsafe":
        return "fix" if unsafe else "fix with --unsafe"
    if entry.verdict == "mixed":
        return "partly"
    return _WORDS.get(entry.verdict, entry.verdict)


def _happens(entry: Planned, unsafe: bool, kept: dict[str, Kept]) -> str:
    """What happens, as the row tells it."""
    if entry.verdict == "suppressed" and all(site.fingerprint in kept for site in entry.here):
        return "kept as asked"
    if entry.verdict != "mixed":
        return _word(entry, unsafe)
    acting = _acting(entry.here, unsafe)
    whole = len(entry.here)
    if acting:
        return f"fix {acting} of {whole}"
    acting = _acting(entry.here, True)
    return f"--unsafe {acting} of {whole}" if acting else "see below"


def _acting(sites: Sequence[LocatedFinding], unsafe: bool) -> int:
    wanted = (Verdict.FIX, Verdict.UNSAFE) if unsafe else (Verdict.FIX,)
    return sum(site.finding.verdict in wanted and not site.suppressed for site in sites)


def _place(anchor: Anchor) -> str:
    path = anchor.path or (anchor.location.written if anchor.location else "")
    line = anchor.line or (anchor.cited[0] if anchor.cited else None)
    return (f"{path}:{line}" if line and path else path) or "the tree"


def _where(anchors: Sequence[Anchor]) -> Iterator[str]:
    """The places by what is known of them: `a.py:3, b.py:9: as cited, the flaw is here`."""
    groups: dict[str, list[str]] = {}
    for anchor in anchors:
        status = _STATUS.get(anchor.status) or f"moved {anchor.moved_by or 0:+d} lines"
        # Where nothing was found there is nothing to look into.
        flaw = f", {_FLAW[anchor.flaw]}" if anchor.found or anchor.flaw is Flaw.NOT_HERE else ""
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
    """The words of a report in one line, cut at a word."""
    text = " ".join(text.split())
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rpartition(" ")[0] + " …"
