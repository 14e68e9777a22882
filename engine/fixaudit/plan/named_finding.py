"""Findings of reports as they are named beside the edits that answer them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fixaudit.plan.model import AuditPlan
from fixaudit.plan.stored import PlanFile


@dataclass(frozen=True, slots=True)
class NamedSite:
    """A site at a place a finding cites, as the plan saw it: what a commit says was left."""

    fingerprint: str
    path: str
    line: int
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class NamedFinding:
    """A finding of a report. `shown` is its id, with the report's name where there are several.

    `sites` are those at its cited places, whatever becomes of them; `number` is its place in the plan.
    """

    report: str
    id: str
    title: str
    severity: str | None = None
    shown: str = ""
    sites: tuple[NamedSite, ...] = ()
    number: int = 0

    @property
    def name(self) -> str:
        """`4.1 (low) Exception logged twice`, in one line."""
        words = [self.shown or self.id]
        words += [f"({self.severity})"] if self.severity else []
        return " ".join([*words, *self.title.split()])

    @property
    def short(self) -> str:
        """The id and the title."""
        return " ".join([self.shown or self.id, *self.title.split()])


@dataclass(frozen=True, slots=True)
class Answered:
    """What an edit answers: findings of reports, and whether one of them cites its place."""

    findings: tuple[NamedFinding, ...]
    cited: bool = True

    @property
    def lines(self) -> tuple[str, ...]:
        """`for 4.1 (low) …` of a cited place, `like 4.1 (low) …` of one that only looks the same."""
        word = "for" if self.cited else "like"
        return tuple(f"{word} {finding.name}" for finding in self.findings)


Names = Mapping[str, Answered]
"""What edits answer, by the fingerprints of their sites."""


def shown_id(report: str, key: str, reports: Iterable[str]) -> str:
    """An id as it is shown: with the report's base name where there are several reports."""
    several = len(set(reports)) > 1
    return f"{report.replace(chr(92), '/').rpartition('/')[2]}:{key}" if several else key


def answers(
    findings: Iterable[NamedFinding], edits: Iterable[tuple[str, Sequence[tuple[str, str]], bool]]
) -> dict[str, Answered]:
    """The findings by the edits that answer them: rows of fingerprint, `(report, id)`s, and whether
    one of them cites the place."""
    known = {(entry.report, entry.id): entry for entry in findings}
    return {
        fingerprint: Answered(tuple(known[key] for key in keys if key in known), cited)
        for fingerprint, keys, cited in edits
    }


def of_plan(plan: AuditPlan) -> list[NamedFinding]:
    """The findings of a plan."""
    reports = [head.source for head in plan.reports]
    return [
        NamedFinding(
            entry.report,
            entry.finding.id,
            entry.finding.title,
            entry.finding.severity,
            shown_id(entry.report, entry.finding.id, reports),
            tuple(
                NamedSite(
                    site.fingerprint,
                    site.path,
                    site.line,
                    "suppressed" if site.suppressed else site.finding.verdict.value,
                    site.suppressed or site.finding.reason,
                )
                for site in entry.here
            ),
            number,
        )
        for number, entry in enumerate(plan.findings)
    ]


def of_file(plan: PlanFile) -> list[NamedFinding]:
    """The findings that a plan file still lists."""
    reports = [entry.report for entry in plan.findings]
    return [
        NamedFinding(
            entry.report,
            entry.id,
            entry.title,
            entry.severity,
            shown_id(entry.report, entry.id, reports),
            tuple(
                NamedSite(site.fingerprint, site.path, site.line, site.verdict, site.reason)
                for site in entry.sites
            ),
            number,
        )
        for number, entry in enumerate(plan.findings)
    ]
