"""The probe: does the Python of a command import the code of the work tree, and no other?

Where the tree of the user is installed editable, the tests of a work tree import that one: each batch
would be green without its edits being run. So nothing is verified before the command's own Python has
told from where it imports. pytest tells it itself, once it has collected the tests: its `conftest.py`,
ini files and import modes change what is imported. It tells of all that the tests import; other commands
only of the modules that they are asked for. What cannot be seen: a test that starts Python without the
environment it is given.
"""

from __future__ import annotations

import json
import os
import shlex
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fixaudit.campaigns import probe_child
from fixaudit.campaigns.errors import ProbeError as ProbeError
from fixaudit.campaigns.launch import Launch, PytestLaunch, launch_of
from fixaudit.campaigns.settings import Command, VerifySettings
from fixaudit.checks.timed_command import CommandError, CommandResult, TimedCommand
from fixaudit.files.repositories import common_folder, git_folder, repository_of

_PATH = "PYTHONPATH"
_LONGEST = 200
# pytest's own error, or one of its options, ini files, `conftest.py`: the command is red without edits too.
_CANNOT_START = (3, 4)
_ROUNDS = 8
_REMEDY = (
    "give the work tree an environment of its own ([worktree] setup), or name its Python"
    " ([verify] python)"
)


@dataclass(frozen=True, slots=True)
class _Report:
    """What the Python of the command told; paths are absolute."""

    executable: str
    modules: Mapping[str, str | None]
    loaded: Sequence[tuple[str, str]] = ()
    items: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Problem:
    """What speaks against an environment; `root` is a folder of the work tree that may mend it."""

    message: str
    root: str | None = None


def probe(
    worktree: Path,
    modules: Mapping[str, str],
    roots: Sequence[str],
    command: Command,
    settings: VerifySettings,
    environment: Mapping[str, str],
    folder: Path,
) -> Mapping[str, str]:
    """The environment in which a command, run in `folder`, imports the modules from the work tree.

    Args:
        modules: dotted names, each with its path relative to the work tree.
        roots: folders relative to the work tree that names start at; "" is its top. They are put
            first in `PYTHONPATH` where that is needed, and where the work tree has no environment of
            its own. Further ones follow, of modules that would come from the user's tree otherwise.
        environment: what `prepared` gave: added to this process's, an empty value takes away.

    Returns:
        `environment`, with `PYTHONPATH` where that is set.

    Raises:
        ProbeError: there is none, or it cannot be told; which module, from where, and what to do.
    """
    asker = _Asker(Path(os.path.realpath(worktree)), modules, command, settings, folder)
    as_is = dict(environment)
    problems = []
    for with_roots in (False, True) if environment.get("VIRTUAL_ENV") else (True, False):
        added, problem = asker.tried(as_is, list(roots) if with_roots else None)
        if problem is None:
            return added
        problems.append(problem)
    raise ProbeError(problems[0].message)


