"""Options about audit reports, shared by `plan` and `apply`, and the request they make."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fixaudit.config.request import Request, find_root
from fixaudit.errors import ConfigError, ReportError
from fixaudit.files.plain_file import read_regular
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.model.outcome import Note, Outcome, Problem
    from fixaudit.plan.model import AuditPlan
    from fixaudit.plan.selection import Choice
    from fixaudit.plan.stored import Entry
    from fixaudit.plan.tree_findings import Survey
    from fixaudit.reports.model import Report

PlanOption = Annotated[
    Path | None,
    options.option(
        options.REPORTS, "--plan", metavar="FILE", help="Apply what a plan file still lists."
    ),
]
Reports = Annotated[
    list[Path] | None,
    options.option(
        options.REPORTS, "--report", metavar="FILE", help="Plan an audit report and apply the plan."
    ),
]
Finding = Annotated[
    list[str] | None,
    options.option(
        options.REPORTS, "--finding", metavar="IDS", help="Only findings of these ids: 1.2,3.5."
    ),
]
Severity = Annotated[
    list[str] | None,
    options.option(
        options.REPORTS,
        "--severity",
        metavar="LEVEL",
        help="Only findings of this severity: high, or high+.",
    ),
]
CitedOnly = Annotated[
    bool,
    options.option(
        options.REPORTS, "--cited-only", help="Only the places the report cites, not all like them."
    ),
]
TrustReport = Annotated[
    bool,
    options.option(
        options.REPORTS,
        "--trust-report",
        help="A scanner's findings, too, override hints and the roles of files where they cite a line.",
    ),
]
_CODE = (".py", ".pyw", ".pyi")


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """The options of `apply` about plans and reports, as given."""

    plan: Path | None = None
    report: Sequence[Path] | None = None
    finding: Sequence[str] | None = None
    severity: Sequence[str] | None = None
    cited_only: bool = False
    trust_report: bool = False
    stdin_filename: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """The request that carries out a plan, and the fingerprints of the sites to act on (None: all).

    `audit_ids` gives the ids of report findings by fingerprint; `problems` are the files that have
    changed since the plan, `notes` tell of comments in the files that the reports were held against; the lines
    `said` are on stderr already.
    """

    request: Request
    wanted: frozenset[str] | None = None
    audit_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    said: tuple[str, ...] = ()


def choice(
    finding: Sequence[str] | None, severity: Sequence[str] | None, cited_only: bool
) -> Choice:
    """The findings and places of a plan that the options keep."""
    from fixaudit.plan.selection import Choice

    return Choice(options.words(finding), options.words(severity), cited_only)


def split(arguments: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The reports and the paths behind them, which begin at the first folder or Python file."""
    reports = [arguments[0]]
    paths: list[Path] = []
    for argument in arguments[1:]:
        is_path = paths or argument.is_dir() or argument.suffix in _CODE
        (paths if is_path else reports).append(argument)
    if arguments[0].is_dir():
        raise ConfigError(f"{arguments[0]}: is a folder; name the report before the paths")
    return reports, paths


def read(paths: Sequence[Path], markdown_only: bool = False) -> list[Report]:
    """The reports, without the status lines an earlier `--annotate` put into them.

    Raises:
        ReportError: one cannot be read. ConfigError: `markdown_only`, and one is of another form.
    """
    from fixaudit.plan.annotate import bare
    from fixaudit.reports.reader import read_report_bytes

    found = []
    for path in paths:
        report = read_report_bytes(str(path), bare(_bytes(path)))
        if markdown_only and report.format != "markdown":
            raise ConfigError(f"--annotate needs a Markdown report; {path} is {report.format}")
        found.append(report)
    return found


