"""`fixaudit apply`: write the fixes, or show them with `--dry-run`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fixaudit_cli import options

if TYPE_CHECKING:
    from fixaudit.outcome import Changed
    from fixaudit_cli.run import Run
    from fixaudit_cli.tally import Tally

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


def command(
    paths: options.Paths = None,
    dry_run: DryRun = False,
    check: Check = False,
    diff: Diff = None,
    unsafe: options.Unsafe = None,
    format: options.Format = None,
    select: options.Select = None,
    extend_select: options.ExtendSelect = None,
    ignore: options.Ignore = None,
    exclude: options.Exclude = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    output_format: options.OutputFormat = "text",
    statistics: options.Statistics = False,
    stdin_filename: options.StdinFilename = None,
    verbose: options.Verbose = False,
) -> int:
    """Apply the fixes to files, or show them with --dry-run."""
    from fixaudit_cli.run import Run, exit_code, report_problems
    from fixaudit_cli.tally import Tally

    options.check_format(output_format)
    selection = options.Selection(select, extend_select, ignore, exclude, config, isolated)
    run = Run(options.request(paths, selection, unsafe=unsafe, format=format), stdin_filename)
    tally, writing = Tally(), not (dry_run or check)
    if stdin_filename is not None and output_format == "text" and not (dry_run or check or diff):
        _filter_stdin(run, tally)
    elif output_format == "json":
        _as_json(run, tally, writing)
    else:
        _as_text(run, tally, writing, (dry_run if diff is None else diff), statistics, verbose)
    if output_format == "text":
        report_problems(tally)
        _summary(tally, writing)
    return exit_code(tally, acting=check and tally.changed > 0)


def _filter_stdin(run: Run, tally: Tally) -> None:
    """Standard input to standard output: the changed text, or the text as it came."""
    from fixaudit.outcome import Changed
    from fixaudit_cli.terminal import write_bytes

    for outcome in run.outcomes(tally):
        write_bytes(outcome.after if isinstance(outcome, Changed) else run.stdin_data)


def _as_json(run: Run, tally: Tally, writing: bool) -> None:
    from fixaudit.outcome import Changed
    from fixaudit_cli.formats import as_json
    from fixaudit_cli.tally import sites_of
    from fixaudit_cli.terminal import write

    rows: list[dict[str, Any]] = []
    changes: list[Changed] = []
    for outcome in run.outcomes(tally):
        rows += as_json.findings(outcome.path, sites_of(outcome))
        if writing and isinstance(outcome, Changed):
            changes.append(outcome)
    _write(run, tally, changes)
    write(as_json.document(tally, rows) + "\n")


def _as_text(
    run: Run, tally: Tally, writing: bool, diff: bool, statistics: bool, verbose: bool
) -> None:
    from fixaudit.outcome import Changed
    from fixaudit_cli.formats import text
    from fixaudit_cli.preview import Preview
    from fixaudit_cli.terminal import Painter, write

    preview = Preview(verbose=verbose, patches=diff)
    changes: list[Changed] = []
    for outcome in run.outcomes(tally):
        if not statistics:
            preview.show(outcome)
        if writing and isinstance(outcome, Changed):
            changes.append(outcome)
    if statistics:
        write(text.statistics(tally, Painter(sys.stdout)))
    _write(run, tally, changes)


def _write(run: Run, tally: Tally, changes: list[Changed]) -> None:
    for change in changes:
        (run.worker.root / change.path).write_bytes(change.after)


def _summary(tally: Tally, writing: bool) -> None:
    from fixaudit.findings import Verdict
    from fixaudit_cli.formats.text import counted
    from fixaudit_cli.terminal import note

    verb = "changed" if writing else "would change"
    note(
        f"{counted(tally.applied, 'edit')} in {counted(tally.changed, 'file')} {verb},"
        f" of {counted(tally.files, 'file')} looked at"
    )
    for name, counts in sorted(tally.codemods.items()):
        row = ", ".join(
            f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]
        )
        note(f"  {name}: {row}")
    if tally.problems:
        note(f"{counted(len(tally.problems), 'problem')}, named above")
    open_unsafe = tally.verdicts[Verdict.UNSAFE] - tally.applied_unsafe
    if open_unsafe > 0:
        note(f"next: {counted(open_unsafe, 'site')} more with --unsafe")
    if tally.verdicts[Verdict.REVIEW]:
        note(
            f"next: {counted(tally.verdicts[Verdict.REVIEW], 'site')} for review: `fixaudit check`"
        )
    if tally.changed and not writing:
        note("next: the same without --dry-run writes it")