@dataclass(slots=True)
class _Asker:
    worktree: Path
    modules: Mapping[str, str]
    command: Command
    settings: VerifySettings
    folder: Path
    _common: dict[str, str | None] = field(default_factory=dict)

    def tried(
        self, environment: Mapping[str, str], roots: list[str] | None
    ) -> tuple[Mapping[str, str], _Problem | None]:
        """The environment that was tried last, and what speaks against it; None for nothing."""
        for _ in range(_ROUNDS):
            added = environment if roots is None else self._with_roots(environment, roots)
            problem = next(self._problems(self._asked(added)), None)
            if problem is None or roots is None or problem.root is None or problem.root in roots:
                break
            roots.append(problem.root)
        return added, problem

    def _with_roots(self, environment: Mapping[str, str], roots: Sequence[str]) -> dict[str, str]:
        if not roots:
            return dict(environment)
        whole = {**os.environ, **environment}
        paths = [os.path.normpath(self.worktree / root) for root in roots]
        before = [whole[_PATH]] if whole.get(_PATH) else []
        return {**environment, _PATH: os.pathsep.join((*paths, *before))}

    def _asked(self, added: Mapping[str, str]) -> _Report | _Problem | None:
        """What was told; None where no test is ever run, so that there is nothing to ask."""
        whole = {**os.environ, **added}
        launch = launch_of(self.command, self.folder, whole, self.settings.python)
        with tempfile.TemporaryDirectory(prefix="fixaudit-probe-") as place:
            path = os.path.join(place, "report.json")
            asked: dict[str, object] = {"modules": list(self.modules), "report": path}
            code = Path(probe_child.__file__).read_text("utf-8")
            if isinstance(launch, PytestLaunch):
                Path(place, f"{probe_child.PLUGIN}.py").write_text(code, "utf-8")
                last = [whole[_PATH]] if whole.get(_PATH) else []
                added = {**added, _PATH: os.pathsep.join((*last, place))}
            else:
                asked["first"] = launch.first
            variable = {probe_child.VARIABLE: json.dumps(asked)}
            result = self._run(_command(launch, code), {**added, **variable})
            try:
                told = json.loads(Path(path).read_bytes())
            except (OSError, ValueError):
                return self._silent(result)
        if isinstance(launch, PytestLaunch) and result.returncode in _CANNOT_START:
            return None
        loaded = [(name, file) for name, file in told["loaded"]]
        return _Report(told["executable"], told["modules"], loaded, told["items"])

    def _run(self, command: Command, environment: Mapping[str, str]) -> CommandResult:
        try:
            return TimedCommand(command, self.folder, self.settings.timeout, environment).run()
        except CommandError:
            raise ProbeError(
                f"cannot run `{shlex.join(self.command)}` in {self.folder}: there is no"
                f" {command[0]}; make it in [worktree] setup, or change [verify] commands"
            ) from None

    def _silent(self, result: CommandResult) -> _Problem:
        if f'"{probe_child.PLUGIN}"' in result.output:
            return _Problem(
                f"`{shlex.join(self.command)}` keeps {_PATH} out, so its Python cannot be asked from"
                " where it imports: take away -I and -E"
            )
        ended = "took too long" if result.timed_out else f"ended with {result.returncode}"
        last = " ".join(result.tail(1).split())[:_LONGEST]
        return _Problem(
            f"`{shlex.join(self.command)}` did not tell from where it imports; it {ended}"
            f"{last and f': {last}'}; {_REMEDY}"
        )

    def _problems(self, report: _Report | _Problem | None) -> Iterator[_Problem]:
        if report is None:
            return
        if isinstance(report, _Problem):
            yield report
            return
        where = f"for {report.executable}"
        for name, path in self.modules.items():
            file = report.modules.get(name)
            if file is None:
                yield _Problem(f"`{name}` ({path}) cannot be imported {where}; {_REMEDY}")
            elif os.path.realpath(file) != os.path.realpath(self.worktree / path):
                yield self._foreign(f"`{name}`", name, file, where)
        for item in report.items:
            if not Path(os.path.realpath(item)).is_relative_to(self.worktree):
                shown = shlex.join(self.command)
                yield _Problem(f"`{shown}` runs tests of {item}, which is not in the work tree")
        for name, file in report.loaded:
            if self._is_of_another_tree(file):
                yield self._foreign(f"`{name}`, which the tests use,", name, file, where)

    def _foreign(self, shown: str, name: str, file: str, where: str) -> _Problem:
        return _Problem(
            f"{shown} comes from {file} {where}, and not from the work tree; {_REMEDY}",
            self._root_here(name, file),
        )

    def _is_of_another_tree(self, file: str) -> bool:
        """True for a file of the same repository's, in a work tree other than this one."""
        real = os.path.realpath(file)
        if Path(real).is_relative_to(self.worktree):
            return False
        common = self._common_of(os.path.dirname(real))
        return common is not None and common == self._common_of(os.fspath(self.worktree))

    def _common_of(self, folder: str) -> str | None:
        if folder not in self._common:
            top = repository_of(folder)
            own = None if top is None else git_folder(top)
            self._common[folder] = None if own is None else common_folder(own)
        return self._common[folder]

    def _root_here(self, name: str, file: str) -> str | None:
        """The folder of the work tree from which a name leads to the same place as in another one."""
        real = os.path.realpath(file)
        top = repository_of(os.path.dirname(real))
        if top is None:
            return None
        path = os.path.relpath(real, top).replace(os.sep, "/")
        inner = path.removesuffix("/__init__.py").removesuffix(".py")
        root = inner.removesuffix(name.replace(".", "/"))
        if root == inner or not os.path.isdir(self.worktree / root):
            return None
        return root.rstrip("/")


def _command(launch: Launch, code: str) -> Command:
    if isinstance(launch, PytestLaunch):
        return (*launch.start, "-p", probe_child.PLUGIN, "--collect-only", *launch.arguments)
    return (*launch.start, "-c", code)
