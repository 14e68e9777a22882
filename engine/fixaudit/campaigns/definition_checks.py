"""What the types of a campaign's settings do not say: ranges, patterns, names, commands."""

from __future__ import annotations

import math
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from zoneinfo import available_timezones

from fixaudit.campaigns.branch_names import check_branches
from fixaudit.campaigns.placeholders import (
    BASE_WORDS,
    HOST_WORDS,
    PACKAGE_WORDS,
    placeholder_problem,
)
from fixaudit.campaigns.schedule import rate_of, windows_of, zone_of
from fixaudit.campaigns.settings import CampaignSettings, Command
from fixaudit.config.toml import Where
from fixaudit.text.suggest import did_you_mean

NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_LARGEST = 1_000_000_000

_AT_LEAST = {
    "batch": {"max_files": 1, "max_lines": 1},
    "verify": {
        "max_dependents": 0,
        "max_parallel": 1,
        "flaky_retries": 0,
        "log_lines": 0,
    },
    "publish": {"max_open": 1, "max_open_per_owner": 1},
    "goal": {"findings": 0},
}


def check(settings: CampaignSettings, where: Where) -> None:
    """Raise ConfigError, one line with file and line, for what makes no sense."""
    _check_name(settings, where)
    _check_lists(settings, where)
    _check_numbers(settings, where)
    _check_paths(settings, where)
    _check_scope(settings, where / "verify")
    for table, key, commands, words in _commands(settings):
        for command in commands:
            _check_command(command, where / table, key, words)
    _check_patterns(settings, where / "verify")
    _check_times(settings, where)
    check_branches(settings, where / "publish")


def _check_name(settings: CampaignSettings, where: Where) -> None:
    name = settings.name
    if NAME.fullmatch(name) is None or ".." in name or name.endswith(".lock") or len(name) > 60:
        raise where.error(
            f'"name" must be of small letters, digits and hyphens, as branches bear it, not "{name}"',
            "name",
        )
    if name != settings.path.stem:
        raise where.error(
            f'"name" is "{name}", and the file is {settings.path.name}; make them agree', "name"
        )


def _check_lists(settings: CampaignSettings, where: Where) -> None:
    lists: tuple[tuple[Where, str, tuple[str, ...]], ...] = (
        (where, "select", settings.select),
        (where / "batch", "by", settings.batch.by),
        (where / "batch", "verdicts", settings.batch.verdicts),
    )
    for place, key, values in lists:
        if not values:
            raise place.error(f'"{key}" must name something, not be an empty list', key)
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise place.error(f'"{key}" names "{twice}" twice', key)


def _check_numbers(settings: CampaignSettings, where: Where) -> None:
    for table, least in _AT_LEAST.items():
        for name, bound in least.items():
            value = getattr(getattr(settings, table), name, None)
            key = name.replace("_", "-")
            if value is not None and not bound <= value <= _LARGEST:
                raise (where / table).error(f'"{key}" must be {bound} or more, not {value}', key)
    timeouts = {
        "worktree": settings.worktree.timeout,
        "verify": settings.verify.timeout,
        "publish": settings.publish.timeout,
    }
    for table, seconds in timeouts.items():
        if not (math.isfinite(seconds) and 0 < seconds <= _LARGEST):
            message = f'"timeout" must be seconds, more than 0, not {seconds:g}'
            raise (where / table).error(message, "timeout")


def _check_paths(settings: CampaignSettings, where: Where) -> None:
    """Every path lies in the repository: what is copied, kept and judged is its own."""
    worktree = settings.worktree
    places = (
        *((where, "paths", path) for path in settings.paths),
        *((where / "worktree", "copy", path) for path in worktree.copy),
        *((where / "worktree", "keep", path) for path in worktree.keep),
        *((where / "worktree", "lock-files", path) for path in worktree.lock_files),
    )
    for place, key, path in places:
        parts = posixpath.normpath(path.replace(os.sep, "/")).split("/")
        if not path or "\0" in path or posixpath.isabs(path) or parts[0] in ("..", ".git"):
            raise place.error(
                f'"{key}" holds "{path}", which is no path in the repository; write it from the top',
                key,
            )
        if key in ("copy", "keep") and parts == ["."]:
            raise place.error(f'"{key}" holds the whole tree; name what is meant', key)
    if settings.repos.list and settings.repos.folder:
        raise (where / "repos").error('"list" and "folder" exclude each other; give one', "folder")


