"""Which settings leave the filters of a repository without a program: asked of git once, not for each command.

The answer is kept for as long as the files that git read it from are as they were.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import subprocess

_PATTERN = r"filter\..*\.(clean|smudge|process|required)"
_FILTER = re.compile(_PATTERN.encode(), re.DOTALL)
# The names of all settings, each behind its scope and the file it stands in.
_ALL = ("--name-only", "--show-scope", "--show-origin", "--list")
_USERS = frozenset({b"system", b"global", b"command"})
# A file written so shortly before it was read may be written again without another time.
_SETTLED_NS = 2_000_000_000
_MOST = 64

Stamps = dict[str, tuple[int, int, int]]


class Ask(Protocol):
    """`git config --null` with some arguments, in a folder."""

    def __call__(
        self, folder: str, *asked: str, environment: Mapping[str, str] | None
    ) -> subprocess.CompletedProcess[bytes]: ...


@dataclass(frozen=True, slots=True)
class _Known:
    settings: list[str]
    files: Stamps


class FilterSettings:
    """Options for git, by the folder it is started in and what the environment configures.

    Args:
        empty: the name of a variable of git's environment that holds nothing.
    """

    def __init__(self, ask: Ask, empty: str) -> None:
        self._ask = ask
        self._empty = empty
        self._known: dict[object, _Known] = {}

    def emptied(self, folder: str, environment: Mapping[str, str] | None) -> Sequence[str]:
        """The options that leave every configured filter without a program."""
        key = folder, _configuring(environment)
        known = self._known.get(key)
        if known is not None and known.files == _stamps(known.files):
            return known.settings
        started = time.time_ns()
        names, files = self._names(folder, environment)
        settings = [word for name in sorted(names) for word in self._without_program(name)]
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known.pop(key, None)
        if files is not None and all(at < started - _SETTLED_NS for at, _, _ in files.values()):
            self._known[key] = _Known(settings, files)
        return settings

    def _names(
        self, folder: str, environment: Mapping[str, str] | None
    ) -> tuple[set[str], Stamps | None]:
        """The settings that name a program, and the files they come from; None where not all are known."""
        done = self._ask(folder, *_ALL, environment=environment)
        rows = done.stdout.split(b"\0")[:-1]
        if done.returncode or len(rows) % 3:  # an older git does not tell the scope
            asked = ("--name-only", "--get-regexp", f"^{_PATTERN}$")
            found = self._ask(folder, *asked, environment=environment).stdout
            return {os.fsdecode(name) for name in found.split(b"\0") if name}, None
        names = {os.fsdecode(name) for name in rows[2::3] if _FILTER.fullmatch(name)}
        return names, _files(folder, rows)

    def _without_program(self, name: str) -> tuple[str, str]:
        # `-c` ends a name at its first `=`. An empty `required` is a false one.
        return ("--config-env", f"{name}={self._empty}") if "=" in name else ("-c", f"{name}=")


def _files(folder: str, rows: Sequence[bytes]) -> Stamps | None:
    """The files that hold the settings; None where another one may come to count unseen.

    What the user's own files include is the user's; what a repository's includes may appear, or
    begin to count with another branch, as may the configuration of one work tree.
    """
    paths: list[str] = []
    for scope, origin, name in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
        if scope not in _USERS and name.startswith((b"include.", b"includeif.", b"extensions.worktreeconfig")):  # fmt: skip
            return None
        if origin.startswith(b"file:"):
            paths.append(os.path.join(folder, os.fsdecode(origin[len(b"file:") :])))
    known = dict.fromkeys(paths)
    stamps = _stamps(known)
    return stamps if stamps.keys() == known.keys() else None


def _stamps(paths: Iterable[str]) -> Stamps:
    found: Stamps = {}
    for path in paths:
        try:
            is_now = os.stat(path)
        except OSError:
            continue
        found[path] = is_now.st_mtime_ns, is_now.st_size, is_now.st_ino
    return found


def _configuring(environment: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """The part of the environment that configures git or says where it is configured."""
    whole = {**os.environ, **(environment or {})}
    places = ("HOME", "XDG_CONFIG_HOME")
    return tuple(sorted(
        (name, value) for name, value in whole.items() if name.startswith("GIT_CONFIG") or name in places
    ))  # fmt: skip
