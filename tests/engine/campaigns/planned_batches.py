"""Batches of a tree as a plan would hold them, worked out by the engine."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from fixaudit.campaigns.batch import Batch, BatchFile, Site
from fixaudit.campaigns.settings import BatchVerdict
from fixaudit.model.outcome import Changed, LocatedFinding
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.runner import Request, Worker


def planned(
    root: Path, *select: str, verdict: BatchVerdict = "fix", packages: Iterable[str] = ("",)
) -> Batch:
    """One batch of all that the codemods would change in a tree."""
    top = Path(os.path.realpath(root))
    worker = Worker(Request((top,), top, select=select, unsafe=verdict == "unsafe"))
    outcomes = Execution(worker, Speed(jobs=1, cache=False)).outcomes(worker.discover().files)
    files = sorted(
        (_file(each) for each in outcomes if isinstance(each, Changed)), key=lambda file: file.path
    )
    return Batch("all-01", verdict, (), tuple(packages), tuple(files))


def _file(changed: Changed) -> BatchFile:
    sites = tuple(_site(changed.path, site) for site in changed.sites if site.applied)
    return BatchFile(changed.path, changed.before, changed.after, sites, len(sites))


def _site(path: str, site: LocatedFinding) -> Site:
    finding = site.finding
    return Site(
        site.fingerprint, finding.codemod, path, site.line, finding.verdict.value, finding.reason
    )
