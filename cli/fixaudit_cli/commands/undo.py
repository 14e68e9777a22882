"""`fixaudit undo`: restore the files that a run changed, byte for byte, without git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit_cli.options import options
from fixaudit_cli.output.ignored_state import mention_ignored
from fixaudit_cli.output.terminal import note

if TYPE_CHECKING:
    from fixaudit_cli.write.ledger import Ledger

What = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RUN] [PATHS]...",
        help="A run of `fixaudit runs`, the newest by default; files or folders to undo alone.",
        show_default=False,
    ),
]
OneCodemod = Annotated[
    str | None,
    typer.Option("--codemod", help="Undo the edits of one codemod alone.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Drop what was edited in the files since.")]


def command(
    what: What = None,
    codemod: OneCodemod = None,
    force: Force = False,
    wait: options.Wait = 0.0,
    root: options.Root = None,
) -> int:
    """Restore the files of a run as they were before it."""
    from fixaudit_cli.output.reporting import report_run
    from fixaudit_cli.write.ledger import writing
    from fixaudit_cli.write.leftover_locks import free_locks
    from fixaudit_cli.write.undoing import undo

    run, paths = _parts(what or [])
    tree = options.ledger_root(root or (paths[0] if paths else None))
    mention_ignored(tree)
    if not options.has_ledger(tree):
        note("nothing to undo: no run is recorded here")
        return 0
    with writing(tree, wait) as ledger:
        free_locks(ledger)
        number = run if run is not None else ledger.undoable()
        report = undo(ledger, run, paths=paths, codemod=codemod, force=force)
        if report is None or number is None:
            note("nothing to undo" + (f": run {run} is undone already" if run else ""))
            return 0
        code = report_run(report, "restored", "undo")
        _explain_commits(ledger, number)
    return code


def _parts(words: list[str]) -> tuple[int | None, list[Path]]:
    """The run's number, if the first word is one, and the paths, made absolute."""
    run = None
    if words and words[0].isdigit():
        run, words = int(words[0]), words[1:]
    return run, [Path(word).absolute() for word in words]


def _explain_commits(ledger: Ledger, run: int) -> None:

    commits = next(entry.commits for entry in ledger.summaries() if entry.id == run)
    if not commits:
        return
    shas = " ".join(sha[:10] for sha in reversed(commits))
    note(
        f"run {run} was committed; the commits stay in the history, the files differ from them now."
    )
    note("  to keep the undo: commit the files as they are")
    note(f"  to have git undo it instead: `git restore .`, then `git revert {shas}`")
