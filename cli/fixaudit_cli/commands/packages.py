"""`fixaudit packages`: the packages of a repository, who owns them and who depends on them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fixaudit.errors import ConfigError
from fixaudit_cli.options import options

if TYPE_CHECKING:
    from fixaudit.config.model import Config
    from fixaudit.config.request import Request
    from fixaudit_cli.workspace.survey import Asked, Owned, Survey

Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="REV",
        help="Only packages with a file that differs from where this branch left REV.",
        show_default=False,
    ),
]
WithDependents = Annotated[
    bool,
    typer.Option(
        "--dependents",
        help="The packages that depend on each; with --since, those that depend on what changed too.",
    ),
]
Unowned = Annotated[
    bool,
    typer.Option("--unowned", help="Only packages with files that nobody owns, and the files."),
]
Counts = Annotated[
    bool, typer.Option("--statistics", help="Print one line of counts in place of the packages.")
]


def command(
    paths: options.Paths = None,
    since: Since = None,
    dependents: WithDependents = False,
    unowned: Unowned = False,
    config: options.ConfigOption = None,
    isolated: options.Isolated = False,
    output_format: options.TextOrJson = "text",
    statistics: Counts = False,
) -> int:
    """List the packages of a repository: owners, size, how each is found, who depends on it."""
    from fixaudit.config.resolve import ConfigResolver
    from fixaudit.workspace.packages import packages
    from fixaudit_cli.workspace.survey import Asked, surveyed

    options.check_format(output_format)
    request = options.request(paths, options.Selection(config=config, isolated=isolated))
    settings = ConfigResolver(request.config, isolated=isolated).for_path(request.base)
    found = packages(request.base, config=settings)
    owned = owners_of(request.base, settings)
    if unowned and (owned is None or owned.path is None):
        raise ConfigError(
            f"--unowned needs an owner file: {request.base} has no CODEOWNERS, neither there nor in"
            " .github, docs or .gitlab"
        )
    changed = None if since is None else _changed(request, since)
    asked = Asked(request.paths, changed, dependents, unowned)
    survey = surveyed(found, asked, owned)
    if output_format == "json":
        _print_document(survey)
    else:
        _print_text(survey, asked, statistics)
    return 2 if survey.problems else 0


def owners_of(root: Path, config: Config) -> Owned | None:
    """The owners of a root's files. Raises ConfigError: an owner file with a line that no rule reads."""
    from fixaudit.codeowners.owners import read_owners

    return read_owners(root, config.owners)


def _changed(request: Request, revision: str) -> frozenset[str]:
    """The files that changed, relative to the root. Raises ConfigError, GitError."""
    from fixaudit.files.git_repository import find_repository, since

    repository = find_repository(request.base)
    if repository is None:
        raise ConfigError(f"--since needs a git repository; {request.base} has none")
    prefix = os.path.join(os.path.realpath(request.base), "")
    paths = map(os.fspath, since(repository, revision, deleted=True))
    inside = (path[len(prefix) :] for path in paths if path.startswith(prefix))
    return frozenset(path.replace(os.sep, "/") for path in inside)


def _print_document(survey: Survey) -> None:
    from fixaudit_cli.output.terminal import write_document
    from fixaudit_cli.workspace.as_json import document

    write_document(document(survey))


def _print_text(survey: Survey, asked: Asked, statistics: bool) -> None:
    from fixaudit_cli.output.terminal import Painter, note, write
    from fixaudit_cli.workspace import as_text

    counts = as_text.statistics(survey)
    if statistics:
        write(counts + "\n")
    elif survey.rows:
        write("".join(as_text.table(survey, Painter(sys.stdout), unowned=asked.unowned)))
    problems = map(as_text.problem_line, survey.problems)
    for line in (*survey.notes, *problems, *as_text.outside(survey)):
        note(line)
    if asked.changed is not None and not survey.rows:
        note("no package has a file that changed")
    elif asked.unowned and not survey.rows:
        note("no Python file is without an owner")
    elif not statistics:
        note(counts)
