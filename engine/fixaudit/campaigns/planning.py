"""A campaign's plan: a run over a checkout of the base, and its changes in batches."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from fixaudit.campaigns.atoms import ChangedFile
from fixaudit.campaigns.batch import Batch, BatchFile, CampaignPlan, Site
from fixaudit.campaigns.batch_files import Origins, batch_files, moved, origins_of
from fixaudit.campaigns.definition import config_digest
from fixaudit.campaigns.grouping import group
from fixaudit.campaigns.judging import Judgement, is_unsafe, judged, written_into
from fixaudit.campaigns.settings import BatchVerdict, CampaignSettings
from fixaudit.campaigns.state import BatchState
from fixaudit.campaigns.surroundings import Surroundings
from fixaudit.campaigns.waiting import with_waiting
from fixaudit.pipeline.execution import Speed

# What has come to its end gets no more files: findings that are left come into batches of their own.
_ENDED = frozenset({"merged", "unknown", "gone"})


def make_plan(
    tree: Path,
    base: str,
    settings: CampaignSettings,
    *,
    speed: Speed | None = None,
    known: Collection[BatchState] = (),
    local_code: bool | None = None,
) -> CampaignPlan:
    """The batches of a campaign at one commit.

    Args:
        tree: a checkout of exactly the commit `base` that nobody else uses. With both verdicts it holds
            the fixes while the unsafe edits are worked out, and the base again at the end.
        known: what is known of the campaign's batches: their files stay in them as far as the limits
            allow, and no new batch gets their names.
        local_code: True trusts the repository's own codemods for this once, False runs none of them;
            None runs those that are trusted in the tree of the user, `settings.root`, and are the same
            bytes here.

    Raises:
        ConfigError, CodemodError: the configuration or a codemod cannot be used at all.
        OSError: the tree cannot be written to.
    """
    top = Path(os.path.abspath(tree))
    around = Surroundings(top)
    runs = _runs(top, settings, speed or Speed(), local_code)
    # Unsafe edits count in the text that the fixes leave, sites in that of the base.
    origins = origins_of(runs[0][1]) if len(runs) > 1 else {}
    left = _left([run for _, run in runs], origins)
    batches: list[Batch] = []
    for verdict, run in runs:
        taken = [*(state.name for state in known), *(batch.name for batch in batches)]
        files = batch_files(run, left, origins if verdict == "unsafe" else {})
        made = _batches(verdict, files, run, around, settings, _homes(known, verdict), taken)
        batches += with_waiting(batches, made, run.links)
    digest, more = config_digest(settings, top), around.dependents(batches, settings.verify)
    found = (tuple(batches), tuple(left), more, _problems(runs, around))
    return CampaignPlan(settings.name, base, digest, *found)


def _problems(
    runs: Iterable[tuple[BatchVerdict, Judgement]], around: Surroundings
) -> tuple[str, ...]:
    told = (line for _, run in runs for line in run.problems)
    return tuple(dict.fromkeys([*told, *around.problems]))


def _left(runs: Sequence[Judgement], origins: Origins) -> list[Site]:
    """What no batch applies. A place that a fix mended is judged again after it, and is not left."""
    fixes, last = runs[0], runs[-1]
    if fixes is last:
        return fixes.left
    mended = {
        (path, site.finding.codemod, site.line)
        for path, changed in fixes.changed.items()
        for site in changed.sites
        if site.applied
    } - {(site.path, site.codemod, site.line) for site in fixes.left}
    left = moved(last.left, origins)
    return [site for site in left if (site.path, site.codemod, site.line) not in mended]


def _runs(
    tree: Path, settings: CampaignSettings, speed: Speed, local_code: bool | None
) -> list[tuple[BatchVerdict, Judgement]]:
    """What the fixes change, and what the unsafe edits change then, as far as they are asked for."""
    verdicts = settings.batch.verdicts
    if "fix" not in verdicts:
        alone = judged(tree, settings, speed, local_code, unsafe=True, accept=is_unsafe)
        return [("unsafe", alone)]
    fixes = judged(tree, settings, speed, local_code, unsafe=False)
    if "unsafe" not in verdicts:
        return [("fix", fixes)]
    changed = fixes.changed.values()
    try:
        written_into(tree, ((each.path, each.after) for each in changed))
        unsafe = judged(tree, settings, speed, local_code, unsafe=True)
    finally:
        written_into(tree, ((each.path, each.before) for each in changed))
    return [("fix", fixes), ("unsafe", unsafe)]


# ---------------------------------------------------------------- batches


def _homes(known: Iterable[BatchState], verdict: BatchVerdict) -> dict[str, str]:
    """Which batch has which file already."""
    return {
        path: state.name
        for state in known
        if state.verdict == verdict and state.status not in _ENDED
        for path in state.files
    }


def _batches(
    verdict: BatchVerdict,
    files: Mapping[str, BatchFile],
    run: Judgement,
    around: Surroundings,
    settings: CampaignSettings,
    existing: Mapping[str, str],
    taken: Sequence[str],
) -> list[Batch]:
    groups = group(
        [_changed_file(file, around) for file in files.values()],
        run.links,
        settings.batch,
        existing=existing,
        taken=taken,
        mark="" if verdict == "fix" else verdict,
        package_name=around.package_name,
    )
    return [
        Batch(
            name=each.name,
            verdict=verdict,
            owners=tuple(sorted({o for path in each.paths for o in around.owners(path)})),
            packages=tuple(sorted({around.package(path) for path in each.paths})),
            files=tuple(files[path] for path in each.paths),
            beyond=each.beyond,
        )
        for each in groups
    ]


def _changed_file(file: BatchFile, around: Surroundings) -> ChangedFile:
    codemods = Counter(site.codemod for site in file.sites)
    owners = around.owners(file.path)
    return ChangedFile(file.path, owners, around.package(file.path), codemods, file.lines)
