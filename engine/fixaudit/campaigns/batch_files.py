"""The files of batches: what a run changes in them, with sites at their lines in the base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from fixaudit.campaigns.batch import BatchFile, Site
from fixaudit.campaigns.judging import Judgement, site_of
from fixaudit.campaigns.line_origins import LineOrigins
from fixaudit.model.outcome import Changed
from fixaudit.text.unified_diff import unified

Origins = Mapping[str, LineOrigins]


def origins_of(fixes: Judgement) -> dict[str, LineOrigins]:
    """Where the lines of the files that fixes change stand in the base."""
    return {path: LineOrigins(each.before, each.after) for path, each in fixes.changed.items()}


def moved(sites: Iterable[Site], origins: Origins) -> list[Site]:
    """The sites, each at its line in the base."""
    return [
        replace(site, line=origins[site.path].of(site.line)) if site.path in origins else site
        for site in sites
    ]


def batch_files(run: Judgement, left: Iterable[Site], origins: Origins) -> dict[str, BatchFile]:
    """The files that a run changes by their paths, each with the sites of it that stay."""
    stay: dict[str, list[Site]] = {}
    for site in left:
        stay.setdefault(site.path, []).append(site)
    return {
        path: _file(changed, origins, stay.get(path, ())) for path, changed in run.changed.items()
    }


def _file(changed: Changed, origins: Origins, left: Iterable[Site]) -> BatchFile:
    applied = (site_of(changed.path, site) for site in changed.sites if site.applied)
    diff = unified(changed.path, changed.before, changed.after)
    return BatchFile(
        *(changed.path, changed.before, changed.after, tuple(moved(applied, origins))),
        max(diff.added, diff.removed),
        tuple(left),
    )
