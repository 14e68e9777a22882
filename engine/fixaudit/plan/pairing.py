"""The findings of a report with the codemods that answer them and the places they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from fixaudit.authoring.codemod import Codemod
from fixaudit.authoring.weighing import is_open
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.anchoring import anchor
from fixaudit.plan.cited_place import below, resolve
from fixaudit.plan.codebase import Tree, touches
from fixaudit.plan.matching import by_hand, candidates, settle, weigh
from fixaudit.plan.model import Anchor, Offer, Pair, Weight
from fixaudit.plan.report_words import Passage
from fixaudit.plan.wording import places as named_places
from fixaudit.reports.model import LineRange, NotTaken, Report, ReportFinding

_NAMED = 6
"""Places of an offer that are named one by one."""

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

    @property
    def looking(self) -> tuple[str, ...]:
        """Those, and where there are none those that its advice speaks for."""
        return self.meant or tuple(pair.codemod for pair in self.pairs if pair.advised)

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


def offers(row: Row, tree: Tree, taken: Collection[str] = (), prefix: str = "") -> Iterator[Offer]:
    """What may answer a finding that nothing answers.

    `prefix` tells its report from others in `--pair`. A codemod without a site that calls for action
    is not worth the question, nor one whose sites are `taken`: cited by other findings. What only the
    advice speaks for is offered where it has a site in a cited file and nothing else is. Beside what
    answers it, the others of the title are offered.
    """
    if row.by_hand:
        return
    found: dict[int, list[Offer]] = {}
    for pair in row.pairs:
        if pair.acts or pair.weight <= (Weight.PROBLEM if row.acting else Weight.CODE):
            continue
        sites, where = _where(row.finding, pair.codemod, tree, taken, near=pair.advised)
        if sites:
            accept = f"{prefix}{row.finding.id}={pair.codemod}"
            at = sites[0].path, sites[0].line
            offer = Offer(pair.codemod, pair.reason, where, accept, *at, tuple(sites))
            found.setdefault(int(pair.spoken), []).append(offer)
    yield from found[max(found)] if found else ()


def _where(
    finding: ReportFinding, codemod: str, tree: Tree, taken: Collection[str], *, near: bool = False
) -> tuple[list[LocatedFinding], str]:
    """The sites of a codemod that call for action: at the cited lines, else in the cited files, else in
    the tree (but not where it has to be `near`); and where that is, as told."""
    cited: dict[str, list[LineRange]] = {}
    for location in finding.locations:
        if location.path is not None and not location.outside_tree:
            folder = location.path.endswith("/")
            found = below(location.path, tree) if folder else resolve(location.path, tree).sure
            for path in found:
                cited.setdefault(path, []).extend(location.ranges)
    here = [site for path in sorted(cited) for site in _open(path, codemod, tree, taken)]
    named = [site for site in here if any(touches(site, lines) for lines in cited[site.path])]
    paths = () if near else tree.files
    everywhere = [site for path in paths for site in _open(path, codemod, tree, taken)]
    for sites, words in (
        (named, "at the lines it cites"),
        (here, "in the files it cites" if len(cited) > 1 else "in the file it cites"),
        (everywhere, "in the tree"),
    ):
        if sites:
            noun = "place" if len(sites) == 1 else "places"
            which = f": {named_places(sites)}" if len(sites) <= _NAMED else ""
            return sites, f"with {len(sites)} {noun} {words}{which}"
    return [], ""


def _open(path: str, codemod: str, tree: Tree, taken: Collection[str]) -> Iterator[LocatedFinding]:
    for site in tree.sites_in(path, (codemod,)):
        if is_open(site.finding) and not site.suppressed and site.fingerprint not in taken:
            yield site


def may_answer(
    passage: NotTaken, codemods: Sequence[Codemod], tree: Tree, taken: Collection[str] = ()
) -> NotTaken:
    """A passage that is no finding, with the codemods that all of its words speak for and that have
    something to do in the tree: a box of a check list, a step of a plan."""
    words = Passage(passage.text, "")
    found = []
    for codemod in codemods:
        if words.group_in(codemod.report_match.keywords) is None:
            continue
        sites = [site for path in tree.files for site in _open(path, codemod.name, tree, taken)]
        if sites:
            noun = "place" if len(sites) == 1 else "places"
            found.append(f"`{codemod.name}` ({len(sites)} {noun} in the tree)")
    if not found:
        return passage
    return replace(passage, why=f"{passage.why}; {' and '.join(found)} may answer it")
