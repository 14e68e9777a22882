"""The options that several verbs share, and what they stand for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from fixaudit.config.request import Request, find_root
from fixaudit.errors import ConfigError
from fixaudit_cli.options.panels import CHANGES, FILES, REVIEW, SPEED
from fixaudit_cli.options.panels import OUTPUT as OUTPUT
from fixaudit_cli.options.panels import REPORTS as REPORTS
from fixaudit_cli.options.panels import LocalCode as LocalCode
from fixaudit_cli.options.panels import option as option
from fixaudit_cli.options.selection_request import FORMATS as FORMATS
from fixaudit_cli.options.selection_request import PLAN_FORMATS as PLAN_FORMATS
from fixaudit_cli.options.selection_request import RUN_FORMATS as RUN_FORMATS
from fixaudit_cli.options.selection_request import Selection as Selection
from fixaudit_cli.options.selection_request import check_format as check_format
from fixaudit_cli.options.selection_request import request as request
from fixaudit_cli.options.selection_request import words as words

if TYPE_CHECKING:
    from fixaudit.pipeline.execution import Speed

T = TypeVar("T")

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Files and folders; the current folder by default.", show_default=False),
]
Exclude = Annotated[
    list[str] | None,
    option(
        FILES,
        "--exclude",
        metavar="PATTERN",
        help="Patterns of files to leave out, as in .gitignore.",
    ),
]
Recurse = Annotated[
    bool,
    option(
        FILES,
        "--recurse",
        help="Look into submodules and other repositories inside of this one too.",
    ),
]
Changed = Annotated[
    bool,
    option(FILES, "--changed", help="Only files that differ from the last commit, or are new."),
]
Staged = Annotated[bool, option(FILES, "--staged", help="Only files staged in git.")]
SinceOption = Annotated[
    str | None,
    option(
        FILES,
        "--since",
        metavar="REV",
        help="Only files that differ from where this branch left REV.",
    ),
]
ChangedLines = Annotated[
    bool,
    option(
        FILES,
        "--changed-lines",
        help="Only sites on the lines that changed, of --changed, --staged or --since; alone, since the last commit.",
    ),
]
StdinFilename = Annotated[
    str | None,
    option(
        FILES,
        "--stdin-filename",
        metavar="PATH",
        help="Read one file from standard input, as if it stood at this path.",
    ),
]
Select = Annotated[
    list[str] | None,
    option(
        CHANGES,
        "--select",
        metavar="CODEMODS",
        help="Codemods to run in place of the configured ones: names, codes, prefixes such as FA1, sets.",
    ),
]
ExtendSelect = Annotated[
    list[str] | None,
    option(CHANGES, "--extend-select", metavar="CODEMODS", help="Codemods to run besides."),
]
Ignore = Annotated[
    list[str] | None, option(CHANGES, "--ignore", metavar="CODEMODS", help="Codemods not to run.")
]
Unsafe = Annotated[
    bool | None,
    option(
        CHANGES,
        "--unsafe/--no-unsafe",
        help="Apply rewrites too that may change stored values, output, exceptions or timing.",
    ),
]
Bowler = Annotated[
    list[Path] | None,
    option(
        CHANGES,
        "--bowler",
        metavar="SCRIPT",
        help="A Bowler query script to run in place of the codemods; repeatable.",
    ),
]
ConfigOption = Annotated[
    list[str] | None,
    option(
        CHANGES,
        "--config",
        metavar="CONFIG",
        help="A configuration file to use in place of all others, or `key = value` on top of them.",
    ),
]
Isolated = Annotated[bool, option(CHANGES, "--isolated", help="Read no configuration file.")]
DecisionsFile = Annotated[
    Path | None,
    option(
        REVIEW,
        "--decisions",
        metavar="FILE",
        help="A file of decisions of --interactive: what it rejects is left alone.",
    ),
]
Jobs = Annotated[
    int | None,
    option(
        SPEED,
        "--jobs",
        "-j",
        min=1,
        metavar="N",
        help="How many processes at most; by default as many as pay.",
    ),
]
NoCache = Annotated[
    bool, option(SPEED, "--no-cache", help="Neither use nor keep earlier outcomes.")
]
CacheDir = Annotated[
    Path | None,
    option(
        SPEED,
        "--cache-dir",
        metavar="FOLDER",
        help="Where outcomes are kept; by default in the user's cache folder.",
    ),
]
Shard = Annotated[
    str | None,
    option(
        SPEED,
        "--shard",
        metavar="I/N",
        help="Only the I-th of N parts of the files, for several machines.",
    ),
]
Profile = Annotated[
    bool, option(SPEED, "--profile", help="Print where the time went, by step and codemod.")
]
OutputFormat = Annotated[
    str,
    option(
        OUTPUT,
        "--output-format",
        metavar="FORMAT",
        help="text, json, sarif, github, junit, markdown or html.",
        show_default=True,
    ),
]
TextOrJson = Annotated[
    str,
    option(OUTPUT, "--output-format", metavar="FORMAT", help="text or json.", show_default=True),
]
Statistics = Annotated[
    bool,
    option(
        OUTPUT, "--statistics", help="Print counts by codemod and verdict in place of the findings."
    ),
]
Verbose = Annotated[
    bool,
    option(
        OUTPUT, "--verbose", "-v", help="Show the sites that are left alone too, with the reason."
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
        metavar="FOLDER",
        help="The tree; by default the nearest one with runs, upward from here.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class SpeedOptions:
    """The options about processes and the cache, as given."""

    jobs: int | None = None
    no_cache: bool = False
    cache_dir: Path | None = None
    shard: str | None = None
    profile: bool = False


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """The options about what is printed, as given; `diff` None stands for: in a dry run."""

    output_format: str = "text"
    statistics: bool = False
    verbose: bool = False
    diff: bool | None = None
    stdin_filename: str | None = None


def of(kind: type[T], parameters: Mapping[str, Any]) -> T:
    """The option dataclass `kind`, filled from a verb's parameters of the same names."""
    names = (entry.name for entry in fields(kind))  # type: ignore[arg-type]
    return kind(**{name: parameters[name] for name in names if name in parameters})


