"""`fixaudit burndown`: how the findings of the baseline became fewer, from its history in git."""

from __future__ import annotations

import datetime as dt
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.config.request import find_root
from fixaudit.errors import ConfigError
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixaudit.baseline.burndown import Burndown
    from fixaudit_cli.burndowns.figures import Figures

FORMATS = ("text", "json", "csv", "markdown", "html")

Tree = Annotated[
    Path | None,
    typer.Argument(help="The tree; the current folder's by default.", show_default=False),
]
By = Annotated[
    str,
    typer.Option(
        "--by", metavar="GROUPS", help="Tables by codemod, package or owner, with commas."
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="DAY", help="From this day on: 2026-11-30, or a week, 2026-W49."
    ),
]
Sprint = Annotated[
    str | None,
    typer.Option("--sprint", metavar="FROM..TO", help="Only these days or weeks, both counted."),
]
GoalOption = Annotated[
    int, typer.Option("--goal", metavar="N", min=0, help="So many findings are to be left.")
]
Deadline = Annotated[
    str | None,
    typer.Option("--deadline", metavar="DAY", help="The day by which the goal is to be met."),
]
Format = Annotated[
    str,
    typer.Option("--output-format", metavar="FORMAT", help="text, json, csv, markdown or html."),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write into a file.", show_default=False),
]


def command(
    tree: Tree = None,
    by: By = "codemod,package,owner",
    since: Since = None,
    sprint: Sprint = None,
    goal: GoalOption = 0,
    deadline: Deadline = None,
    output_format: Format = "text",
    output: Output = None,
) -> int:
    """Show how the findings of the baseline became fewer, from its history in git.

    Counted is what the files fixaudit-baseline.jsonl held at each commit along the first parents; a
    day is one of UTC. Owners are those that the tree has now.
    """
    from fixaudit.baseline.burndown import Burndown, Goal, day, period_of
    from fixaudit_cli.burndowns.figures import figures
    from fixaudit_cli.git.baseline_history import history_of
    from fixaudit_cli.output.terminal import note

    options.check_format(output_format, FORMATS)
    names = _groups(by)
    period = period_of(since, sprint)
    wanted = Goal(goal, None if deadline is None else day(deadline, "--deadline", last=True))
    root = find_root((tree,) if tree is not None else ())
    history = history_of(root)
    burndown = Burndown(history.points, period, _owner_of(root))
    if not burndown.shown:
        when = " in that time" if history.points else ""
        raise ConfigError(
            f"{root}: no commit changed a fixaudit-baseline.jsonl{when}: `fixaudit baseline write`, then commit"
        )
    notes = list(history.problems)
    if history.is_cut:
        notes.append("the clone is shallow: what was before its oldest commit is not known (`git fetch --unshallow`)")  # fmt: skip
    today = dt.datetime.now(dt.UTC).date()
    shown = figures(burndown, names, wanted, today, notes)
    for line in notes:
        note(line)
    _put(burndown, shown, output_format, output)
    return 0


def _groups(by: str) -> list[str]:
    from fixaudit.baseline.burndown import GROUPS

    names = [name.strip() for name in by.split(",") if name.strip()]
    for name in names:
        if name not in GROUPS:
            raise ConfigError(f"--by {name}: no such group; there are {', '.join(GROUPS)}")
    return list(dict.fromkeys(names))


def _owner_of(root: Path) -> Callable[[str], str]:
    """The owners of a file as one text. Raises ConfigError: an owner file with a line no rule reads."""
    from fixaudit.codeowners.owners import read_owners
    from fixaudit.config.resolve import ConfigResolver

    found = read_owners(root, ConfigResolver().for_path(root).owners)
    return lambda path: " ".join(found.of(path))


def _put(burndown: Burndown, shown: Figures, output_format: str, output: Path | None) -> None:
    from fixaudit_cli.output.terminal import Painter, write, write_document

    if output_format == "text" and output is None:
        from fixaudit_cli.burndowns.as_text import document

        write("".join(document(shown, Painter(sys.stdout))))
        return
    text = _rendered(burndown, shown, output_format)
    if output is None:
        write_document(text)
    else:
        options.write_file(output, text.encode("utf-8"), "the burndown")


def _rendered(burndown: Burndown, shown: Figures, output_format: str) -> str:
    from fixaudit_cli.burndowns import as_data, as_html, as_text
    from fixaudit_cli.output.terminal import Painter

    if output_format == "json":
        return as_data.as_json(shown)
    if output_format == "csv":
        return "".join(as_data.as_csv(burndown))
    if output_format == "markdown":
        return as_data.as_markdown(shown)
    if output_format == "html":
        return as_html.document(shown)
    return "".join(as_text.document(shown, Painter(io.StringIO())))
