"""The options that the actions of a campaign share, and the campaigns that they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fixaudit.errors import ConfigError, FixauditError
from fixaudit_cli.options.panels import OUTPUT, SPEED, option
from fixaudit_cli.options.selection_request import check_format

if TYPE_CHECKING:
    from fixaudit.campaigns.campaign import Campaign
    from fixaudit.campaigns.run_options import RunOptions
    from fixaudit.pipeline.execution import Speed
    from fixaudit_cli.campaigns.figures import Figures

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="Of the file campaigns/NAME.toml.", show_default=False),
]
Root = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="FOLDER",
        help="A folder of the repository; by default the current one.",
        show_default=False,
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="COMMIT",
        help="Plan at this commit, not at the tip of the base branch.",
        show_default=False,
    ),
]
Batches = Annotated[
    list[str] | None,
    typer.Option(
        "--batch", metavar="BATCH", help="Only this batch; repeatable.", show_default=False
    ),
]
Executor = Annotated[
    str,
    option(
        SPEED,
        "--executor",
        metavar="WHERE",
        help="local; dask (a cluster on this machine); dask://HOST:PORT or tls://HOST:PORT; or an installed one.",
        show_default=True,
    ),
]
Insecure = Annotated[
    bool,
    option(
        SPEED,
        "--insecure",
        help="Allow a scheduler elsewhere without TLS: whoever reaches its port runs code on the workers.",
    ),
]
Shared = Annotated[
    bool | None,
    option(
        SPEED,
        "--shared/--clone",
        help="Workers read the repository at its path here, or clone it; by default they clone where they are elsewhere.",
    ),
]
Formats = Annotated[
    str,
    option(
        OUTPUT,
        "--output-format",
        metavar="FORMAT",
        help="text, json, markdown or html.",
        show_default=True,
    ),
]


def opened(
    name: str, root: Path | None, local_code: bool | None, speed: Speed | None = None
) -> Campaign:
    """The campaign of the repository at `root`. Raises CampaignError, ConfigError."""
    from fixaudit.campaigns.campaign import Campaign

    return Campaign(name, root or Path("."), local_code=local_code, speed=speed)


def in_each(
    campaign: Campaign, act: Callable[[Campaign], object]
) -> Iterator[tuple[str, FixauditError | None]]:
    """Act on the campaign in every repository that it is about; (name, error) of each.

    With one repository errors are raised. With several one that fails is told, and the others go on.
    """
    from fixaudit.campaigns.several import campaigns_of

    for name, one in campaigns_of(campaign):
        error: FixauditError | None = None
        try:
            found = one()
            act(found)
        except FixauditError as raised:
            if name == "":
                raise
            error = raised
        yield name, error


def all_done(campaign: Campaign, act: Callable[[Campaign], object]) -> int:
    """The exit code of an action on every repository: 2 where one of several could not be done."""
    from fixaudit_cli.output.terminal import note

    code = 0
    for name, error in in_each(campaign, act):
        if error is not None:
            note(f"{name}: {error}")
            code = 2
    tell_left(campaign)
    return code


def figures_of(name: str, root: Path | None, output_format: str) -> tuple[list[Figures], int]:
    """How a campaign stands in every repository, and the exit code. Raises CampaignError, ConfigError."""
    from fixaudit_cli.campaigns.figures import figures

    check_format(output_format, ("text", "json", "markdown", "html"))
    found: list[Figures] = []
    code = all_done(opened(name, root, None), lambda one: found.append(figures(one)))
    return found, code


def tell_left(campaign: Campaign) -> None:
    """Name the work trees that could not be removed."""
    from fixaudit_cli.output.terminal import note

    for line in dict.fromkeys(campaign.left):
        note(line)


def refuse_several(campaign: Campaign, what: str) -> None:
    """Raise ConfigError where a campaign is over several repositories: shards are parts of one plan."""
    repos = campaign.settings.repos
    if repos.list or repos.folder:
        raise ConfigError(
            f"{what}: shards are of one repository, and [repos] names several; leave out {what},"
            " or take a campaign file in each repository"
        )


def run_options(
    batches: list[str] | None,
    limit: int | None,
    jobs: int | None,
    executor: str,
    insecure: bool,
    at: str | None,
    shared: bool | None,
) -> RunOptions:
    from fixaudit.campaigns.run_options import RunOptions

    return RunOptions(names(batches), limit, jobs, executor, insecure, at, shared)


def names(values: list[str] | None) -> tuple[str, ...]:
    """The names of a repeatable option; each of its values may hold several, parted by commas."""
    return tuple(
        word.strip() for value in values or () for word in value.split(",") if word.strip()
    )


def print_document(content: Mapping[str, Any]) -> None:
    """Print a versioned document for programs."""
    import json

    from fixaudit_cli.output.terminal import write_document

    write_document(json.dumps({"version": 1, **content}, indent=2) + "\n")
