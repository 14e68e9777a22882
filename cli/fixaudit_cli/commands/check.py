"""`fixaudit check`: findings, one line each; the gate for continuous integration."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from fixaudit_cli import options

if TYPE_CHECKING:
    from fixaudit_cli.run import Run
    from fixaudit_cli.tally import Tally


def command(
    paths: options.Paths = None,
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
    """List the findings; exit 1 when there is something to act on."""
    from fixaudit_cli.run import Run, exit_code, report_problems
    from fixaudit_cli.tally import Tally

    options.check_format(output_format)
    selection = options.Selection(select, extend_select, ignore, exclude, config, isolated)
    run, tally = Run(options.request(paths, selection, write=False), stdin_filename), Tally()
    if output_format == "json":
        actionable = _print_json(run, tally)
    else:
        actionable = _print_text(run, tally, statistics, verbose)
        report_problems(tally)
        _summary(tally, actionable)
    return exit_code(tally, acting=bool(actionable))


def _print_json(run: Run, tally: Tally) -> int:
    from fixaudit_cli.formats import as_json
    from fixaudit_cli.tally import needs_action, sites_of
    from fixaudit_cli.terminal import write

    rows: list[dict[str, Any]] = []
    actionable = 0
    for outcome in run.outcomes(tally):
        sites = sites_of(outcome)
        actionable += sum(needs_action(site) for site in sites)
        rows += as_json.findings(outcome.path, sites)
    write(as_json.document(tally, rows) + "\n")
    return actionable


def _print_text(run: Run, tally: Tally, statistics: bool, verbose: bool) -> int:
    from fixaudit_cli.formats import text
    from fixaudit_cli.tally import needs_action, sites_of
    from fixaudit_cli.terminal import Painter, write

    paint, actionable = Painter(sys.stdout), 0
    for outcome in run.outcomes(tally):
        sites = sites_of(outcome)
        actionable += sum(needs_action(site) for site in sites)
        shown = [site for site in sites if verbose or needs_action(site)]
        if shown and not statistics:
            lines = [text.site_line(site, paint) + text.guidance_line(site) for site in shown]
            write(paint(outcome.path, "bold") + "\n" + "".join(lines))
    if statistics:
        write(text.statistics(tally, paint))
    return actionable


def _summary(tally: Tally, actionable: int) -> None:
    from fixaudit.findings import Verdict
    from fixaudit_cli.formats.text import counted
    from fixaudit_cli.terminal import note

    counts = ", ".join(f"{tally.verdicts[verdict]} {verdict.value}" for verdict in Verdict)
    note(f"{counted(tally.files, 'file')} looked at: {counts}; {tally.suppressed} suppressed")
    if tally.problems:
        note(f"{counted(len(tally.problems), 'problem')}, named above")
    if actionable:
        note(
            "next: `fixaudit apply --dry-run` shows the diff, `fixaudit explain PATH:LINE` the reasons"
        )
