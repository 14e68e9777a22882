"""Whether a campaign may run: its file came with the repository, and its commands are code."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.settings import CampaignSettings, Command
from fixaudit.config.toml import shown
from fixaudit.registry.local_code import LocalCode
from fixaudit.registry.trust import TrustItem


def campaign_trust_item(settings: CampaignSettings) -> TrustItem:
    """What is trusted where a campaign is: all that it runs, copies and sends, as one text.

    Another command, another order of them or another remote make another text, of another hash.
    """
    return TrustItem.of_command(campaign_text(settings), settings.root)


def campaign_text(settings: CampaignSettings) -> str:
    """All that a campaign runs, copies and sends, on one line: equal texts do the same.

    It begins with the campaign's name, as `is_text_of` knows.
    """
    return "; ".join([_beginning(settings.name), *_parts(settings)])


def is_text_of(name: str, text: str) -> bool:
    """True for the text of a campaign of that name, whatever it runs."""
    return f"{text}; ".startswith(f"{_beginning(name)}; ")


def runs_code(settings: CampaignSettings) -> bool:
    """True for a campaign that runs or sends anything by itself; else there is nothing to trust."""
    return any(True for _ in _code(settings))


def check_trusted(settings: CampaignSettings, local: LocalCode) -> None:
    """Raise CampaignError, one line, where a campaign's commands may not run.

    Raises ConfigError too: what is trusted cannot be read.
    """
    if not runs_code(settings):
        return
    if local.may_run(campaign_text(settings), settings.root):
        return
    path = shown(settings.path)
    if local.wanted is False:
        raise CampaignError(
            f"{path}: nothing is run, as --no-local-code forbids the commands of the campaign"
        )
    raise CampaignError(
        f"{path}: the commands of the campaign are not trusted as they are now; read the file, then"
        f" `fixaudit trust {shlex.quote(path)}` (--trust: for this run)"
    )


def _beginning(name: str) -> str:
    return f"campaign {name}"


def _parts(settings: CampaignSettings) -> Iterator[str]:
    yield from _code(settings)
    publish = settings.publish
    yield f"run-in {settings.verify.run_in}"
    yield f"push {shlex.quote(publish.push_remote)} {shlex.quote(publish.branch)}"
    yield f"base {shlex.quote(publish.base)}"
    if publish.sign != "inherit":
        yield f"sign {publish.sign}"


def _code(settings: CampaignSettings) -> Iterator[str]:
    """What runs code of the repository, or hands out what git does not know."""
    worktree, verify, publish = settings.worktree, settings.verify, settings.publish
    yield from _commands("setup", worktree.setup)
    if worktree.copy:
        yield f"copy {shlex.join(worktree.copy)}"
    yield from _commands("verify", verify.commands)
    yield from _commands("python", (verify.python,))
    yield from _commands("affected", (verify.affected,))
    yield from _commands("publish", (publish.command,))
    yield from _commands("status", (publish.status_command,))
    yield from _commands("ready", (publish.ready_command,))
    if publish.hooks:
        yield "hooks of the repository"
    if settings.repos.list or settings.repos.folder:
        yield f"repos {shlex.join((settings.repos.list, settings.repos.folder))}"


def _commands(what: str, commands: tuple[Command, ...]) -> Iterator[str]:
    # `shlex.join` quotes `;`, so that no argument can look like the next part.
    yield from (f"{what} {shlex.join(command)}" for command in commands if command)
