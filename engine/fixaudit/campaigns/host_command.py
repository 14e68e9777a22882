"""The host's own command, which opens a request for review, tells its state, or makes it ready.

It is a list of arguments with placeholders, and no shell reads it. Text of others goes by file, or
inside of one argument, behind `--option=`, where no program takes it for an option.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from fixaudit.campaigns.errors import CampaignError
from fixaudit.campaigns.placeholders import NAMES, PLACEHOLDER
from fixaudit.campaigns.settings import Command, PublishSettings
from fixaudit.checks.timed_command import CommandError, TimedCommand
from fixaudit.text.clipped import clipped
from fixaudit.text.visible import encodable, visible

_URL = re.compile(r"https?://[^\s<>\"'`]+")
_SAID = 300

State = Literal["open", "closed", "merged", "none", "unknown"]
Checks = Literal["green", "red", "pending"]
_STATES: Mapping[str, State] = {s: s for s in ("open", "closed", "merged", "none")}
_CHECKS: Mapping[str, Checks] = {c: c for c in ("green", "red", "pending")}


class HostError(CampaignError):
    """The host's command failed; `in_doubt` where it may have done its work all the same."""

    def __init__(self, message: str, *, in_doubt: bool = False) -> None:
        super().__init__(message)
        self.in_doubt = in_doubt


@dataclass(frozen=True, slots=True)
class HostValues:
    """What the placeholders stand for. Owners as the owner file writes them."""

    branch: str
    base: str
    batch: str
    campaign: str
    remote: str
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()

    @property
    def reviewers(self) -> tuple[str, ...]:
        """The owners that a host knows by name, without the `@`; mail addresses and roles are none."""
        names = (owner[1:] for owner in self.owners if owner.startswith("@"))
        return tuple(dict.fromkeys(name for name in names if name and "@" not in name))


@dataclass(frozen=True, slots=True)
class HostStatus:
    """What the host says of a branch's request. `unknown` with a reason of one line; `none`: none yet."""

    state: State
    checks: Checks | None = None
    url: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """The commands of a campaign, run in `folder`. `mask` takes what is secret out of what they say."""

    publish: PublishSettings
    folder: Path
    mask: Callable[[str], str] = str

    def check(self) -> None:
        """Raise CampaignError for a command that cannot be run, before anything is done."""
        commands = {
            "command": self.publish.command,
            "status-command": self.publish.status_command,
            "ready-command": self.publish.ready_command,
        }
        for key, command in commands.items():
            if command and program(command[0], self.folder) is None:
                raise CampaignError(
                    f"publish.{key}: there is no program `{visible(command[0])}`; install it, or"
                    " write another one"
                )

    def open(self, values: HostValues) -> str | None:
        """Open a request; its URL: the last line printed that is one, or None. Raises HostError."""
        return last_url(self._run(self.publish.command, values))

    def ready(self, values: HostValues) -> None:
        """Make a draft ready for review. Raises HostError."""
        self._run(self.publish.ready_command, values)

    def status(self, values: HostValues) -> HostStatus:
        """The state of a branch's request, `unknown` where the command fails or prints anything else."""
        try:
            found = read_status(self._run(self.publish.status_command, values))
        except HostError as error:
            return HostStatus("unknown", reason=str(error))
        return found if found.reason is None else replace(found, reason=self.mask(found.reason))

    def _run(self, command: Command, values: HostValues) -> str:
        found = program(command[0], self.folder)
        if found is None:
            raise HostError(f"there is no program `{visible(command[0])}`")
        with _files(values) as files:
            arguments = tuple(_filled(command[1:], values, files))
            asked = TimedCommand((found, *arguments), self.folder, self.publish.timeout, apart=True)
            try:
                done = asked.run()
            except CommandError as error:
                raise HostError(self.mask(str(error))) from error
        shown = visible(os.path.basename(command[0]))
        if done.returncode is None:
            seconds = f"{self.publish.timeout:g} seconds"
            raise HostError(f"{shown} took longer than {seconds}", in_doubt=True)
        if done.returncode:
            said = self.mask(done.errors.strip() or done.output.strip())
            lines = " / ".join(said.splitlines()[-5:])
            tail = visible(clipped(lines[-_SAID * 2 :], _SAID))
            raise HostError(f"{shown} ended with {done.returncode}: {tail or 'nothing was said'}")
        return done.output


def program(name: str, folder: Path) -> str | None:
    """The file of a program: on the PATH, or below `folder` where the name has a slash."""
    if os.path.dirname(name):
        path = os.path.join(folder, name)
        return path if os.path.isfile(path) and os.access(path, os.X_OK) else None
    found = shutil.which(name)
    return found if found is not None and os.path.isabs(found) else None


def last_url(printed: str) -> str | None:
    """The last line that is a URL and nothing else."""
    lines = (line.strip() for line in reversed(printed.splitlines()))
    return next((line for line in lines if _URL.fullmatch(line) and line.isprintable()), None)


def read_status(printed: str) -> HostStatus:
    """The status that JSON says: `{"state": …, "checks": …, "url": …}`, the last two if known."""
    try:
        found = json.loads(printed)
    except (ValueError, RecursionError):
        return _no_status(printed)
    if not isinstance(found, dict) or not isinstance(found.get("state"), str):
        return _no_status(printed)
    state = _STATES.get(found["state"].lower())
    checks, url = found.get("checks"), found.get("url")
    if state is None or not isinstance(checks, str | None) or not isinstance(url, str | None):
        return _no_status(printed)
    if checks and checks.lower() not in _CHECKS:
        return _no_status(printed)
    known = last_url(url or "")
    return HostStatus(state, _CHECKS[checks.lower()] if checks else None, known)


def _no_status(printed: str) -> HostStatus:
    said = visible(clipped(printed, 80)) or "nothing"
    wanted = (
        '{"state": "open", "closed", "merged" or "none", "checks": "green", "red" or "pending"}'
    )
    return HostStatus("unknown", reason=f"status-command printed {said}, and not {wanted}")


@contextmanager
def _files(values: HostValues) -> Iterator[Mapping[str, str]]:
    """Files of the texts by their placeholders, in a folder that only this user reads."""
    contents = {
        "title-file": f"{_one(values.title)}\n",
        "body-file": values.body,
        "labels-file": "".join(f"{_one(label)}\n" for label in values.labels),
        "owners-file": "".join(f"{_one(owner)}\n" for owner in values.owners),
    }
    with tempfile.TemporaryDirectory(prefix="fixaudit-") as folder:
        paths = {name: os.path.join(folder, f"{name}.md") for name in contents}
        for name, text in contents.items():
            Path(paths[name]).write_text(encodable(text), encoding="utf-8", newline="\n")
        yield paths


def _filled(arguments: Command, values: HostValues, files: Mapping[str, str]) -> Iterator[str]:
    """The arguments; one with a list is there once for each of its values, none of which is split."""
    single = {name: getattr(values, name) for name in NAMES} | dict(files)
    single |= {"title": _one(values.title), "body": encodable(values.body).replace("\0", "")}
    lists = {"labels": values.labels, "owners": values.reviewers}
    for argument in arguments:
        named = next((n for n in PLACEHOLDER.findall(argument) if n in lists), None)
        for value in (None,) if named is None else lists[named]:
            own = single if named is None else {**single, named: _one(value or "")}
            yield _replaced(argument, own)


def _replaced(argument: str, values: Mapping[str, str]) -> str:
    # In one pass: a title that holds `{branch}` stays as it is.
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), argument)


def _one(text: str) -> str:
    return visible(" ".join(text.split()))
