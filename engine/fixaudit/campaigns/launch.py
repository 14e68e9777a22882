"""How a command starts Python: as pytest, by the name of an interpreter, by a script, by a runner."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from fixaudit.campaigns.errors import ProbeError
from fixaudit.campaigns.settings import Command

_PYTEST = re.compile(r"pytest(-3)?|py\.test")
_PYTHON = re.compile(r"(python|pypy)[0-9.]*(\.exe)?")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
# Options of theirs before the command that take a value of their own.
_RUNNERS = {
    "uv": frozenset(
        {"--allow-insecure-host", "--cache-dir", "--color", "--config-file", "--config-setting"}
        | {"--default-index", "--directory", "--env-file", "--extra", "--extra-index-url"}
        | {"--find-links", "--group", "--index", "--index-strategy", "--index-url", "--link-mode"}
        | {"--no-build-package", "--no-extra", "--no-group", "--only-group", "--package"}
        | {"--prerelease", "--project", "--python", "--refresh-package", "--reinstall-package"}
        | {"--resolution", "--upgrade-package", "--with", "--with-editable", "--with-requirements"}
        | {"-C", "-P", "-f", "-i", "-p", "-w"}
    ),
    "poetry": frozenset({"-C", "--directory", "-P", "--project"}),
    "pdm": frozenset({"-p", "--project", "-s", "--site-packages", "--venv"}),
    "hatch": frozenset({"-e", "--env", "-p", "--project"}),
    "pipenv": frozenset(),
    "rye": frozenset(),
    "pixi": frozenset({"-e", "--environment", "--manifest-path"}),
}
# Scripts of Python that run tests in environments of their own.
_OTHER_PYTHONS = frozenset({"tox", "nox", "invoke", "inv", "fab", "doit", "hatch", "pre-commit"})
_VALUED_FLAGS = ("-W", "-X", "--check-hash-based-pycs")


@dataclass(frozen=True, slots=True)
class PytestLaunch:
    """A command up to the word that starts pytest, and what follows."""

    start: Command
    arguments: Command


@dataclass(frozen=True, slots=True)
class PythonLaunch:
    """What starts Python, with its flags; `first` is what the command puts first in `sys.path`.

    That is a folder, "" for the current one; None for nothing that the project is in.
    """

    start: Command
    first: str | None


Launch = PytestLaunch | PythonLaunch


def launch_of(
    command: Command, folder: Path, environment: Mapping[str, str], python: Command = ()
) -> Launch:
    """How a command starts Python in `folder`; `environment` is the whole one of the command.

    Args:
        python: `[verify] python`, which counts where the command itself does not start pytest.

    Raises:
        ProbeError: it cannot be told, and `python` is not given.
    """
    found = _launch(command, folder, environment)
    if isinstance(found, PytestLaunch):
        return found
    if python:
        return PythonLaunch(python, None)
    if found is None:
        raise ProbeError(
            f"which Python `{shlex.join(command)}` uses cannot be told; name what starts it:"
            ' [verify] python = ["…"]'
        )
    return found


def _launch(command: Command, folder: Path, environment: Mapping[str, str]) -> Launch | None:
    at = _behind_env(command)
    at, is_module, runner = _behind_runner(command, at)
    if at >= len(command):
        return None
    start, word, rest = command[:at], command[at], command[at + 1 :]
    name = os.path.basename(word)
    if is_module:
        return _of_module((*runner, "python"), word, rest, (*start, word))
    if _PYTEST.fullmatch(name):
        return PytestLaunch((*start, word), rest)
    if _PYTHON.fullmatch(name):
        return _of_python((*start, word), rest)
    covered = _of_coverage((*start, word), rest) if name == "coverage" else None
    if covered is not None or name in _OTHER_PYTHONS:
        return covered
    if runner:
        own = os.path.dirname(word) if word.endswith(".py") else None
        return PythonLaunch((*runner, "python"), own)
    return _of_script(start, word, folder, environment)


def _behind_env(command: Command) -> int:
    if os.path.basename(command[0]) != "env":
        return 0
    at = 1
    while at < len(command) and _ASSIGNMENT.fullmatch(command[at]):
        at += 1
    return at


def _behind_runner(command: Command, at: int) -> tuple[int, bool, Command]:
    """Where the command of a runner begins, whether it is a module, and the runner itself."""
    valued = _RUNNERS.get(os.path.basename(command[at])) if at < len(command) else None
    if valued is None or "run" not in command[at:]:
        return at, False, ()
    at = command.index("run", at) + 1
    while at < len(command) and command[at].startswith("-"):
        word = command[at]
        if word in ("-m", "--module"):
            return at + 1, True, command[:at]
        at += 2 if word in valued else 1
        if word == "--":
            break
    return at, False, command[:at]


def _of_python(start: Command, rest: Sequence[str]) -> Launch | None:
    at = 0
    while at < len(rest) and rest[at].startswith("-") and rest[at] not in ("-m", "-c", "-"):
        at += 2 if rest[at] in _VALUED_FLAGS else 1
    flags, words = tuple(rest[:at]), tuple(rest[at:])
    if words[:1] == ("-m",) and len(words) > 1:
        return _of_module((*start, *flags), words[1], words[2:], (*start, *flags, *words[:2]))
    if words[:1] in ((), ("-c",), ("-",)):
        return PythonLaunch((*start, *flags), "")
    return PythonLaunch((*start, *flags), os.path.dirname(words[0]))


def _of_module(python: Command, name: str, rest: Sequence[str], start: Command) -> Launch | None:
    if _PYTEST.fullmatch(name):
        return PytestLaunch(start, tuple(rest))
    if name == "coverage":
        return _of_coverage(start, rest) or PythonLaunch(python, "")
    return None if name in _OTHER_PYTHONS else PythonLaunch(python, "")


def _of_coverage(start: Command, rest: Sequence[str]) -> Launch | None:
    for at, (word, name) in enumerate(pairwise(rest)):
        if word in ("-m", "--module") and _PYTEST.fullmatch(name):
            return PytestLaunch((*start, *rest[: at + 2]), tuple(rest[at + 2 :]))
    return None


def _of_script(
    start: Command, word: str, folder: Path, environment: Mapping[str, str]
) -> Launch | None:
    named = os.path.join(folder, word) if os.path.dirname(word) else word
    found = shutil.which(named, path=environment.get("PATH"))
    interpreter = None if found is None else interpreter_of(Path(found))
    return None if interpreter is None else PythonLaunch((*start, *interpreter), None)


def interpreter_of(script: Path) -> Command | None:
    """What the first lines of a script start Python with; None where they do not.

    Long paths are written for a shell (`'''exec' /a/long/path "$0" "$@"`), as installers do.
    """
    try:
        with script.open("rb") as file:
            lines = os.fsdecode(file.read(4096)).splitlines()[:3]
    except OSError:
        return None
    if not lines or not lines[0].startswith("#!"):
        return None
    try:
        words = shlex.split(lines[0][2:])
        if os.path.basename(words[0]) == "sh" and len(lines) > 1:
            words = [
                each for each in shlex.split(lines[1].removeprefix("'''exec'")) if "$" not in each
            ]
    except (ValueError, IndexError):
        return None
    if words and os.path.basename(words[0]) == "env":
        words = words[2:] if words[1:2] == ["-S"] else words[1:]
    return tuple(words) if words and _PYTHON.fullmatch(os.path.basename(words[0])) else None
