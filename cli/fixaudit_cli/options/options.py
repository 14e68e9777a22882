"""The options that several verbs share, and the request they make."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.config.request import Request, find_root
from fixaudit_cli.options.selection_request import FORMATS as FORMATS
from fixaudit_cli.options.selection_request import RUN_FORMATS as RUN_FORMATS
from fixaudit_cli.options.selection_request import Selection as Selection
from fixaudit_cli.options.selection_request import check_format as check_format
from fixaudit_cli.options.selection_request import request as request
from fixaudit_cli.options.selection_request import words as words
from fixaudit_cli.write.workspace import FOLDER

if TYPE_CHECKING:
    from fixaudit.pipeline.execution import Speed

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Files and folders; the current folder by default.", show_default=False),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        help="Codemods to run in place of the configured ones: names, codes, prefixes such as FA1, sets.",
        show_default=False,
    ),
]
ExtendSelect = Annotated[
    list[str] | None,
    typer.Option("--extend-select", help="Codemods to run besides.", show_default=False),
]
Ignore = Annotated[
    list[str] | None, typer.Option("--ignore", help="Codemods not to run.", show_default=False)
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude", help="Patterns of files to leave out, as in .gitignore.", show_default=False
    ),
]
ConfigOption = Annotated[
    list[str] | None,
    typer.Option(
        "--config",
        help="A configuration file to use in place of all others, or `key = value` on top of them.",
        show_default=False,
    ),
]
Isolated = Annotated[bool, typer.Option("--isolated", help="Read no configuration file.")]
Unsafe = Annotated[
    bool | None,
    typer.Option(
        "--unsafe/--no-unsafe",
        help="Apply rewrites too that may change stored values, output, exceptions or timing.",
        show_default=False,
    ),
]
Format = Annotated[
    bool | None,
    typer.Option(
        "--format/--no-format",
        help="Run Black on the touched lines; by default where the project configures Black.",
        show_default=False,
    ),
]
Statistics = Annotated[
    bool,
    typer.Option(
        "--statistics", help="Print counts by codemod and verdict in place of the findings."
    ),
]
StdinFilename = Annotated[
    str | None,
    typer.Option(
        "--stdin-filename",
        help="Read one file from standard input, as if it stood at this path.",
        show_default=False,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Show the sites that are left alone too, with the reason."
    ),
]
Changed = Annotated[
    bool,
    typer.Option("--changed", help="Only files that differ from the last commit, or are new."),
]
Staged = Annotated[bool, typer.Option("--staged", help="Only files staged in git.")]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="REV",
        help="Only files that differ from where this branch left REV.",
        show_default=False,
    ),
]
ChangedLines = Annotated[
    bool,
    typer.Option(
        "--changed-lines", help="Only sites on lines changed so; alone, since the last commit."
    ),
]
DecisionsFile = Annotated[
    Path | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help="A file of decisions of --interactive: what it rejects is left alone.",
        show_default=False,
    ),
]
Wait = Annotated[
    float,
    typer.Option(
        "--wait",
        metavar="SECONDS",
        min=0.0,
        help="How long to wait for another run on the same tree.",
    ),
]
Root = Annotated[
    Path | None,
    typer.Option(
        "--root",
        help="The tree; by default the nearest one with runs, upward from here.",
        show_default=False,
    ),
]
Bowler = Annotated[
    list[Path] | None,
    typer.Option(
        "--bowler",
        help="A Bowler query script to run in place of the codemods; repeatable.",
        show_default=False,
    ),
]
OutputFormat = Annotated[
    str, typer.Option("--output-format", help="text, json, sarif, github, junit, markdown or html.")
]

Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        help="How many processes at most; by default as many as pay.",
        show_default=False,
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Neither use nor keep earlier outcomes.")]
CacheDir = Annotated[
    Path | None,
    typer.Option(
        "--cache-dir",
        help="Where outcomes are kept; by default .fixaudit/cache.",
        show_default=False,
    ),
]
Shard = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Only the I-th of N parts of the files, for several machines.",
        show_default=False,
    ),
]
Profile = Annotated[
    bool, typer.Option("--profile", help="Print where the time went, by step and codemod.")
]


def speed(
    jobs: int | None, no_cache: bool, cache_dir: Path | None, shard: str | None, profile: bool
) -> Speed:
    """How the work is to be done. Raises ConfigError."""
    from fixaudit.pipeline.execution import Speed, parse_shard

    part = None if shard is None else parse_shard(shard)
    # Times are taken in this process, of work that is done.
    return Speed(
        1 if profile else jobs, not (no_cache or profile), cache_dir, part, profile=profile
    )


def has_ledger(root: Path) -> bool:
    """True where a run was recorded below `root`, as far as can be told without opening it."""
    from fixaudit_cli.write.ledger import DATABASE

    return (root / FOLDER / DATABASE).is_file()


def ledger_root(start: Path | None) -> Path:
    """The tree whose runs are meant: the nearest one upward that has a ledger, else the project's."""
    here = Path(os.path.abspath(start or "."))
    for folder in (here, *here.parents):
        if has_ledger(folder):
            return folder
    return find_root((here,))


def with_bowler(request: Request, scripts: Sequence[Path] | None) -> Request:
    """The request with the queries of Bowler scripts as further codemods.

    Raises:
        ConfigError, CodemodError: Bowler is not installed, or a script cannot be used.
    """
    if not scripts:
        return request
    from fixaudit.integrations.bowler import BowlerCodemod, captured_queries

    queries = [query for script in scripts for query in captured_queries(script)]
    names = ", ".join(script.name for script in scripts)
    return replace(request, codemods=(BowlerCodemod(queries, f"the Bowler query {names}"),))
