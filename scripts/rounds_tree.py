"""A foreign tree in a git repository, the real command line over it, and what must hold of both.

Serves `kill_rounds.py` and its parts, `editor_rounds.py` and `disk_rounds.py`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PACKAGES = (
    "starlette",
    "httpx",
    "typer",
    "importlinter",
    "pip._vendor.urllib3",
    "pip._vendor.requests",
    "pip._vendor.distlib",
    "pip._vendor.cachecontrol",
    "pip._vendor.tenacity",
)
"""Installed with the extra `dev`; together some 230 files, of which 50 are changed, or 90 by `all`."""
STAGED = "NOTES.txt"
"""A file that its user has staged a change of: it must stay staged, and in no commit."""
STAGING = ".fixaudit-"
POLL = 0.0003

Files = Mapping[str, tuple[int, bytes]]
"""Mode and bytes by path below the tree, git's folder left out."""


class FaultError(Exception):
    """Something that is promised does not hold."""


def expect(holds: bool, what: str) -> None:
    """Raise FaultError where it does not hold."""
    if not holds:
        raise FaultError(what)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and all it said."""

    code: int
    said: str

    def expect(self, *codes: int) -> Ended:
        """Raise FaultError for another exit code, or a traceback."""
        expect(self.code in codes, f"exit {self.code}, not {codes}: {self.said[-1500:]}")
        expect("Traceback" not in self.said, f"a traceback: {self.said[-1500:]}")
        return self


@dataclass(slots=True)
class Bench:
    """Folders of their own for the tree, the state, the cache and temporary files."""

    folder: Path
    tree: Path
    state: Path
    cache: Path
    temporary: Path
    base: str = ""
    locks_told: int = 0
    """Locks of git's that were named to be removed by hand, and have been."""

    def with_place(self, place: str, folder: Path) -> Bench:
        """The same with another folder for `tree`, `state`, `cache` or `temporary`."""
        other = copy(self)
        setattr(other, place, folder)
        return other

    @classmethod
    def below(cls, folder: Path) -> Bench:
        """All of them in one folder."""
        tree, state, cache = folder / "tree", folder / "state", folder / "cache"
        return cls(folder, tree, state, cache, temporary=folder / "temporary")

    def make(self, packages: Sequence[str]) -> None:
        """Copy the packages into the tree and commit them."""
        for path in (self.tree, self.state, self.temporary):
            path.mkdir(parents=True)
        self.state.chmod(0o700)
        for name in packages:
            _copy_package(name, self.tree)
        (self.tree / STAGED).write_text("notes\n")
        self.git("init", "-q", "-b", "main")
        for key, value in (("user.name", "Someone"), ("user.email", "s@example.org")):
            self.git("config", key, value)
        self.git("config", "gc.auto", "0")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "base")
        self.base = self.git("rev-parse", "HEAD")
        self.reset()

    def reset(self) -> None:
        """Bring the tree and its repository back to where they began."""
        self.git("checkout", "-q", "main")
        self.git("reset", "-q", "--hard", self.base)
        self.git("clean", "-xfdq")
        (self.tree / STAGED).write_text("notes, and more\n")
        self.git("add", STAGED)

    def git(self, *arguments: str) -> str:
        """What git prints. Raises FaultError where it refuses."""
        run = subprocess.run(["git", *arguments], cwd=self.tree, capture_output=True, check=False)
        said = (run.stdout + run.stderr).decode(errors="replace").strip()
        expect(run.returncode == 0, f"git {arguments[0]}: {said}")
        return run.stdout.decode(errors="replace").strip()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The command line in a process group of its own; output goes to a file."""
        environment = {
            **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
            "FIXAUDIT_STATE_DIR": str(self.state),
            "FIXAUDIT_CACHE_DIR": str(self.cache),
            "TMPDIR": str(self.temporary),
        }
        with (self.folder / "output").open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "fixaudit_cli", *arguments],
                cwd=self.tree,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def ended(self, process: subprocess.Popen[bytes]) -> Ended:
        """Wait for the end of what `start` started."""
        code = process.wait()
        return Ended(code, (self.folder / "output").read_text("utf-8", "replace"))

    def run(self, *arguments: str) -> Ended:
        """The command line, to its end."""
        return self.ended(self.start(*arguments))

    def end_run(self, verb: str) -> Ended:
        """`resume` or `undo`, whose word about locks that it must not remove itself is followed."""
        ended = self.run(verb).expect(0)
        for lock in re.findall(r"`rm (\S+)`", ended.said):
            expect(Path(lock).is_relative_to(self.tree / ".git"), f"`rm {lock}`")
            Path(lock).unlink()
            self.locks_told += 1
        return ended

    def runs(self) -> list[dict[str, Any]]:
        """The recorded runs, the newest first."""
        said = self.run("runs", "--output-format", "json").expect(0).said
        rows: list[dict[str, Any]] = json.loads(said[said.index("{") :])["runs"]
        return rows

    def files(self) -> Files:
        """What the tree holds."""
        return dict(self._walk(self.tree))

    def _walk(self, folder: Path) -> Iterator[tuple[str, tuple[int, bytes]]]:
        for entry in os.scandir(folder):
            if entry.name == ".git":
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._walk(Path(entry.path))
                continue
            path = Path(entry.path)
            mode = entry.stat(follow_symlinks=False).st_mode
            yield path.relative_to(self.tree).as_posix(), (mode, path.read_bytes())


def _copy_package(name: str, tree: Path) -> None:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"the package {name} is not installed: choose others with --packages")
    target = tree / name.replace(".", "/")
    ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.exe")
    shutil.copytree(spec.submodule_search_locations[0], target, ignore=ignored)


def kill_group(process: subprocess.Popen[bytes]) -> bool:
    """Kill a process with all it started and wait until none is left; False where it had ended."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    while _alive(process.pid):
        time.sleep(POLL)
    return process.wait() == -signal.SIGKILL