def speed(given: SpeedOptions) -> Speed:
    """How the work is to be done. Raises ConfigError."""
    from fixaudit.pipeline.execution import Speed, parse_shard

    return Speed(
        # Times are taken in this process, of work that is done.
        jobs=1 if given.profile else given.jobs,
        cache=not (given.no_cache or given.profile),
        cache_dir=given.cache_dir,
        shard=None if given.shard is None else parse_shard(given.shard),
        profile=given.profile,
    )


def has_ledger(root: Path) -> bool:
    """True where runs of the tree at `root` are recorded; nothing is opened."""
    from fixaudit.files.state_folders import known_state
    from fixaudit_cli.write.ledger import DATABASE

    folder = known_state(root)
    return folder is not None and (folder / DATABASE).is_file()


def ledger_root(start: Path | None) -> Path:
    """The nearest folder upward with recorded runs, within the repository; else the project's root."""
    here = Path(os.path.abspath(start or "."))
    for folder in (here, *here.parents):
        if folder.is_dir() and has_ledger(folder):
            return folder
        if (folder / ".git").exists() or (folder / ".hg").exists():
            break
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


def write_file(path: Path, data: bytes, what: str) -> None:
    """Write into what an option names, and say so: `what` it holds. Raises ConfigError."""
    from fixaudit_cli.output.named_files import say_written, write_named

    try:
        write_named(path, (data,))
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror or error}") from error
    say_written(path, what)


def folder_of(path: Path) -> Path:
    """The folder that a written file's paths count from; of what is no file, the current one."""
    from fixaudit_cli.output.named_files import is_stream

    return Path(".") if is_stream(path) else path.parent
