"""`fixaudit runs`: the recorded runs, when they were, and their state."""

from __future__ import annotations

import json
import shlex
import sys
import time
from typing import TYPE_CHECKING, Any

from fixaudit.text.visible import safe_json, visible
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit_cli.write.ledger import RunSummary

_STATES = {"pending": "unfinished", "done": "done", "undone": "undone"}


def command(output_format: options.TextOrJson = "text", root: options.Root = None) -> int:
    """List the recorded runs, the newest first."""
    from fixaudit_cli.output.terminal import note, write
    from fixaudit_cli.write.ledger import runs

    options.check_format(output_format, ("text", "json"))
    found = runs(options.ledger_root(root))
    if output_format == "json":
        rows = [_row(run) for run in found]
        document = json.dumps({"version": 1, "runs": rows}, indent=2, ensure_ascii=False)
        write(safe_json(document) + "\n")
        return 0
    for run in found:
        write(_text(run))
    if not found:
        note("no run is recorded here")
    if any(run.state == "pending" for run in found):
        note(
            "next: `fixaudit resume` finishes an unfinished run, `fixaudit undo RUN` takes it back"
        )
    return 0


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
    from fixaudit_cli.output.terminal import Painter

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
    return None if run.finished is None else round(run.finished - run.started, 3)


def _utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
