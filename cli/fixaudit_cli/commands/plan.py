"""`fixaudit plan`: audit reports over a tree, what will happen to each finding, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.errors import ConfigError
from fixaudit_cli.options import options, plan_options
from fixaudit_cli.plans import pairs, planning

if TYPE_CHECKING:
    from fixaudit.config.request import Request
    from fixaudit.plan.model import AuditPlan
    from fixaudit.plan.tree_findings import Survey
    from fixaudit.reports.model import Report
    from fixaudit_cli.plans.planner import Planner

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


Interactive = Annotated[
    bool,
    options.option(
        options.REVIEW,
        "--interactive",
        "-i",
        help="Walk through the findings: accept, leave, pair or keep each.",
    ),
]
AskAgain = Annotated[
    bool,
    options.option(
        options.REVIEW, "--ask-again", help="Ask about what was decided in earlier reviews too."
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
    interactive: Interactive = False,
    ask_again: AskAgain = False,
    verbose: options.Verbose = False,
) -> int:
    """Say what will happen to each finding of audit reports; write nothing in the tree."""
    selection = options.of(options.Selection, locals())
    from fixaudit_cli.plans.planner import Planner, Shown
    from fixaudit_cli.plans.showing import show

    options.check_format(output_format, options.PLAN_FORMATS)
    if interactive:
        _check_review(output_format)
    reports, paths = planning.split(arguments)
    request = options.request(paths, selection, unsafe=unsafe, write=False)
    read = planning.read(reports, markdown_only=annotate is not None)
    wanted = planning.choice(finding, severity, False)
    shown = Shown(*(reports, paths, selection, wanted), bool(unsafe), output, verbose, interactive)
    surveyed = planning.surveyed(request, jobs)
    earlier = pairs.earlier_plan(after)
    settled = pairs.settled(read, surveyed, pair, earlier)
    planner = Planner(read, surveyed, settled, shown, trust_report, with_kept, earlier)
    plan = planner.plan()
    planning.say_of_unrated(plan, wanted)
    if interactive:
        _review(planner, request, ask_again)
    if annotate is not None:
        decided = planner.plan() if interactive else plan
        _annotate(annotate, reports[0], read[0], decided)
    if not interactive:
        view = planner.view(plan)
        _write(output, view.plan, surveyed)
        show(view, surveyed, output_format)
    return 2 if plan.problems else 0


def _review(planner: Planner, request: Request, ask_again: bool) -> None:
    from fixaudit_cli.plans.finding_review import FindingReview
    from fixaudit_cli.plans.showing import say_of_survey

    say_of_survey(planner.found)
    review = FindingReview(planner, request, again=ask_again)
    review.run()
    accepted = review.accepted
    if accepted.findings:
        _write(planner.shown.output, accepted, planner.found)
    review.tell()


def _check_review(output_format: str) -> None:
    """Fail before anything is read. Raises ConfigError, NoTerminalError."""
    from fixaudit_cli.review.keyboard import dialog_stream

    if output_format != "text":
        raise ConfigError(f"--interactive and --output-format {output_format} exclude each other")
    dialog_stream("`fixaudit plan` without it prints the same")


def _write(target: Path | None, plan: AuditPlan, surveyed: Survey) -> None:
    if target is not None:
        text = planning.as_json(plan, surveyed, options.folder_of(target))
        options.write_file(target, text.encode(), "the plan")


def _annotate(target: Path, path: Path, report: Report, plan: AuditPlan) -> None:
    from fixaudit.plan.annotate import annotate, bare

    if len(plan.reports) > 1:
        raise ConfigError("--annotate takes one report at a time")
    says = {entry.finding.id: entry.told for entry in plan.findings}
    options.write_file(
        target, annotate(bare(path.read_bytes()), report.findings, says), "the report"
    )