def _alive(group: int) -> bool:
    """True while a process of the group lives; one that nobody has waited for does not count."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group and fields[0] not in "ZX":
                    return True
    return False


def check_whole(now: Files, *versions: Files) -> None:
    """Each file is one of the versions, byte for byte; besides them there is staging at most."""
    names = {name for name in now if not Path(name).name.startswith(STAGING)}
    expect(names == set(versions[0]), f"other files: {sorted(names ^ set(versions[0]))[:5]}")
    for name in names:
        known = any(now[name] == version[name] for version in versions)
        expect(known, f"{name} is neither the old nor the new file")


def check_equal(now: Files, wanted: Files, what: str) -> None:
    """The tree is exactly this, with nothing else in it."""
    other = [n for n in now.keys() | wanted.keys() if now.get(n) != wanted.get(n)]
    expect(not other, f"{what}, but {len(other)} files differ: {sorted(other)[:5]}")


def check_repository(bench: Bench) -> None:
    """The branch, the index and git's folder are in order, and nobody holds a lock."""
    git = bench.tree / ".git"
    locks = [path.relative_to(git).as_posix() for path in git.rglob("*.lock")]
    expect(not locks, f"git's locks are left: {locks}")
    expect(not list(git.glob(f"{STAGING[1:]}*")), "second names of locks are left")
    expect(bench.git("symbolic-ref", "HEAD") == "refs/heads/main", "HEAD is on another branch")
    bench.git("merge-base", "--is-ancestor", bench.base, "HEAD")
    bench.git("fsck", "--no-dangling", "--no-progress")
    staged = bench.git("diff", "--cached", "--name-only").splitlines()
    expect(staged == [STAGED], f"the index differs from HEAD in {staged[:5]}, {len(staged)} files")


def check_resumed(bench: Bench, before: Files, after: Files) -> None:
    """`resume` brings all to an end: of the run where one is recorded, else nothing was done."""
    bench.end_run("resume")
    runs = bench.runs()
    expect(all(run["state"] != "pending" for run in runs), "a run is pending after `resume`")
    done = bool(runs) and runs[0]["state"] == "done"
    check_equal(bench.files(), after if done else before, "`resume` ends the run")
    check_repository(bench)


def check_undone(bench: Bench, before: Files, known: int) -> None:
    """All runs but the first `known` are taken back, by as many calls as there are runs at most."""
    for _ in range(len(bench.runs()) - known + 1):
        if "nothing to undo" in bench.end_run("undo").said:
            break
    check_equal(bench.files(), before, "after `undo` all is as it was")
    check_repository(bench)
    states = {run["state"] for run in bench.runs()}
    expect(states <= {"undone"}, f"runs are {states} after `undo`")


@dataclass(slots=True)
class Rounds:
    """Rounds of one kind: their seed, what was counted, the faults found."""

    kind: str
    seed: int
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def count(self, what: str, number: int = 1) -> None:
        """Add to what is counted."""
        self.counts[what] = self.counts.get(what, 0) + number

    def play(
        self, numbers: Sequence[int], bench: Bench, one: Callable[[random.Random], None]
    ) -> None:
        """Play the rounds; a faulty one is kept beside the bench, which is then made anew."""
        pristine = bench.folder.with_name(f"{bench.folder.name}-pristine")
        shutil.copytree(bench.folder, pristine, symlinks=True)
        for number in numbers:
            try:
                bench.reset()
                one(random.Random(f"{self.seed} {self.kind} {number}"))
                self.count("rounds")
            except FaultError as fault:
                self.faults.append(f"{self.kind} round {number} of seed {self.seed}: {fault}")
                print(f"FAULT {self.faults[-1]}", file=sys.stderr, flush=True)
                os.rename(bench.folder, bench.folder.with_name(f"fault-{self.kind}-{number}"))
                shutil.copytree(pristine, bench.folder, symlinks=True)
        shutil.rmtree(pristine)

    def report(self) -> str:
        """One line of figures."""
        figures = ", ".join(f"{number} {what}" for what, number in sorted(self.counts.items()))
        return f"{self.kind}: seed {self.seed}: {len(self.faults)} faults; {figures}"
