"""The runs that carry out a plan file, or reports at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.config.request import Request, find_root
from fixaudit.errors import ConfigError
from fixaudit.files.plain_file import read_regular
from fixaudit_cli.options import options
from fixaudit_cli.options.plan_options import PlanOptions
from fixaudit_cli.plans.pairs import settled
from fixaudit_cli.plans.planning import choice, narrowed, planned, read, say_of_files, surveyed

if TYPE_CHECKING:
    from fixaudit.model.outcome import Note, Problem
    from fixaudit.plan.named_finding import NamedFinding, Names
    from fixaudit.plan.selection import Choice
    from fixaudit.plan.stored import Entry


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """The request that carries out a plan, and the fingerprints of the sites to act on (None: all).

    `answers` gives the findings of reports by fingerprint; `problems` are the files that have
    changed since the plan, `notes` tell of comments in the files that the reports were held against; the lines
    `said` are on stderr already.
    """

    request: Request
    wanted: frozenset[str] | None = None
    answers: Names = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    said: tuple[str, ...] = ()


def planned_run(
    request: Request, given: PlanOptions, *, rooted: bool, jobs: int | None = 1
) -> PlannedRun:
    """The run that `--plan` or `--report` asks for; the request as it is where neither is given.

    With `rooted`, the root is that of the request's paths; without, the one a plan file records.
    `jobs` processes plan a report; None stands for as many as pay.

    Raises:
        ConfigError: options that do not go together, a plan or a root that is not there.
        ReportError: a report that cannot be read.
    """
    if given.plan is None and not given.report:
        narrowing = options.words(given.finding) or options.words(given.severity)
        if narrowing or given.cited_only:
            raise ConfigError("--finding, --severity and --cited-only need --plan or --report")
        _only_of_reports(given)
        return PlannedRun(request)
    if given.plan is not None and given.report:
        raise ConfigError("--plan and --report exclude each other; give one")
    if given.stdin_filename is not None:
        raise ConfigError("--plan and --report are about files, not about standard input")
    wanted = choice(given.finding, given.severity, given.cited_only)
    if given.plan is not None:
        _only_of_reports(given)
        return _of_file(request, given.plan, wanted, rooted)
    return _of_reports(request, given, wanted, jobs)


def _only_of_reports(given: PlanOptions) -> None:
    for option, value in (
        ("--trust-report", given.trust_report),
        ("--with-kept", given.with_kept),
        ("--pair", given.pair),
    ):
        if value:
            raise ConfigError(f"{option} needs --report; a plan file has it from `plan {option}`")


def _of_reports(
    request: Request, given: PlanOptions, wanted: Choice, jobs: int | None
) -> PlannedRun:
    from fixaudit.plan.named_finding import of_plan
    from fixaudit.plan.selection import edits
    from fixaudit.plan.stored import stored
    from fixaudit_cli.output.tally import worth_telling
    from fixaudit_cli.plans.kept_places import say_of_kept, say_of_options

    found = surveyed(request, jobs)
    reports = read(given.report or ())
    remembered = settled(reports, found, given.pair)
    plan = planned(
        *(reports, found),
        trust_report=given.trust_report,
        with_kept=given.with_kept,
        settled=remembered,
    )
    plan = narrowed(plan, wanted)
    entries = [stored(row) for row in edits(plan)]
    run = _run(request, found.tree.root, entries, of_plan(plan), found.tree.problems)
    said = say_of_files(found)
    say_of_kept([entry for entry in plan.kept if entry.spared], entries)
    say_of_options(plan.findings)
    return replace(run, notes=tuple(worth_telling(found.notes)), said=said)


def _of_file(request: Request, path: Path, wanted: Choice, rooted: bool) -> PlannedRun:
    from fixaudit.plan.named_finding import of_file
    from fixaudit.plan.stored import load, stored_entries
    from fixaudit_cli.plans.kept_places import say_of_stored

    plan = load(path)
    root = find_root(request.paths) if rooted else _root(path, plan.root)
    entries = stored_entries(plan, wanted)
    changed = {
        name: problem
        for name in sorted({entry.path for entry in entries})
        if (problem := _changed(root, name, plan.files[name])) is not None
    }
    kept = [entry for entry in entries if entry.path not in changed]
    say_of_stored(plan.spared, kept)
    return _run(request, root, kept, of_file(plan), tuple(changed.values()))


def _root(path: Path, recorded: str) -> Path:
    root = Path(os.path.abspath(path.parent / recorded))
    if not root.is_dir():
        raise ConfigError(f"{path}: its tree {recorded} is not there; name the tree's folder")
    return root


def _changed(root: Path, name: str, digest: str) -> Problem | None:
    """Why a file is not the one that was planned; a link that leads out of the tree is not read."""
    from hashlib import sha256

    from fixaudit.model.outcome import Problem

    place = root / name
    if not os.path.realpath(place).startswith(os.path.join(os.path.realpath(root), "")):
        return Problem(name, "changed", "leads out of the tree; nothing is applied to it")
    try:
        data = read_regular(place)
    except OSError as error:
        why = error.strerror or str(error)
        return Problem(name, "changed", f"cannot be read ({why}); nothing is applied to it")
    if sha256(data).hexdigest() != digest:
        message = "has changed since the plan; nothing is applied to it: plan again"
        return Problem(name, "changed", message)
    return None


def _run(
    request: Request,
    root: Path,
    entries: Sequence[Entry],
    findings: Sequence[NamedFinding],
    problems: Sequence[Problem],
) -> PlannedRun:
    from fixaudit.model.finding import Verdict
    from fixaudit.plan.named_finding import answers

    names = tuple(sorted({entry.codemod for entry in entries}))
    paths = tuple(root / name for name in sorted({entry.path for entry in entries}))
    # No name would mean all codemods, and no path the current folder.
    chosen = frozenset(entry.fingerprint for entry in entries)
    request = replace(
        request,
        root=root,
        paths=paths or (root,),
        select=request.select or names or None,
        cited={entry.fingerprint: Verdict(entry.verdict) for entry in entries},
    )
    return PlannedRun(
        request,
        chosen,
        answers(findings, ((e.fingerprint, e.findings, e.cited) for e in entries)),
        tuple(problems),
    )
