"""`fixaudit runs`: the recorded runs, when they were, and their state."""

from __future__ import annotations

import json
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fixaudit.errors import ConfigError
from fixaudit.text.visible import safe_json, visible
from fixaudit_cli.options import options
from fixaudit_cli.output.ignored_state import mention_ignored
from fixaudit_cli.output.terminal import Painter, note, write, write_document

if TYPE_CHECKING:
    from fixaudit_cli.write.ledger import RunSummary

_STATES = {"pending": "unfinished", "done": "done", "undone": "undone"}


What = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[import FOLDER]",
        help="Take over the runs and decisions in a folder, such as an earlier version's .fixaudit.",
        show_default=False,
    ),
]
MovedFrom = Annotated[
    Path | None,
    typer.Option(
        "--moved-from",
        metavar="PATH",
        help="The tree was at this path before: its runs are now of the tree here.",
        show_default=False,
    ),
]


def command(
    what: What = None,
    moved_from: MovedFrom = None,
    output_format: options.TextOrJson = "text",
    wait: options.Wait = 0.0,
    root: options.Root = None,
) -> int:
    """List the recorded runs, the newest first."""
    from fixaudit_cli.write.ledger import runs
    from fixaudit_cli.write.pruning import limits

    options.check_format(output_format, ("text", "json"))
    tree = options.ledger_root(root)
    if what or moved_from is not None:
        return _taken_over(tree, what or [], moved_from, wait)
    mention_ignored(tree)
    found = runs(tree)
    if output_format == "json":
        kept = limits()
        bounds = {"max-age-days": kept.max_age_days, "max-size-mb": kept.max_size_mb}
        rows = [_row(run) for run in found]
        document = json.dumps({"version": 1, "runs": rows, "limits": bounds}, indent=2, ensure_ascii=False)  # fmt: skip
        write_document(safe_json(document) + "\n")
        return 0
    for run in found:
        write(_text(run))
    if any(run.state == "pending" for run in found):
        note(
            "next: `fixaudit resume` finishes an unfinished run, `fixaudit undo RUN` takes it back"
        )
    _say_where(tree, bool(found))
    return 0


def _taken_over(tree: Path, what: list[str], moved_from: Path | None, wait: float) -> int:
    """Import a folder, or move the runs of a tree that was elsewhere."""
    from fixaudit_cli.output.formats.text import counted

    if what and (what[0] != "import" or len(what) != 2 or moved_from is not None):
        raise ConfigError("give `fixaudit runs import FOLDER`, or `fixaudit runs` alone")
    if moved_from is not None:
        from fixaudit_cli.write.tree_states import move

        note(f"the runs of {move(tree, moved_from, wait)} are now those of {tree}")
        return 0
    from fixaudit_cli.write.importing import import_state

    done = import_state(tree, Path(what[1]), wait)
    said = f"{counted(done.runs, 'run')} and {counted(done.decisions, 'decision')}"
    note(f"{said} of {what[1]} taken over for {tree}; the folder can go")
    return 0


def _say_where(tree: Path, has_runs: bool) -> None:
    """On stderr: where the record is and what it takes, or how to find one that is elsewhere."""
    from fixaudit_cli.write.pruning import limits
    from fixaudit_cli.write.tree_states import earlier_state, size_of

    if has_runs:
        found, kept = size_of(tree), limits()
        if found is not None:
            note(f"kept in {found[0]}, {found[1] / 1e6:.1f} MB")
            note(
                f"runs are kept for {kept.max_age_days:g} days and up to {kept.max_size_mb:g} MB a tree"
            )
        return
    note(f"no run is recorded of {tree}")
    if earlier_state(tree):
        note(
            "another tree was at this path: if it is the same, `fixaudit runs --moved-from"
            f" {shlex.quote(str(tree))}` takes its runs over"
        )


def _row(run: RunSummary) -> dict[str, Any]:
    """Times are in UTC (ISO 8601); `files` counts by state, `codemods` findings by codemod."""
    return {
        "id": run.id,
        "state": run.state,
        "started": _utc(run.started),
        "finished": None if run.finished is None else _utc(run.finished),
        "seconds": _seconds(run),
        "files": run.files,
        "codemods": run.codemods,
        "commits": list(run.commits),
        "bytes": run.size,
        "command": list(run.argv),
    }


def _text(run: RunSummary) -> str:
    from fixaudit_cli.output.formats.text import by_codemod, counted

    paint = Painter(sys.stdout)
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.started))
    seconds = _seconds(run)
    took = "" if seconds is None else f"  {seconds:.1f} s"
    files = counted(sum(run.files.values()), "file")
    states = ", ".join(f"{count} {state}" for state, count in sorted(run.files.items()))
    head = f"{paint(f'{run.id:>4}', 'bold')}  {when}  {_STATES[run.state]:<10}"
    lines = [f"{head}  {files} ({states}){took}\n"]
    if run.codemods:
        lines.append(f"      {visible(by_codemod(run.codemods.items()))}\n")
    if run.commits:
        lines.append(f"      commits {' '.join(sha[:10] for sha in run.commits)}\n")
    if run.argv:
        lines.append(f"      fixaudit {visible(shlex.join(run.argv))}\n")
    return "".join(lines)


def _seconds(run: RunSummary) -> float | None:
    return None if run.seconds is None else round(run.seconds, 3)


def _utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