def _bytes(path: Path) -> bytes:
    from fixaudit.reports.reader import DATA_LIMIT

    try:
        with path.open("rb") as file:
            return file.read(DATA_LIMIT + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ReportError(f"{path}: cannot read the report: {why}; check the path") from error


def surveyed(request: Request) -> Survey:
    """Every codemod's sites in the files of a request, with a progress bar on a terminal."""
    from fixaudit.plan.tree_findings import survey
    from fixaudit_cli.output.terminal import progress

    def watch(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
        return progress(outcomes, total, "files")

    return survey(request, watch)


def planned(reports: Sequence[Report], found: Survey, *, trust_report: bool = False) -> AuditPlan:
    """The plan of the reports over a tree; its ledger and history tell what was fixed since."""
    from fixaudit.plan.plan import make_plan
    from fixaudit_cli.git.history import GitHistory
    from fixaudit_cli.write.past_runs import PastRuns

    root = found.tree.root
    runs = PastRuns(root)
    pasts = {
        report.source: (runs, GitHistory(root, Path(report.source), report.head))
        for report in reports
    }
    return make_plan(
        *(reports, found.tree, found.codemods),
        unsafe=found.unsafe,
        trust_report=trust_report,
        pasts=pasts,
    )


def narrowed(plan: AuditPlan, wanted: Choice) -> AuditPlan:
    from fixaudit.plan.selection import chosen

    return chosen(plan, wanted)


def as_json(plan: AuditPlan, found: Survey, folder: Path) -> str:
    """The plan as JSON, for a file in `folder`."""
    from fixaudit._version import __version__
    from fixaudit.plan.plan_file import document, dump

    root = os.path.relpath(found.tree.root, folder or ".").replace(os.sep, "/")
    return dump(document(plan, found.tree, root, __version__))


# ------------------------------------------------------------------ apply


def planned_run(request: Request, given: PlanOptions, *, rooted: bool) -> PlannedRun:
    """The run that `--plan` or `--report` asks for; the request as it is where neither is given.

    With `rooted`, the root is that of the request's paths; without, the one a plan file records.

    Raises:
        ConfigError: options that do not go together, a plan or a root that is not there.
        ReportError: a report that cannot be read.
    """
    if given.plan is None and not given.report:
        narrowing = options.words(given.finding) or options.words(given.severity)
        if narrowing or given.cited_only:
            raise ConfigError("--finding, --severity and --cited-only need --plan or --report")
        if given.trust_report:
            raise ConfigError("--trust-report needs --report; a plan file has it from `plan`")
        return PlannedRun(request)
    if given.plan is not None and given.report:
        raise ConfigError("--plan and --report exclude each other; give one")
    if given.stdin_filename is not None:
        raise ConfigError("--plan and --report are about files, not about standard input")
    wanted = choice(given.finding, given.severity, given.cited_only)
    if given.plan is not None:
        if given.trust_report:
            raise ConfigError("--trust-report needs --report; a plan file has it from `plan`")
        return _of_file(request, given.plan, wanted, rooted)
    return _of_reports(request, given.report or (), wanted, given.trust_report)


def _of_reports(
    request: Request, reports: Sequence[Path], wanted: Choice, trust_report: bool
) -> PlannedRun:
    from fixaudit.plan.selection import edits
    from fixaudit.plan.stored import stored
    from fixaudit_cli.output.tally import worth_telling

    found = surveyed(request)
    plan = narrowed(planned(read(reports), found, trust_report=trust_report), wanted)
    entries = [stored(row) for row in edits(plan)]
    run = _run(request, found.tree.root, entries, found.tree.problems)
    return replace(run, notes=tuple(worth_telling(found.notes)), said=say_of_files(found))


def say_of_files(found: Survey) -> tuple[str, ...]:
    """Say what of the tree was not looked into, and which settings are not heeded."""
    from fixaudit_cli.output.terminal import note

    root = found.tree.root
    left_alone = found.found.left_alone(lambda path: os.path.relpath(path, root))
    lines = (*left_alone, *found.settings)
    for line in lines:
        note(line)
    return lines


def _of_file(request: Request, path: Path, wanted: Choice, rooted: bool) -> PlannedRun:
    from fixaudit.plan.stored import load, stored_entries

    plan = load(path)
    root = find_root(request.paths) if rooted else _root(path, plan.root)
    entries = stored_entries(plan, wanted)
    changed = {
        name: problem
        for name in sorted({entry.path for entry in entries})
        if (problem := _changed(root, name, plan.files[name])) is not None
    }
    kept = [entry for entry in entries if entry.path not in changed]
    return _run(request, root, kept, tuple(changed.values()))


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
    request: Request, root: Path, entries: Sequence[Entry], problems: Sequence[Problem]
) -> PlannedRun:
    from fixaudit.model.finding import Verdict

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
        {entry.fingerprint: tuple(key for _, key in entry.findings) for entry in entries},
        tuple(problems),
    )
