"""`fixaudit plan`: audit reports over a tree, what will happen to each finding, and why."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.errors import ConfigError
from fixaudit_cli.options import options, plan_options

if TYPE_CHECKING:
    from fixaudit.plan.model import AuditPlan
    from fixaudit.plan.tree_findings import Survey
    from fixaudit.reports.model import Report

Arguments = Annotated[
    list[Path],
    typer.Argument(
        metavar="REPORT... [PATHS]...",
        help="Reports (Markdown, SARIF, JSON, CSV), then files and folders; the current folder by default.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write the plan to a file for `apply --plan`.", show_default=False
    ),
]
Annotated_ = Annotated[
    Path | None,
    typer.Option(
        "--annotate",
        help="Write the report with a status line under each finding.",
        show_default=False,
    ),
]
After = Annotated[
    Path | None,
    typer.Option(
        "--after",
        help="A plan made before an apply: say of its sites whether they are gone.",
        show_default=False,
    ),
]


def command(
    arguments: Arguments,
    output: Output = None,
    annotate: Annotated_ = None,
    after: After = None,
    finding: plan_options.Finding = None,
    severity: plan_options.Severity = None,
    unsafe: options.Unsafe = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    exclude: options.Exclude = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    output_format: options.OutputFormat = "text",
    verbose: options.Verbose = False,
) -> int:
    """Say what will happen to each finding of audit reports; write nothing in the tree."""
    options.check_format(output_format)
    reports, paths = plan_options.split(arguments)
    selection = options.Selection(select, None, ignore, exclude, config, isolated)
    request = options.request(paths, selection, unsafe=unsafe, write=False)
    read = plan_options.read(reports, markdown_only=annotate is not None)
    surveyed = plan_options.surveyed(request)
    plan = plan_options.planned(read, surveyed)
    if after is not None:
        plan = _compared(plan, after, surveyed)
    if annotate is not None:
        _annotate(annotate, reports[0], read[0], plan)
    plan = plan_options.narrowed(plan, plan_options.choice(finding, severity, False))
    if output is not None:
        _write(output, plan_options.as_json(plan, surveyed, output.parent).encode())
    _show(plan, surveyed, output_format, verbose, output)
    return 2 if plan.problems else 0


def _show(
    plan: AuditPlan, surveyed: Survey, output_format: str, verbose: bool, output: Path | None
) -> None:
    from fixaudit_cli.output.formats import plan_table, text
    from fixaudit_cli.output.terminal import Painter, note, write

    if output_format == "json":
        write(plan_options.as_json(plan, surveyed, Path(".")))
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    write(plan_table.table(plan, Painter(sys.stdout), width, verbose))
    for head in plan.reports:
        for warning in head.warnings:
            note(f"{head.source}: warning: {warning}")
    for problem in plan.problems:
        note(text.problem_line(problem))
    note(plan_table.counts(plan))
    if output is not None:
        note(f"next: `fixaudit apply --plan {output} --dry-run` shows the diff")


def _compared(plan: AuditPlan, after: Path, surveyed: Survey) -> AuditPlan:
    from fixaudit.plan.recheck import reexamine
    from fixaudit.plan.stored import load

    return reexamine(plan, load(after), surveyed.tree, unsafe=surveyed.unsafe)


def _annotate(target: Path, path: Path, report: Report, plan: AuditPlan) -> None:
    from fixaudit.plan.annotate import annotate, bare

    if len(plan.reports) > 1:
        raise ConfigError("--annotate takes one report at a time")
    says = {entry.finding.id: "; ".join((entry.says, *entry.notes)) for entry in plan.findings}
    _write(target, annotate(bare(path.read_bytes()), report.findings, says))


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    twin = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        twin.write_bytes(data)
        os.replace(twin, path)
    except OSError as error:
        twin.unlink(missing_ok=True)
        raise ConfigError(f"cannot write {path}: {error.strerror or error}") from error
