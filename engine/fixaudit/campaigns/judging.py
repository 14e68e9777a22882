"""One run over a checkout, as a plan asks about it: what changes, what stays, what needs what."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fixaudit.campaigns.atoms import Link
from fixaudit.campaigns.batch import Site
from fixaudit.campaigns.settings import CampaignSettings
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import Changed, Failed, LocatedFinding, Outcome, Problem
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.local_settings import configurations, withheld
from fixaudit.pipeline.runner import Request, Worker

Accept = Callable[[LocatedFinding], bool]


@dataclass(slots=True)
class Judgement:
    """What a run says.

    Attributes:
        changed: by path, relative to the top with `/`.
        left: the sites that stay, of all files.
        links: which of the changed files need each other.
        problems: one line each.
    """

    changed: dict[str, Changed] = field(default_factory=dict)
    left: list[Site] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def judged(
    tree: Path,
    settings: CampaignSettings,
    speed: Speed,
    local_code: bool | None,
    *,
    unsafe: bool,
    accept: Accept | None = None,
) -> Judgement:
    """Judge the checkout at `tree` with the campaign's codemods; nothing is written.

    Raises:
        ConfigError, CodemodError: the configuration or a codemod cannot be used at all.
    """
    worker = Worker(request(tree, settings, local_code, unsafe=unsafe, accept=accept))
    found = worker.discover()
    told = Judgement()
    told.problems += (
        _line(Problem(worker.relative(entry.path), entry.kind, entry.message, entry.line))
        for entry in found.problems
    )
    told.problems += map(_line, withheld(worker, configurations(worker, found.files)))
    for outcome in Execution(worker, speed).outcomes(found.files):
        _take(told, outcome)
    told.links = [*_definitions(worker, told.changed), *_cited_together(told.changed)]
    told.problems = list(dict.fromkeys(told.problems))
    return told


def request(
    tree: Path,
    settings: CampaignSettings,
    local_code: bool | None,
    *,
    unsafe: bool,
    accept: Accept | None = None,
) -> Request:
    """What the run of a campaign over the checkout at `tree` is asked to do.

    Codemods of the repository run where they are trusted in the tree of the user, as the same bytes.
    """
    paths = tuple(tree / path for path in settings.paths) or (tree,)
    return Request(
        paths=paths,
        root=tree,
        select=settings.select,
        ignore=settings.ignore,
        unsafe=unsafe,
        accept=accept,
        local_code=local_code,
        checkout_of=settings.root,
    )


def site_of(path: str, found: LocatedFinding) -> Site:
    """A finding of a file as a plan tells it."""
    finding, reason = found.finding, found.finding.reason
    if found.suppressed is not None:
        reason = f"{reason} (suppressed: {found.suppressed})"
    verdict = finding.verdict.value if found.suppressed is None else "suppressed"
    return Site(found.fingerprint, finding.codemod, path, found.line, verdict, reason)


def _take(told: Judgement, outcome: Outcome) -> None:
    if isinstance(outcome, Failed):
        told.problems.append(_line(outcome.problem))
        return
    told.problems += map(_line, outcome.problems)
    if isinstance(outcome, Changed):
        told.changed[outcome.path] = outcome
    told.left += (site_of(outcome.path, site) for site in outcome.sites if not site.applied)


def _line(problem: Problem) -> str:
    place = problem.path if problem.line is None else f"{problem.path}:{problem.line}"
    return f"{place}: {problem.message}"


def _definitions(worker: Worker, changed: dict[str, Changed]) -> Iterator[Link]:
    """A file that defines a function for others of the run, with each that imports it from there."""
    for place, provided in sorted(worker.provided.items()):
        importer = worker.relative(Path(place))
        for module, name in sorted(provided.values()):
            home = worker.project.path_of(module, Path(place))
            if home is not None and importer in changed:
                yield Link(importer, worker.relative(home), f"they share `{name}`")


def _cited_together(changed: dict[str, Changed]) -> Iterator[Link]:
    """Files that a codemod says it has to change together."""
    for path, outcome in changed.items():
        for site in outcome.sites:
            for other in site.finding.together if site.applied else ():
                if other.path != path:
                    yield Link(path, other.path, site.finding.reason)


def is_unsafe(site: LocatedFinding) -> bool:
    """True for what a batch of unsafe edits alone takes."""
    return site.finding.verdict is Verdict.UNSAFE


def written_into(tree: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Put bytes into files that are there, in a checkout that nobody else looks at. Raises OSError."""
    for path, data in files:
        with open(os.path.join(tree, path), "wb") as file:
            file.write(data)
