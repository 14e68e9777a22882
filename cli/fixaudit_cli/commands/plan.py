"""`fixaudit plan`: audit reports over a tree, what will happen to each finding, and why."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.errors import ConfigError
from fixaudit_cli.options import options, plan_options
from fixaudit_cli.plans import pairs, planning

if TYPE_CHECKING:
    from fixaudit.plan.model import AuditPlan
    from fixaudit.plan.stored import PlanFile
    from fixaudit.plan.tree_findings import Survey
    from fixaudit.reports.model import Report
    from fixaudit_cli.output.formats.plan_rows import PlanView

Arguments = Annotated[
    list[Path],
    typer.Argument(
        metavar="REPORT... [PATHS]...",
        help="Reports (Markdown, HTML, SARIF, JSON, CSV), then files and folders; the current folder by default.",
        show_default=False,
    ),
]
PlanOutput = Annotated[
    Path | None,
    options.option(
        options.OUTPUT,
        "--output",
        "-o",
        metavar="FILE",
        help="Write the plan to a file for `apply --plan`.",
    ),
]
AnnotatedReport = Annotated[
    Path | None,
    options.option(
        options.OUTPUT,
        "--annotate",
        metavar="FILE",
        help="Write the report with a status line under each finding.",
    ),
]
After = Annotated[
    Path | None,
    options.option(
        options.REPORTS,
        "--after",
        metavar="PLAN",
        help="A plan made before an apply: say of its sites whether they are gone.",
    ),
]


def command(
    arguments: Arguments,
    finding: plan_options.Finding = None,
    severity: plan_options.Severity = None,
    trust_report: plan_options.TrustReport = False,
    with_kept: plan_options.WithKept = False,
    pair: plan_options.Pair = None,
    after: After = None,
    exclude: options.Exclude = None,
    recurse: options.Recurse = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    unsafe: options.Unsafe = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    local_code: options.LocalCode = None,
    jobs: options.Jobs = None,
    output: PlanOutput = None,
    annotate: AnnotatedReport = None,
    output_format: plan_options.PlanFormat = "text",
    verbose: options.Verbose = False,
) -> int:
    """Say what will happen to each finding of audit reports; write nothing in the tree."""
    selection = options.of(options.Selection, locals())
    from fixaudit_cli.output.formats.plan_rows import PlanView

    options.check_format(output_format, options.PLAN_FORMATS)
    reports, paths = planning.split(arguments)
    request = options.request(paths, selection, unsafe=unsafe, write=False)
    read = planning.read(reports, markdown_only=annotate is not None)
    surveyed = planning.surveyed(request, jobs)
    earlier = pairs.earlier_plan(after)
    by_hand = pairs.settled(read, surveyed, pair, earlier)
    plan = planning.planned(
        read, surveyed, trust_report=trust_report, with_kept=with_kept, by_hand=by_hand
    )
    if earlier is not None:
        plan = _compared(plan, earlier, surveyed)
    if annotate is not None:
        _annotate(annotate, reports[0], read[0], plan)
    wanted = planning.choice(finding, severity, False)
    planning.say_of_unrated(plan, wanted)
    plan = planning.narrowed(plan, wanted)
    if output is not None:
        text = planning.as_json(plan, surveyed, options.folder_of(output))
        options.write_file(output, text.encode(), "the plan")
    flags = {
        "--unsafe": bool(unsafe),
        "--trust-report": trust_report,
        "--with-kept": with_kept,
    }
    apply, again = planning.commands(reports, paths, selection, flags, output)
    narrowing = planning.narrowing(wanted)
    view = PlanView(plan, surveyed.unsafe, apply, again, narrowing, verbose, surveyed.tree.root)
    _show(view, surveyed, output_format)
    return 2 if plan.problems else 0


def _show(view: PlanView, surveyed: Survey, output_format: str) -> None:
    from fixaudit.plan.selection import edits
    from fixaudit_cli.output.formats import plan_table, text
    from fixaudit_cli.output.terminal import Painter, note, write, write_document

    plan = view.plan
    _say_of_survey(surveyed)
    if output_format == "json":
        write_document(planning.as_json(plan, surveyed, Path(".")))
        return
    if output_format != "text":
        module = importlib.import_module(f"fixaudit_cli.output.formats.plan_{output_format}")
        write_document(module.document(view).rstrip("\n") + "\n")
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    write(plan_table.table(view, Painter(sys.stdout), width))
    for head in plan.reports:
        for warning in head.warnings:
            note(f"{head.source}: warning: {warning}")
    for problem in plan.problems:
        note(text.problem_line(problem))
    note(view.counts)
    if edits(plan):
        note(f"next: `{view.next}` shows the diff")


def _say_of_survey(surveyed: Survey) -> None:
    """What a run over the same files would say of them, on stderr in every format."""
    from fixaudit_cli.output.formats.text import problem_line
    from fixaudit_cli.output.tally import worth_telling
    from fixaudit_cli.output.terminal import note
    from fixaudit_cli.run import say_of_tree

    say_of_tree(surveyed.tree.root)
    planning.say_of_files(surveyed)
    for entry in worth_telling(surveyed.notes):
        note(problem_line(entry))


def _compared(plan: AuditPlan, earlier: PlanFile, surveyed: Survey) -> AuditPlan:
    from fixaudit.plan.recheck import reexamine

    return reexamine(plan, earlier, surveyed.tree, unsafe=surveyed.unsafe)


def _annotate(target: Path, path: Path, report: Report, plan: AuditPlan) -> None:
    from fixaudit.plan.annotate import annotate, bare

    if len(plan.reports) > 1:
        raise ConfigError("--annotate takes one report at a time")
    says = {entry.finding.id: entry.told for entry in plan.findings}
    options.write_file(
        target, annotate(bare(path.read_bytes()), report.findings, says), "the report"
    )
