"""The figures of a campaign: a row a batch, and counts, as text, JSON and the board show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fixaudit.campaigns.batch import CampaignPlan, Site, patch_of
from fixaudit.campaigns.campaign import Campaign
from fixaudit.campaigns.publish_report import PublishReport
from fixaudit.campaigns.report import BatchReport, CheckRow
from fixaudit.campaigns.running import BatchRun, ledger
from fixaudit.campaigns.settings import GoalSettings
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.store import KeptResult
from fixaudit.campaigns.synchronising import SyncDone

ORDER = (
    *("merged", "published", "verified", "unverified", "stale", "diverged", "unknown", "closed"),
    *(
        "red-before",
        "dropped-all",
        "timeout",
        "setup-failed",
        "crashed",
        "gone",
        "waits",
        "planned",
    ),
)
"""The order in which statuses are counted."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A batch: its state, and the result of its last verification, if this machine has it."""

    state: BatchState
    kept: KeptResult | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """A campaign in one repository as it stands."""

    campaign: str
    repository: str
    plan: CampaignPlan | None
    rows: tuple[BoardRow, ...]
    goal: GoalSettings | None = None

    @property
    def statuses(self) -> Mapping[str, int]:
        found: Counter[str] = Counter(row.state.status for row in self.rows)
        return {status: found[status] for status in ORDER if found[status]}

    @property
    def sites(self) -> Mapping[str, int]:
        """Sites by the status of their batch."""
        found: Counter[str] = Counter()
        for row in self.rows:
            found[row.state.status] += len(row.state.findings)
        return {status: found[status] for status in ORDER if found[status]}

    @property
    def dropped(self) -> int:
        return sum(len(row.state.dropped) for row in self.rows)

    @property
    def reports(self) -> list[BatchReport]:
        """Of the batches that were verified on this machine or merged here, by name."""
        return [row.kept.report for row in self.rows if row.kept is not None]

    @property
    def patch(self) -> bytes:
        """What all verified batches change, in the order of the paths."""
        return patch_of(file for report in self.reports for file in report.files)

    @property
    def ledger(self) -> bytes:
        return ledger(self.reports)

    @property
    def headline(self) -> str:
        base = f" at {self.plan.base[:12]}" if self.plan is not None else ""
        counts = ", ".join(f"{number} {status}" for status, number in self.statuses.items())
        return f"{self.campaign}: {counted(len(self.rows), 'batch')}{base}: {counts or 'none yet'}"

    @property
    def left(self) -> list[Site]:
        """What people are to decide; what is right as it is, or suppressed, is not theirs."""
        sites = () if self.plan is None else self.plan.left
        return [site for site in sites if site.verdict in ("unsafe", "review")]

    @property
    def site_line(self) -> str:
        total = sum(self.sites.values())
        done = self.sites.get("merged", 0)
        parts = [f"{counted(total, 'site')}, {done} merged"]
        if self.dropped:
            parts.append(f"{self.dropped} dropped by tests")
        if self.left:
            parts.append(f"{len(self.left)} left to people")
        return ", ".join(parts)


def counted(number: int, noun: str) -> str:
    """A number with its noun, such as `1 site`, `1,200 sites` and `2 batches`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun}{'es' if noun.endswith('ch') else 's'}"


def figures(campaign: Campaign) -> Figures:
    """The figures of a campaign, as this machine knows it."""
    store = campaign.store
    rows = (
        BoardRow(state, None if state.key is None else store.result(state.key))
        for state in store.states().values()
    )
    settings = campaign.settings
    name = campaign.repository.top.name
    return Figures(settings.name, name, store.plan(), tuple(rows), settings.goal)


def run_data(run: BatchRun) -> dict[str, Any]:
    """What a run came to for one batch, for programs."""
    report, kept = run.kept.report, run.kept
    return {
        **state_data(run.state),
        "seconds": round(kept.seconds, 3),
        "worker": kept.worker,
        "attempt": kept.attempt,
        "known": run.is_reused,
        "digest": report.digest,
        "checks": [check_data(row) for row in report.checks],
        "dropped_sites": [
            {
                "codemod": entry.site.codemod,
                "path": entry.site.path,
                "line": entry.site.line,
                "fingerprint": entry.site.fingerprint,
                "package": entry.place.folder,
                "command": list(entry.command),
                "log": entry.tail,
            }
            for entry in report.dropped
        ],
        "not_run": report.not_run,
    }


def check_data(row: CheckRow) -> dict[str, Any]:
    return {
        "package": row.place.folder,
        "why": row.place.why,
        "command": list(row.command),
        "before": row.before,
        "after": row.after,
        "seconds_before": round(row.seconds_before, 3),
        "seconds_after": round(row.seconds_after, 3),
        "runs": row.runs,
        "flaky": row.flaky,
        "log": row.tail,
    }


def state_data(state: BatchState) -> dict[str, Any]:
    """A batch for programs: what git tells, so that it is equal on all machines after `sync`."""
    return {
        "batch": state.name,
        "status": state.status,
        "verdict": state.verdict,
        "owners": list(state.owners),
        "packages": list(state.packages),
        "files": list(state.files),
        "lines": state.lines,
        "findings": list(state.findings),
        "dropped": list(state.dropped),
        "branch": state.branch,
        "commit": state.commit,
        "url": state.url,
        "reason": state.reason,
    }


def status_data(shown: Sequence[Figures]) -> dict[str, Any]:
    return {
        "version": 1,
        "repositories": [
            {
                "campaign": each.campaign,
                "repository": each.repository,
                "base": None if each.plan is None else each.plan.base,
                "statuses": dict(each.statuses),
                "sites": dict(each.sites),
                "batches": [state_data(row.state) for row in each.rows],
            }
            for each in shown
        ],
    }


def site_data(site: Site) -> dict[str, Any]:
    """A site for programs."""
    return {
        "codemod": site.codemod,
        "path": site.path,
        "line": site.line,
        "verdict": site.verdict,
        "reason": site.reason,
        "fingerprint": site.fingerprint,
    }


def publish_data(report: PublishReport) -> dict[str, Any]:
    """What a `publish` did, for programs."""
    lists = ("opened", "pushed", "same", "ready", "waiting")
    told = ("failed", "diverged", "skipped")
    return {
        **{key: list(getattr(report, key)) for key in lists},
        **{key: [{"batch": n, "reason": w} for n, w in getattr(report, key)] for key in told},
        "next": None if report.next is None else report.next.isoformat(),
        "batches": [state_data(state) for state in report.states],
    }


def sync_data(done: SyncDone) -> dict[str, Any]:
    """What a `sync` found and did, for programs."""
    found = done.found
    lists = ("recompute", "identical", "vanished", "changed")
    return {
        **{key: list(getattr(found, key)) for key in lists},
        "runs": [run_data(run) for run in done.runs],
        "published": None if done.published is None else publish_data(done.published),
        "batches": [state_data(state) for state in found.states],
    }
