"""`fixaudit check`: findings, one line each; the gate for continuous integration."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

from fixaudit.text.visible import visible
from fixaudit_cli.options import options
from fixaudit_cli.options.panels import OUTPUT, option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixaudit.model.outcome import Outcome
    from fixaudit_cli.baselines.standing import Against
    from fixaudit_cli.output.tally import Tally
    from fixaudit_cli.run import Run

UnusedSuppressions = Annotated[
    bool,
    option(
        OUTPUT,
        "--unused-suppressions",
        help="Name the `# fixaudit:` comments that suppress nothing too.",
    ),
]
WithBaseline = Annotated[
    bool,
    option(
        OUTPUT,
        "--baseline",
        help="Tell and fail on what the files fixaudit-baseline.jsonl do not know only.",
    ),
]
Locked = Annotated[
    bool,
    option(
        OUTPUT,
        "--locked",
        help="With --baseline: fail, too, where they know more than there is.",
    ),
]


def command(
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
    bowler: options.Bowler = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    local_code: options.LocalCode = None,
    decisions: options.DecisionsFile = None,
    jobs: options.Jobs = None,
    no_cache: options.NoCache = False,
    cache_dir: options.CacheDir = None,
    shard: options.Shard = None,
    profile: options.Profile = False,
    output_format: options.OutputFormat = "text",
    statistics: options.Statistics = False,
    unused_suppressions: UnusedSuppressions = False,
    baseline: WithBaseline = False,
    locked: Locked = False,
    verbose: options.Verbose = False,
) -> int:
    """List the findings; exit 1 when there is something to act on."""
    given = locals()  # before there are other names
    from fixaudit_cli.baselines.gate import outcomes_of, told
    from fixaudit_cli.options.scope import ScopeOptions, changed_scope, decided
    from fixaudit_cli.output.tally import Tally
    from fixaudit_cli.run import Run, exit_code

    options.check_format(output_format, options.RUN_FORMATS)
    request = options.request(paths, options.of(options.Selection, given), write=False)
    limits = options.of(ScopeOptions, given)
    run = Run(
        options.with_bowler(request, bowler),
        stdin_filename,
        lambda request: decided(changed_scope(limits, request), request.base, decisions),
        options.speed(options.of(options.SpeedOptions, given)),
    )
    tally = Tally(shows_unused=unused_suppressions)
    outcomes, found = outcomes_of(run, tally, with_baseline=baseline, locked=locked)
    if output_format == "text":
        actionable = _print_text(outcomes, tally, statistics, verbose, found)
    else:
        actionable = _print_document(outcomes, tally, output_format, run, found)
    return exit_code(tally, acting=bool(actionable if found is None else told(found, locked)))


def _print_document(
    outcomes: Iterable[Outcome],
    tally: Tally,
    output_format: str,
    run: Run,
    found: Against | None,
) -> int:
    from fixaudit_cli.baselines.gate import mark
    from fixaudit_cli.output.formats.document import collector, put
    from fixaudit_cli.output.tally import needs_action

    collected = collector(output_format, tally, run.worker)
    mark(collected, found)
    for outcome in outcomes:
        # Data has all findings, each with what it is; what is made for people the open ones.
        if found is not None and output_format not in ("json", "sarif"):
            outcome = found.narrowed(outcome)
        collected.add(outcome)
    put(output_format, collected)
    return sum(needs_action(site) for row in collected.rows for site in row.sites)


def _print_text(
    outcomes: Iterable[Outcome],
    tally: Tally,
    statistics: bool,
    verbose: bool,
    found: Against | None,
) -> int:
    from fixaudit_cli.output.formats import text
    from fixaudit_cli.output.reporting import check_summary, report_problems
    from fixaudit_cli.output.tally import later_of, needs_action, sites_of
    from fixaudit_cli.output.terminal import Painter, write

    paint, actionable = Painter(sys.stdout), 0
    for outcome in outcomes:
        sites = sites_of(outcome if found is None else found.narrowed(outcome))
        actionable += sum(needs_action(site) for site in sites)
        shown = [site for site in sites if verbose or needs_action(site)]
        if shown and not statistics:
            lines = [text.site_line(site, paint) + text.guidance_line(site) for site in shown]
            lines += [text.later_line(site, paint) for site in later_of(outcome) if verbose]
            write(paint(visible(outcome.path), "bold") + "\n" + "".join(lines))
    if statistics:
        write(text.statistics(tally, paint))
    report_problems(tally)
    check_summary(tally, actionable)
    return actionable