def _check_scope(settings: CampaignSettings, where: Where) -> None:
    verify = settings.verify
    if verify.scope == "affected" and not verify.affected:
        raise where.error(
            '"scope" is "affected", and no command says what is; give "affected"', "scope"
        )
    if verify.affected and verify.scope != "affected":
        raise where.error(
            f'"affected" is never run, as "scope" is "{verify.scope}"; write scope = "affected"',
            "affected",
        )


def _commands(
    settings: CampaignSettings,
) -> Iterator[tuple[str, str, Iterable[Command], frozenset[str]]]:
    verify, publish = settings.verify, settings.publish
    yield "worktree", "setup", settings.worktree.setup, frozenset()
    yield "verify", "commands", verify.commands, PACKAGE_WORDS
    yield "verify", "affected", _given(verify.affected), BASE_WORDS
    yield "verify", "python", _given(verify.python), frozenset()
    yield "publish", "command", _given(publish.command), HOST_WORDS
    yield "publish", "status-command", _given(publish.status_command), HOST_WORDS
    yield "publish", "ready-command", _given(publish.ready_command), HOST_WORDS


def _given(command: Command) -> tuple[Command, ...]:
    """The command, where there is one: `affected = []` is the same as none."""
    return (command,) if command else ()


def _check_command(command: Command, where: Where, key: str, words: frozenset[str]) -> None:
    if not command or not command[0].strip():
        raise where.error(f'"{key}" holds a command without a program', key)
    if any("\0" in argument for argument in command):
        raise where.error(f'"{key}" has a null byte, which no argument has', key)
    if len(command) == 1 and any(character.isspace() for character in command[0]):
        quoted = ", ".join(f'"{word}"' for word in command[0].split())
        raise where.error(
            f'"{key}" holds "{command[0]}" as one word, and no shell reads it; write [{quoted}]',
            key,
        )
    wrong = placeholder_problem(command, words)
    if wrong is not None:
        raise where.error(f'"{key}" has {wrong}', key)


def _check_patterns(settings: CampaignSettings, where: Where) -> None:
    for pattern in settings.verify.mask:
        try:
            matches_all = re.compile(pattern).search("") is not None
        except (re.error, RecursionError, OverflowError) as error:
            message = f'"mask" holds "{pattern}", which is no regular expression: {error}'
            raise where.error(message, "mask") from error
        if matches_all:
            raise where.error(f'"mask" holds "{pattern}", which matches an empty text', "mask")


def _check_times(settings: CampaignSettings, where: Where) -> None:
    publish, goal = settings.publish, settings.goal
    place = where / "publish"
    if publish.rate is not None and not _means(rate_of, publish.rate):
        message = f'"rate" must look like "10/hour" (minute, hour, day), not "{publish.rate}"'
        raise place.error(message, "rate")
    if publish.window is not None and not _means(windows_of, publish.window):
        message = f'"window" must look like "mon-thu 09:00-16:00", not "{publish.window}"'
        raise place.error(message, "window")
    if not _means(zone_of, publish.timezone):
        message = f'unknown time zone "{publish.timezone}"{_near_zone(publish.timezone)}'
        raise place.error(message, "timezone")
    if goal is not None and goal.deadline is not None:
        try:
            date.fromisoformat(goal.deadline)
        except ValueError as error:
            message = f'"deadline" must be a day such as 2027-01-31, not "{goal.deadline}"'
            raise (where / "goal").error(message, "deadline") from error


def _means(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _near_zone(name: str) -> str:
    return did_you_mean(name, available_timezones()) or "; it is an IANA name: Europe/Berlin"
