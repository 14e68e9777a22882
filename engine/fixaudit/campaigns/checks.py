"""The commands of a batch: which are run where, how often, and how they ended."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fixaudit.campaigns.masking import log_tail
from fixaudit.campaigns.report import CheckPlace, CheckRow, Ended
from fixaudit.campaigns.settings import Command, VerifySettings
from fixaudit.checks.timed_command import CommandResult, TimedCommand

# Words that a shell would hand on as they are: then what they start can be told.
_PLAIN = re.compile(r"(?!\S*=)[\w./@%+,:= -]+", re.ASCII)

Configured = tuple[tuple[str, tuple[str, ...]], ...]
"""Folders with the shell commands that their packages configure (`verify`)."""


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A command, the package it is about, and the folder it is run in, relative to the top."""

    place: CheckPlace
    command: Command
    folder: str


def planned_checks(
    places: Iterable[CheckPlace], settings: VerifySettings, configured: Configured = ()
) -> tuple[list[PlannedCheck], list[CheckPlace]]:
    """The commands of the places in their order, each once a folder; and the places without one.

    Those of the campaign, else what the packages configure: a shell reads these, as `apply --verify`
    has it read them. `{package}` and `{folder}` stand for a place inside of arguments.
    """
    found: dict[tuple[Command, str], PlannedCheck] = {}
    without = []
    own = dict(configured)
    for place in places:
        commands = settings.commands or tuple(map(_of_shell, own.get(place.folder, ())))
        if not commands:
            without.append(place)
        for command in commands:
            in_root = settings.run_in == "root" and bool(settings.commands)
            folder = "" if in_root else place.folder
            filled = _filled(command, place) if settings.commands else command
            found.setdefault((filled, folder), PlannedCheck(place, filled, folder))
    return list(found.values()), without


def _of_shell(text: str) -> Command:
    return tuple(text.split()) if _PLAIN.fullmatch(text.strip()) else ("sh", "-c", text)


def _filled(command: Command, place: CheckPlace) -> Command:
    values = {"{package}": place.name, "{folder}": place.folder or "."}
    filled = []
    for word in command:
        for name, value in values.items():
            word = word.replace(name, value)
        filled.append(word)
    return tuple(filled)


def shown_place(place: CheckPlace) -> str:
    """A package as a reason names it."""
    return place.folder or "the root"


def shown_command(command: Command) -> str:
    """A command as one would type it."""
    return command[2] if command[:2] == ("sh", "-c") and len(command) == 3 else shlex.join(command)


@dataclass(slots=True)
class Check:
    """One command in one package, with what its runs have shown.

    Attributes:
        worktree: the top, with symlinks resolved; it is left out of what logs say.
        environment: added to that of this process.
        output: of the last red run, as it came.
    """

    planned: PlannedCheck
    settings: VerifySettings
    worktree: Path
    environment: Mapping[str, str]
    before: Ended = "not-run"
    after: Ended = "not-run"
    flaky: bool = False
    runs: int = 0
    output: str = ""
    _seconds: dict[str, float] = field(default_factory=dict)

    def judge_before(self, set_up: Callable[[], None]) -> Ended:
        """Run it without the edits; `set_up` makes the files so, before each run. Raises CommandError."""
        self.before = self._repeated(set_up, "before", self.settings.flaky_retries)
        return self.before

    def judge_after(self, set_up: Callable[[], None]) -> Ended:
        """Run it with edits. A red one is run again with nothing changed, as often as is set."""
        self.after = self._repeated(set_up, "after", self.settings.flaky_retries)
        return self.after

    def is_red(self, set_up: Callable[[], None]) -> bool:
        """Run it with some of the edits; again only where it is known to be flaky."""
        retries = self.settings.flaky_retries if self.flaky else 0
        return self._repeated(set_up, "trial", retries) != "green"

    def _repeated(self, set_up: Callable[[], None], when: str, retries: int) -> Ended:
        ended = self._run(set_up, when)
        for _ in range(retries):
            if ended == "green":
                break
            ended = self._run(set_up, when)
            self.flaky = self.flaky or ended == "green"
        return ended

    def _run(self, set_up: Callable[[], None], when: str) -> Ended:
        set_up()
        folder = self.worktree / self.planned.folder
        command = self.planned.command
        result = TimedCommand(command, folder, self.settings.timeout, self.environment).run()
        self.runs += 1
        self._seconds[when] = round(result.seconds, 2)
        if result.red:
            self.output = result.output
        return _ended(result)

    @property
    def tail(self) -> str:
        """The last lines of the last red run, masked, paths as in the tree."""
        top = os.fspath(self.worktree)
        text = self.output.replace(f"{top}{os.sep}", "").replace(top, ".")
        known = {**os.environ, **self.environment}
        return log_tail(text, self.settings.log_lines, known, self.settings.mask)

    @property
    def shown(self) -> str:
        """Command and place, for a reason."""
        return f"`{shown_command(self.planned.command)}` in {shown_place(self.planned.place)}"

    @property
    def row(self) -> CheckRow:
        return CheckRow(
            self.planned.place,
            self.planned.command,
            self.before,
            self.after,
            self._seconds.get("before", 0.0),
            self._seconds.get("after", 0.0),
            self.runs,
            self.flaky,
            self.tail,
        )


def _ended(result: CommandResult) -> Ended:
    if result.timed_out:
        return "timeout"
    return "red" if result.red else "green"
