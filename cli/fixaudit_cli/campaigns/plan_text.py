"""A campaign's plan as text for people, and as data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from fixaudit._version import __version__
from fixaudit.campaigns.batch import Batch, BatchFile, CampaignPlan, Site
from fixaudit.text.visible import encodable, visible
from fixaudit_cli.campaigns.figures import counted

VERSION = 1
_MOST_OWNERS = 3


def plan_lines(plan: CampaignPlan, *, verbose: bool = False) -> list[str]:
    """What `campaign plan` prints: how much there is, the first batch, what is odd, what stays.

    `verbose` shows all batches, a line each. Problems are not among it: they go to another stream.
    """
    if not plan.batches:
        left = (f"  {line}" for line in _left(plan.left))
        return [f"{plan.campaign}: no batch, as no site is to be changed", *left]
    shown = plan.batches if verbose else plan.batches[:1]
    widths = _widths(shown)
    rows = [f"{'' if verbose else 'first: '}{_row(batch, widths)}" for batch in shown]
    odd = [*_oddities(plan.batches), *_left(plan.left)]
    return [visible(line) for line in (_summary(plan), *(f"  {row}" for row in (*rows, *odd)))]


def _summary(plan: CampaignPlan) -> str:
    packages = {folder for batch in plan.batches for folder in batch.packages}
    owners = {owner for batch in plan.batches for owner in batch.owners}
    files = max(len(batch.files) for batch in plan.batches)
    lines = max(batch.lines for batch in plan.batches)
    more = f" + {counted(plan.dependents, 'dependent')}" if plan.dependents else ""
    return (
        f"{counted(plan.sites, 'site')} in {counted(len(packages), 'package')},"
        f" {counted(len(owners), 'owner')} -> {counted(len(plan.batches), 'batch')}"
        f" (largest {counted(files, 'file')}, {counted(lines, 'line')});"
        f" {counted(len(packages), 'package')}{more} to verify"
    )


def _widths(batches: Iterable[Batch]) -> tuple[int, ...]:
    columns = zip(*(_cells(batch) for batch in batches), strict=True)
    return tuple(max(map(len, column)) for column in columns)


def _row(batch: Batch, widths: tuple[int, ...]) -> str:
    placed = (cell.ljust(width) for cell, width in zip(_cells(batch), widths, strict=True))
    return "  ".join(placed).rstrip()


def _cells(batch: Batch) -> tuple[str, ...]:
    """`payments-01  @acme/payments  3 packages  31 files  212 lines  unsafe, after data-01`"""
    shown = " ".join(batch.owners[:_MOST_OWNERS]) or "-"
    more = len(batch.owners) - _MOST_OWNERS
    told: list[str] = [] if batch.verdict == "fix" else [batch.verdict]
    told += [f"after {', '.join(batch.waits_for)}"] if batch.waits_for else []
    return (
        batch.name,
        f"{shown} +{more}" if more > 0 else shown,
        counted(len(batch.packages), "package"),
        counted(len(batch.files), "file"),
        counted(batch.lines, "line"),
        ", ".join(told),
    )


def _oddities(batches: tuple[Batch, ...]) -> Iterator[str]:
    yield from (f"beyond the limits: {each.name}: {each.beyond}" for each in batches if each.beyond)
    nobody = [batch.name for batch in batches if not batch.owners]
    if nobody:
        yield f"nobody owns the files of {_some(nobody)}"


def _left(left: Iterable[Site]) -> Iterator[str]:
    counts = Counter(site.verdict for site in left)
    on_purpose = counts.pop("leave", 0)
    if counts:
        told = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in sorted(counts))
        right = (
            "1 is right as it is" if on_purpose == 1 else f"{on_purpose:,} are right as they are"
        )
        more = f"; {right}" if on_purpose else ""
        yield f"left: {counted(counts.total(), 'site')} ({told}){more}"


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_OWNERS
    return ", ".join(names[:_MOST_OWNERS]) + (f" and {more} more" if more > 0 else "")


# ---------------------------------------------------------------- data


def plan_data(plan: CampaignPlan) -> dict[str, Any]:
    """The plan as JSON has it; keys are added, never changed, within a version. No texts of files."""
    return {
        "version": VERSION,
        "tool": {"name": "fixaudit", "version": __version__},
        "campaign": plan.campaign,
        "base": plan.base,
        "config": plan.config,
        "summary": {
            "sites": plan.sites,
            "batches": len(plan.batches),
            "files": len({file.path for batch in plan.batches for file in batch.files}),
            "packages": len({folder for batch in plan.batches for folder in batch.packages}),
            "owners": len({owner for batch in plan.batches for owner in batch.owners}),
            "dependents": plan.dependents,
            "left": len(plan.left),
        },
        "batches": [_batch(batch) for batch in plan.batches],
        "left": [_site(site) for site in plan.left],
        "problems": list(map(encodable, plan.problems)),
    }


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "name": batch.name,
        "verdict": batch.verdict,
        "owners": list(map(encodable, batch.owners)),
        "packages": list(map(encodable, batch.packages)),
        "sites": len(batch.sites),
        "lines": batch.lines,
        "digest": batch.digest,
        "waits_for": list(batch.waits_for),
        "beyond": None if batch.beyond is None else encodable(batch.beyond),
        "files": [_file(file) for file in batch.files],
    }


def _file(file: BatchFile) -> dict[str, Any]:
    sites = [_site(site) for site in file.sites]
    return {"path": encodable(file.path), "lines": file.lines, "sites": sites}


def _site(site: Site) -> dict[str, Any]:
    return {
        "fingerprint": site.fingerprint,
        "codemod": site.codemod,
        "path": encodable(site.path),
        "line": site.line,
        "verdict": site.verdict,
        "reason": encodable(site.reason),
    }
