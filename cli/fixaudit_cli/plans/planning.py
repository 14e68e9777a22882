"""Plans of audit reports, and the runs that carry them out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fixaudit.config.request import Request
from fixaudit.errors import ConfigError, ReportError
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.model.outcome import Outcome
    from fixaudit.plan.model import AuditPlan
    from fixaudit.plan.selection import Choice
    from fixaudit.plan.tree_findings import Survey
    from fixaudit.reports.model import Report
    from fixaudit_cli.options.selection_request import Selection
    from fixaudit_cli.plans.remembered import Remembered

_CODE = (".py", ".pyw", ".pyi")


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


def surveyed(request: Request, jobs: int | None = 1) -> Survey:
    """Every codemod's sites in the files of a request, with a progress bar on a terminal.

    `jobs` processes share the work; None stands for as many as pay.
    """
    from fixaudit.plan.tree_findings import survey
    from fixaudit_cli.output.terminal import progress

    def watch(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
        return progress(outcomes, total, "files")

    return survey(request, watch, jobs=jobs)


def planned(
    reports: Sequence[Report],
    found: Survey,
    *,
    trust_report: bool = False,
    with_kept: bool = False,
    settled: Remembered | None = None,
) -> AuditPlan:
    """The plan of the reports over a tree; its ledger and history tell what was fixed since.

    `settled` is what a person has settled about the findings.
    """
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
        with_kept=with_kept,
        pasts=pasts,
        settled=settled.given([codemod.name for codemod in found.codemods]) if settled else None,
    )


def say_of_unrated(plan: AuditPlan, wanted: Choice) -> None:
    """Say how many findings a choice by severity leaves out because they have none."""
    from fixaudit_cli.output.terminal import note

    unrated = sum(entry.finding.severity is None for entry in plan.findings)
    if wanted.severities and unrated:
        noun = "finding has" if unrated == 1 else "findings have"
        note(f"{unrated} {noun} no severity and {'is' if unrated == 1 else 'are'} left out")


def commands(
    reports: Sequence[Path],
    paths: Sequence[Path],
    selection: Selection,
    flags: Mapping[str, bool],
    output: Path | None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The command that carries the plan out, and the one that makes it again; `flags` are the options
    without a value, and whether they were given."""
    given: list[str] = []
    for option, values in (
        ("--select", selection.select),
        ("--ignore", selection.ignore),
        ("--exclude", selection.exclude),
        ("--config", selection.config),
    ):
        given += [word for value in values or () for word in (option, value)]
    more = {"--isolated": selection.isolated, "--recurse": selection.recurse, **flags}
    given += [option for option, is_given in more.items() if is_given]
    inside = [*map(str, paths)]
    again = ["fixaudit", "plan", *map(str, reports), *inside, *given]
    if output is not None:
        unsafe = ("--unsafe",) if flags.get("--unsafe") else ()
        apply = ("fixaudit", "apply", "--plan", str(output), *unsafe)
        return apply, (*again, "-o", str(output))
    named = [word for report in reports for word in ("--report", str(report))]
    return ("fixaudit", "apply", *inside, *named, *given), tuple(again)


def narrowing(wanted: Choice) -> tuple[str, ...]:
    """The options that choose the same findings again."""
    findings = [word for each in wanted.findings for word in ("--finding", each)]
    levels = [word for each in wanted.severities for word in ("--severity", each)]
    return (*findings, *levels)


def narrowed(plan: AuditPlan, wanted: Choice) -> AuditPlan:
    from fixaudit.plan.selection import chosen

    return chosen(plan, wanted)


def as_json(plan: AuditPlan, found: Survey, folder: Path) -> str:
    """The plan as JSON, for a file in `folder`."""
    from fixaudit._version import __version__
    from fixaudit.plan.plan_file import document, dump

    root = os.path.relpath(found.tree.root, folder or ".").replace(os.sep, "/")
    return dump(document(plan, found.tree, root, __version__, unsafe=found.unsafe))


def say_of_files(found: Survey) -> tuple[str, ...]:
    """Say what of the tree was not looked into, and which settings are not heeded."""
    from fixaudit_cli.output.terminal import note

    root = found.tree.root
    left_alone = found.found.left_alone(lambda path: os.path.relpath(path, root))
    lines = (*left_alone, *found.settings)
    for line in lines:
        note(line)
    return lines
