"""The findings of a report with the codemods that answer them and the places they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.plan.anchoring import anchor
from fixaudit.plan.cited_place import below, resolve
from fixaudit.plan.codebase import Tree
from fixaudit.plan.matching import by_hand, candidates, settle, weigh
from fixaudit.plan.model import Anchor, Pair
from fixaudit.reports.model import Report, ReportFinding

ByHand = Mapping[str, Sequence[str]]
"""The codemods that a person has paired with findings, by the finding's id; none: it is unpaired."""


class Row(NamedTuple):
    """A finding while it is planned."""

    report: Report
    finding: ReportFinding
    pairs: tuple[Pair, ...]
    anchors: tuple[Anchor, ...]
    by_hand: bool

    @property
    def acting(self) -> tuple[str, ...]:
        """The codemods that answer it."""
        return tuple(pair.codemod for pair in self.pairs if pair.acts)

    @property
    def everywhere(self) -> tuple[str, ...]:
        """Those that answer it at places that it does not cite, too."""
        return tuple(pair.codemod for pair in self.pairs if pair.confidence == "high")

    @property
    def meant(self) -> tuple[str, ...]:
        """Those that answer it, or that its words speak for."""
        return tuple(pair.codemod for pair in self.pairs if pair.acts or pair.spoken)

    def settlement(self) -> Iterator[str]:
        """What a person has settled, as told."""
        if self.by_hand:
            names = ", ".join(f"`{name}`" for name in self.acting)
            yield f"paired by you with {names}" if names else "unpaired by you"


def paired(
    report: Report, codemods: Sequence[Codemod], tree: Tree, settled: ByHand
) -> Iterator[Row]:
    """The rows of a report's findings, in their order.

    Places are looked for twice: with all candidates, as what is found there decides which of them
    act; and with those that act, so that no other's site is taken for the place.
    """
    known = {codemod.name: codemod for codemod in codemods}
    cases = weigh(report.findings, codemods, tree)
    names = [
        tuple(settled.get(finding.id, candidates(case)))
        for finding, case in zip(report.findings, cases, strict=True)
    ]
    places = anchor(report.findings, names, tree)
    pairs = [
        (
            by_hand(case, settled[finding.id], known)
            if finding.id in settled
            else settle(case, places[number], known)
        )
        for number, (finding, case) in enumerate(zip(report.findings, cases, strict=True))
    ]
    acting = [tuple(entry.codemod for entry in found if entry.acts) for found in pairs]
    if acting != names:
        places = anchor(report.findings, acting, tree)
    for number, finding in enumerate(report.findings):
        by_person = finding.id in settled
        yield Row(report, finding, pairs[number], places[number], by_person)


def offers(row: Row, tree: Tree, prefix: str = "") -> Iterator[str]:
    """What may answer a finding that nothing answers, each with what accepts it.

    `prefix` tells its report from others in `--pair`. A codemod with no site in the tree is not
    worth the question.
    """
    if row.acting or row.by_hand:
        return
    key = f"{prefix}{row.finding.id}"
    key = f"'{key}" if any(letter in key for letter in " '\"$`;&|*?()<>#") else key
    for pair in row.pairs:
        where = _where(row.finding, pair.codemod, tree) if pair.spoken else ""
        if where:
            end = "'" if key.startswith("'") else ""
            accept = f"--pair {key}={pair.codemod}{end}"
            yield f"`{pair.codemod}` may answer it ({pair.reason}), {where}: `{accept}` accepts it"


def _where(finding: ReportFinding, codemod: str, tree: Tree) -> str:
    """Where a codemod has sites that call for action: in the cited files, else in the tree; empty: nowhere."""
    cited: set[str] = set()
    for location in finding.locations:
        if location.path is not None and not location.outside_tree:
            folder = location.path.endswith("/")
            found = below(location.path, tree) if folder else resolve(location.path, tree).sure
            cited |= set(found)
    here = sum(_count(path, codemod, tree) for path in sorted(cited))
    if here:
        return f"with {_places(here)} in what it cites"
    total = sum(_count(path, codemod, tree) for path in tree.files)
    return f"with {_places(total)} in the tree" if total else ""


def _count(path: str, codemod: str, tree: Tree) -> int:
    sites = tree.sites_in(path, (codemod,))
    return sum(site.finding.verdict is not Verdict.LEAVE for site in sites)


def _places(number: int) -> str:
    return "1 place" if number == 1 else f"{number} places"
