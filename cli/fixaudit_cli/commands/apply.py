"""`fixaudit apply`: write the fixes, or show them with `--dry-run`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.errors import ConfigError
from fixaudit_cli.options import options, plan_options

if TYPE_CHECKING:
    from fixaudit_cli.options.write_options import Job
    from fixaudit_cli.write.sinks import Mode

DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show the diff; write nothing.")]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit 1 when something would change.")
]
Diff = Annotated[
    bool | None,
    typer.Option(
        "--diff/--no-diff", help="Print the diff; by default in a dry run.", show_default=False
    ),
]
Interactive = Annotated[
    bool, typer.Option("--interactive", "-i", help="Ask about every hunk, with git's keys.")
]
AskAgain = Annotated[
    bool, typer.Option("--ask-again", help="Do not heed what was rejected in earlier reviews.")
]
AllowDirty = Annotated[
    bool, typer.Option("--allow-dirty", help="Write to files with uncommitted changes too.")
]
Patch = Annotated[
    Path | None,
    typer.Option(
        "--patch", metavar="FILE", help="Write one patch in place of files.", show_default=False
    ),
]
Commit = Annotated[bool, typer.Option("--commit", help="Commit to git, each codemod by itself.")]
CommitPer = Annotated[
    str | None,
    typer.Option(
        "--commit-per",
        metavar="WHAT",
        help="Commit each codemod, finding or package by itself.",
        show_default=False,
    ),
]
BlameIgnore = Annotated[
    bool, typer.Option("--blame-ignore", help="Add the commits to .git-blame-ignore-revs.")
]
Verify = Annotated[
    list[str] | None,
    typer.Option(
        "--verify",
        metavar="COMMAND",
        help="Run before and after; findings that turn it red are dropped. Repeatable.",
        show_default=False,
    ),
]
NoVerify = Annotated[bool, typer.Option("--no-verify", help="Run no configured command either.")]
VerifyTimeout = Annotated[
    float,
    typer.Option(
        "--verify-timeout",
        metavar="SECONDS",
        min=0.0,
        help="The longest a command may run each time; 0 for no limit.",
    ),
]


def command(
    context: typer.Context,
    paths: options.Paths = None,
    dry_run: DryRun = False,
    check: Check = False,
    diff: Diff = None,
    plan: plan_options.PlanOption = None,
    report: plan_options.Reports = None,
    finding: plan_options.Finding = None,
    severity: plan_options.Severity = None,
    cited_only: plan_options.CitedOnly = False,
    interactive: Interactive = False,
    decisions: options.DecisionsFile = None,
    ask_again: AskAgain = False,
    unsafe: options.Unsafe = None,
    format: options.Format = None,
    select: options.Select = None,
    extend_select: options.ExtendSelect = None,
    ignore: options.Ignore = None,
    exclude: options.Exclude = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    bowler: options.Bowler = None,
    changed: options.Changed = False,
    staged: options.Staged = False,
    since: options.SinceOption = None,
    changed_lines: options.ChangedLines = False,
    allow_dirty: AllowDirty = False,
    patch: Patch = None,
    commit: Commit = False,
    commit_per: CommitPer = None,
    blame_ignore: BlameIgnore = False,
    verify: Verify = None,
    no_verify: NoVerify = False,
    verify_timeout: VerifyTimeout = 600.0,
    wait: options.Wait = 0.0,
    jobs: options.Jobs = None,
    no_cache: options.NoCache = False,
    cache_dir: options.CacheDir = None,
    shard: options.Shard = None,
    profile: options.Profile = False,
    output_format: options.OutputFormat = "text",
    statistics: options.Statistics = False,
    stdin_filename: options.StdinFilename = None,
    verbose: options.Verbose = False,
) -> int:
    """Apply the fixes to files, or show them with --dry-run."""
    from fixaudit_cli.options.scope import Since
    from fixaudit_cli.options.write_options import Job, parse_per
    from fixaudit_cli.output.tally import Tally
    from fixaudit_cli.run import exit_code, report_problems
    from fixaudit_cli.write.sinks import (
        Limits,
        Mode,
        Sink,
        as_document,
        as_filter,
        as_text,
        summary,
    )

    options.check_format(output_format, options.RUN_FORMATS)
    per = parse_per(commit_per or "codemod") if commit or commit_per else None
    job = Job(
        argv=tuple(context.obj or ()),
        allow_dirty=allow_dirty,
        wait=wait,
        verify=() if no_verify else tuple(verify) if verify else None,
        timeout=verify_timeout or None,
        commit=per,
        blame_ignore=blame_ignore,
    )
    mode = _mode(dry_run or check or stdin_filename is not None, patch)
    _check_fit(mode, job, blame_ignore, interactive, stdin_filename)
    selection = options.Selection(select, extend_select, ignore, exclude, config, isolated)
    request = options.request(paths, selection, unsafe=unsafe, format=format)
    request = options.with_bowler(request, bowler)
    wanted = plan_options.PlanChoice(plan, report, finding, severity, cited_only, stdin_filename)
    planned = plan_options.planned_run(request, wanted, rooted=bool(paths))
    job = replace(job, audit_ids=planned.audit_ids)
    limits = Limits(
        Since(changed, staged, since, changed_lines),
        decisions,
        ask_again,
        interactive,
        planned.wanted,
    )
    speed = options.speed(jobs, no_cache, cache_dir, shard, profile)
    run, tally = limits.run(planned.request, stdin_filename, speed), Tally(
        problems=list(planned.problems), failed=len(planned.problems)
    )
    store = mode is not Mode.SHOW or decisions is not None
    outcomes = limits.reviewed(run, store).outcomes if interactive else run.outcomes
    sink = Sink(run, tally, job, mode, patch)
    if stdin_filename is not None and output_format == "text" and not (dry_run or check or diff):
        as_filter(run, outcomes(tally))
    elif output_format != "text":
        as_document(outcomes(tally), tally, sink, output_format)
    else:
        shown = dry_run if diff is None else diff
        as_text(outcomes(tally), tally, sink, diff=shown, statistics=statistics, verbose=verbose)
    if output_format == "text":
        report_problems(tally)
        summary(tally, mode)
    return exit_code(tally, acting=check and tally.changed > 0)


def _mode(show: bool, patch: Path | None) -> Mode:
    from fixaudit_cli.write.sinks import Mode

    if show:
        return Mode.SHOW
    return Mode.WRITE if patch is None else Mode.PATCH


def _check_fit(
    mode: Mode, job: Job, blame_ignore: bool, interactive: bool, stdin_filename: str | None
) -> None:
    """Refuse options that say nothing together. Raises ConfigError."""
    from fixaudit_cli.write.sinks import Mode

    if mode is Mode.PATCH and job.commit is not None:
        raise ConfigError("--patch writes no files, so there is nothing to --commit")
    if blame_ignore and job.commit is None:
        raise ConfigError("--blame-ignore lists commits: give --commit too")
    if interactive and stdin_filename is not None:
        raise ConfigError("--interactive and --stdin-filename both read standard input")
