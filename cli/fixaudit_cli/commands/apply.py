"""`fixaudit apply`: write the fixes, or show them with `--dry-run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fixaudit_cli.options import options, plan_options
from fixaudit_cli.options.panels import GIT, OUTPUT, REVIEW, VALIDATION, WRITING, option
from fixaudit_cli.plans.planned_run import planned_run

DryRun = Annotated[bool, option(WRITING, "--dry-run", "-n", help="Show the diff; write nothing.")]
Check = Annotated[
    bool, option(WRITING, "--check", help="Write nothing; exit 1 when something would change.")
]
Patch = Annotated[
    Path | None,
    option(WRITING, "--patch", metavar="FILE", help="Write one patch in place of files."),
]
Format = Annotated[
    bool | None,
    option(
        WRITING,
        "--format/--no-format",
        help="Run Black on the touched lines; by default where the project configures Black.",
    ),
]
Wait = Annotated[
    float,
    option(
        WRITING,
        "--wait",
        metavar="SECONDS",
        min=0.0,
        help="How long to wait for another run on the same tree.",
        show_default=True,
    ),
]
Interactive = Annotated[
    bool, option(REVIEW, "--interactive", "-i", help="Ask about every hunk, with git's keys.")
]
AskAgain = Annotated[
    bool, option(REVIEW, "--ask-again", help="Do not heed what was rejected in earlier reviews.")
]
AllowDirty = Annotated[
    bool, option(GIT, "--allow-dirty", help="Write to files with uncommitted changes too.")
]
Commit = Annotated[bool, option(GIT, "--commit", help="Commit to git, each codemod by itself.")]
CommitPer = Annotated[
    str | None,
    option(
        GIT,
        "--commit-per",
        metavar="WHAT",
        help="Commit each codemod, finding or package by itself.",
    ),
]
BlameIgnore = Annotated[
    bool, option(GIT, "--blame-ignore", help="Add the commits to .git-blame-ignore-revs.")
]
Verify = Annotated[
    list[str] | None,
    option(
        VALIDATION,
        "--verify",
        metavar="COMMAND",
        help="Run before and after; findings that turn it red are dropped. Repeatable.",
    ),
]
NoVerify = Annotated[
    bool, option(VALIDATION, "--no-verify", help="Run no configured command either.")
]
VerifyTimeout = Annotated[
    float,
    option(
        VALIDATION,
        "--verify-timeout",
        metavar="SECONDS",
        min=0.0,
        help="The longest a command may run each time; 0 for no limit.",
        show_default=True,
    ),
]
Diff = Annotated[
    bool | None, option(OUTPUT, "--diff/--no-diff", help="Print the diff; by default in a dry run.")
]


def command(
    context: typer.Context,
    paths: options.Paths = None,
    exclude: options.Exclude = None,
    recurse: options.Recurse = False,
    changed: options.Changed = False,
    staged: options.Staged = False,
    since: options.SinceOption = None,
    changed_lines: options.ChangedLines = False,
    stdin_filename: options.StdinFilename = None,
    select: options.Select = None,
    extend_select: options.ExtendSelect = None,
    ignore: options.Ignore = None,
    unsafe: options.Unsafe = None,
    bowler: options.Bowler = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    local_code: options.LocalCode = None,
    plan: plan_options.PlanOption = None,
    report: plan_options.Reports = None,
    finding: plan_options.Finding = None,
    severity: plan_options.Severity = None,
    cited_only: plan_options.CitedOnly = False,
    trust_report: plan_options.TrustReport = False,
    with_kept: plan_options.WithKept = False,
    pair: plan_options.Pair = None,
    dry_run: DryRun = False,
    check: Check = False,
    patch: Patch = None,
    format: Format = None,
    wait: Wait = 0.0,
    interactive: Interactive = False,
    decisions: options.DecisionsFile = None,
    ask_again: AskAgain = False,
    allow_dirty: AllowDirty = False,
    commit: Commit = False,
    commit_per: CommitPer = None,
    blame_ignore: BlameIgnore = False,
    verify: Verify = None,
    no_verify: NoVerify = False,
    verify_timeout: VerifyTimeout = 600.0,
    jobs: options.Jobs = None,
    no_cache: options.NoCache = False,
    cache_dir: options.CacheDir = None,
    shard: options.Shard = None,
    profile: options.Profile = False,
    diff: Diff = None,
    output_format: options.OutputFormat = "text",
    statistics: options.Statistics = False,
    verbose: options.Verbose = False,
) -> int:
    """Apply the fixes to files, or show them with --dry-run."""
    given = locals()  # before there are other names
    from fixaudit_cli.options.scope import ScopeOptions
    from fixaudit_cli.options.write_options import Mode, ReviewOptions, WriteOptions
    from fixaudit_cli.output.reporting import apply_summary, report_problems
    from fixaudit_cli.output.tally import Tally
    from fixaudit_cli.run import exit_code
    from fixaudit_cli.write.sinks import Limits, Sink, emit

    options.check_format(output_format, options.RUN_FORMATS)
    writing, review = options.of(WriteOptions, given), options.of(ReviewOptions, given)
    writing.check_fit()
    review.check_fit()
    request = options.request(
        paths, options.of(options.Selection, given), unsafe=unsafe, format=format
    )
    request = options.with_bowler(request, bowler)
    wanted = options.of(plan_options.PlanOptions, given)
    planned = planned_run(request, wanted, rooted=bool(paths), jobs=jobs)
    limits = Limits(options.of(ScopeOptions, given), review, planned.wanted)
    speed = options.speed(options.of(options.SpeedOptions, given))
    run = limits.run(planned.request, stdin_filename, speed)
    run.said.update(planned.said)
    run.answers = planned.answers
    tally = Tally(
        problems=list(planned.problems), failed=len(planned.problems), notes=list(planned.notes)
    )
    store = writing.mode is not Mode.SHOW or decisions is not None
    outcomes = limits.outcomes(run, tally, store)
    sink = Sink(run, tally, writing, tuple(context.obj or ()))
    emit(outcomes, sink, options.of(options.OutputOptions, given))
    if output_format == "text":
        report_problems(tally)
        apply_summary(tally, writing.mode)
    return exit_code(tally, acting=check and tally.changed > 0)
