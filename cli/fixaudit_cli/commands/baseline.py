"""`fixaudit baseline`: the findings that a project knows of and has not mended yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fixaudit.errors import ConfigError
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.baseline.entries import BaselineEntry
    from fixaudit_cli.baselines.standing import Against
    from fixaudit_cli.output.tally import Tally
    from fixaudit_cli.run import Run

_ACTIONS = ("write", "update", "prune", "check", "show")

Action = Annotated[
    str,
    typer.Argument(
        metavar="ACTION",
        help="write: the findings of now. update: follow moved ones, drop resolved ones. prune: drop"
        " resolved ones. check: as `check --baseline`. show: what is in it.",
        show_default=False,
    ),
]
Accept = Annotated[bool, typer.Option("--accept", help="With update: take new findings in, too.")]
Locked = Annotated[
    bool, typer.Option("--locked", help="With check: fail where it knows more than there is.")
]


def command(
    action: Action,
    paths: options.Paths = None,
    accept: Accept = False,
    locked: Locked = False,
    exclude: options.Exclude = None,
    recurse: options.Recurse = False,
    select: options.Select = None,
    extend_select: options.ExtendSelect = None,
    ignore: options.Ignore = None,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    local_code: options.LocalCode = None,
    jobs: options.Jobs = None,
    no_cache: options.NoCache = False,
    cache_dir: options.CacheDir = None,
    output_format: options.TextOrJson = "text",
) -> int:
    """Accept the findings of now, and tell new ones apart from them.

    The files fixaudit-baseline.jsonl, one a package, are committed; `check --baseline` reads them.
    """
    given = locals()  # before there are other names
    from fixaudit_cli.output.tally import Tally
    from fixaudit_cli.run import Run

    _check(action, accept, locked)
    options.check_format(output_format, ("text", "json"))
    selection = options.of(options.Selection, given)
    run = Run(
        options.request(paths, selection, write=False),
        speed=options.speed(options.of(options.SpeedOptions, given)),
    )
    if action == "show":
        return _show(run, output_format)
    if action == "check":
        return _gate(run, Tally(), locked, output_format)
    is_partial = bool(select or extend_select or ignore)
    return _written(run, Tally(), action, accept, is_partial, output_format)


def _check(action: str, accept: bool, locked: bool) -> None:
    if action not in _ACTIONS:
        raise ConfigError(f"baseline {action}: no such action; there are {', '.join(_ACTIONS)}")
    if accept and action != "update":
        raise ConfigError(f"--accept is for `baseline update`; {action} takes none")
    if locked and action != "check":
        raise ConfigError(f"--locked is for `baseline check`; {action} takes none")


def _compared(run: Run, tally: Tally, *, must_be: bool) -> Against:
    """The findings of a run against the baseline. Raises BaselineError."""
    from fixaudit_cli.baselines.against import against, existing, of_tree

    baseline = (existing if must_be else of_tree)(run.worker.root)
    return against(baseline, run, list(run.outcomes(tally)))


def _gate(run: Run, tally: Tally, locked: bool, output_format: str) -> int:
    from fixaudit_cli.baselines.gate import told
    from fixaudit_cli.baselines.telling import places
    from fixaudit_cli.output.reporting import report_problems
    from fixaudit_cli.output.terminal import write
    from fixaudit_cli.run import exit_code

    found = _compared(run, tally, must_be=True)
    if output_format == "json":
        _print_json(found)
    else:
        write("".join(f"{line}\n" for line in places(found.comparison.new)))
    report_problems(tally)
    return exit_code(tally, acting=bool(told(found, locked)))


def _written(
    run: Run, tally: Tally, action: str, accept: bool, is_partial: bool, output_format: str
) -> int:
    from fixaudit_cli.baselines.rewriting import rewrite_baseline
    from fixaudit_cli.output.reporting import report_problems
    from fixaudit_cli.output.terminal import note
    from fixaudit_cli.run import exit_code

    found = _compared(run, tally, must_be=action != "write")
    report_problems(tally)
    if tally.problems:
        note("nothing was written: what could not be judged would be missing in the baseline")
        return exit_code(tally, acting=False)
    done = rewrite_baseline(found, run, action, accept=accept, is_partial=is_partial)
    if output_format == "json":
        _print_json(found, files=done.files)
    for line in done.lines:
        note(line)
    return 0


def _print_json(found: Against, **more: Any) -> None:
    import json

    from fixaudit_cli.baselines.telling import as_data, site_rows
    from fixaudit_cli.output.terminal import write_document

    content = {"version": 1, **as_data(found), "findings": site_rows(found), **more}
    write_document(json.dumps(content, indent=2) + "\n")


def _show(run: Run, output_format: str) -> int:
    from fixaudit_cli.baselines.against import existing
    from fixaudit_cli.baselines.telling import entry_row, shown
    from fixaudit_cli.output.terminal import write, write_document

    baseline = existing(run.worker.root)
    entries = sorted(_named(run, baseline.entries))
    if output_format == "json":
        import json

        content = {"version": 1, "entries": [entry_row(entry) for entry in entries]}
        write_document(json.dumps(content, indent=2) + "\n")
    else:
        write(shown(entries))
    return 0


def _named(run: Run, entries: Iterable[BaselineEntry]) -> Iterable[BaselineEntry]:
    """The entries below the paths of the run."""
    from fixaudit_cli.baselines.against import judged

    covers = judged(run, ()).covers
    return (entry for entry in entries if covers(entry.path))
