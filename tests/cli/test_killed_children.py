"""A child process that is killed at any moment of a real run changes no byte of the patch."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixaudit.pipeline.file_task import PAYING_BYTES

FIXTURES = Path(__file__).parents[2] / "fixtures" / "before"
_CODEMOD = "md5-to-sha256"
_KILLS = 20

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the children are read in /proc")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The modules of one codemod's fixtures."""
    root = tmp_path / "tree"
    root.mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "tree"\nversion = "1"\n')
    for path in sorted((FIXTURES / _CODEMOD).glob("*.py")):
        shutil.copy(path, root / path.name)
    # As much text as pays for a second process; nothing in it is a finding.
    (root / "words.py").write_text("WORD = 1\n" * (PAYING_BYTES // 9 + 1))
    return root


@dataclass
class Preview:
    """A dry run that is under way; what it prints goes into a file, so that it never waits for a reader."""

    process: subprocess.Popen[bytes]
    patch: Path

    @classmethod
    def of(cls, tree: Path) -> Preview:
        patch = tree.parent / "patch"
        command = (sys.executable, "-m", "fixaudit_cli", "apply", "--dry-run", "--unsafe", "-j", "2", "--no-cache", "--select", _CODEMOD, ".")  # fmt: skip
        with patch.open("wb") as file:
            process = subprocess.Popen(command, cwd=tree, stdout=file, stderr=subprocess.DEVNULL)
        return cls(process, patch)

    def watched(self) -> Iterator[dict[int, int]]:
        """The processor time of its workers so far, in ticks, by process; until it ends."""
        while True:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.005)
                return
            yield _workers(self.process.pid)

    def digest(self) -> str:
        """Of the whole patch, once it has ended."""
        self.process.wait()
        return hashlib.sha256(self.patch.read_bytes()).hexdigest()


def _workers(pid: int) -> dict[int, int]:
    """The processor time, in ticks, of the children of a process that are at work."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # Behind the name, which may hold anything: state, parent, …, user and system time.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[1] == str(pid) and b"resource_tracker" not in (folder / "cmdline").read_bytes():  # fmt: skip
                found[int(folder.name)] = int(fields[11]) + int(fields[12])
        except OSError:
            continue  # it ended just now
    return found


def test_twenty_kills_leave_the_patch_as_it_is(tree: Path) -> None:
    undisturbed = Preview.of(tree)
    most = max(max(ticks.values(), default=0) for ticks in undisturbed.watched())
    wanted = undisturbed.digest()
    assert undisturbed.patch.read_bytes().count(b"\ndiff --git ") > 25
    chosen, killed = random.Random(11), 0
    for _ in range(3 * _KILLS):
        preview, moment = Preview.of(tree), chosen.randint(0, most)
        for ticks in preview.watched():
            due = [pid for pid, used in ticks.items() if used >= moment]
            if due:
                with suppress(ProcessLookupError):
                    os.kill(chosen.choice(due), signal.SIGKILL)
                    killed += 1
                break
        assert preview.digest() == wanted
        if killed == _KILLS:
            return
    assert killed == _KILLS
