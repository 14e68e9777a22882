"""A line a batch: what a run came to."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from fixaudit.campaigns.report import BatchReport, CheckRow
from fixaudit.campaigns.running import BatchRun
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.synchronising import SyncDone
from fixaudit.text.visible import visible
from fixaudit_cli.campaigns.figures import counted
from fixaudit_cli.campaigns.logs import logs, short_lines

_WIDTH = 12


def run_lines(run: BatchRun, width: int) -> list[str]:
    """The line of a batch, and below it what was dropped or went wrong."""
    report = run.kept.report
    parts = [
        run.batch.name.ljust(width),
        run.state.status.ljust(_WIDTH),
        _sites(report, len(run.batch.sites)),
        _checks(report),
        f"{run.kept.seconds:.0f} s" + (" (known)" if run.is_reused else ""),
    ]
    lines = [visible("  ".join(part for part in parts if part).rstrip())]
    lines += [f"    {visible(line)}" for line in _below(run)]
    return lines


def _sites(report: BatchReport, planned: int) -> str:
    if report.status not in ("verified", "unverified"):
        return counted(planned, "site")
    kept = len(report.kept)
    return counted(kept, "site") if kept == planned else f"{kept} of {counted(planned, 'site')}"


def _checks(report: BatchReport) -> str:
    if not report.checks:
        return ""
    own = {row.place.folder for row in report.checks if row.place.why is None}
    others = {row.place.folder for row in report.checks if row.place.why is not None}
    ended = f"before {_worst(report.checks, 'before')}, after {_worst(report.checks, 'after')}"
    more = f"+{len(others)}" if others else ""
    return f"{ended}  {len(own)}{more} package{'' if len(own) + len(others) == 1 else 's'}"


def _worst(rows: Iterable[CheckRow], when: str) -> str:
    found = {getattr(row, when) for row in rows}
    return next((each for each in ("timeout", "red", "green") if each in found), "not run")


def _below(run: BatchRun) -> Iterable[str]:
    report = run.kept.report
    for entry in report.dropped:
        site = entry.site
        whose = "" if entry.place.why is None else " (dependent)"
        where = entry.place.folder or "."
        yield f"dropped: {site.path}:{site.line} {site.codemod}: turns {where} red{whose}: {_shown(entry.command)}"
        yield from short_lines(entry.tail)
    for row in report.checks:
        if row.flaky:
            yield f"flaky: {_shown(row.command)} in {row.place.folder or '.'} was red, and green with nothing changed"
    if report.not_run:
        yield f"{counted(report.not_run, 'dependent')} beyond max-dependents not run"
    if not report.complete:
        yield "the search for what turns it red was cut short"
    if run.state.reason is not None:
        yield run.state.reason
    elif report.reason is not None:
        yield report.reason
    if not report.dropped:
        for log in logs(report):
            yield from short_lines(log.tail)


def _shown(command: Iterable[str]) -> str:
    return f"`{shlex.join(command)}`"


def state_line(state: BatchState, width: int) -> str:
    """The line of a batch in `status`."""
    owners = " ".join(state.owners[:3]) + (
        f" +{len(state.owners) - 3}" if len(state.owners) > 3 else ""
    )
    parts = [
        state.name.ljust(width),
        state.status.ljust(_WIDTH),
        counted(len(state.findings), "site"),
        counted(len(state.files), "file"),
        owners or "-",
        state.url or (state.branch if state.commit else ""),
    ]
    if state.reason:
        parts.append(f"({state.reason})")
    return visible("  ".join(part for part in parts if part))


def sync_line(done: SyncDone) -> str:
    """Such as `18 merged, 2 stale -> computed anew (1 identical), 1 diverged (left alone)`."""
    found = done.found
    parts = []
    for status, what in (
        ("merged", "merged (findings gone from the base)"),
        ("published", "in review"),
        ("diverged", "diverged (left alone)"),
        ("unknown", "unknown"),
        ("closed", "closed"),
        ("gone", "gone from the base"),
    ):
        names = found.named(status)  # type: ignore[arg-type]
        if names:
            parts.append(f"{len(names)} {what}")
    if found.recompute and done.runs:
        verified = sum(run.is_committed for run in done.runs)
        parts.append(f"{len(found.recompute)} stale -> computed anew ({verified} verified)")
    elif found.recompute:
        parts.append(
            f"{len(found.recompute)} stale, to be computed anew by a `sync` without --look"
        )
    others = set(found.named("stale")) - set(found.recompute)
    if others:
        parts.append(f"{len(others)} stale, and in no batch of the plan now")
    if found.identical:
        parts.append(f"{len(found.identical)} identical on the new base (nothing to push)")
    return ", ".join(parts) or "nothing is published yet"
