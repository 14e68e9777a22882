"""A child process that is killed at any moment of a real run changes no byte of the patch."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
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


def _started(tree: Path) -> subprocess.Popen[bytes]:
    command = (sys.executable, "-m", "fixaudit_cli", "apply", "--dry-run", "--unsafe", "-j", "2", "--no-cache", "--select", _CODEMOD, ".")  # fmt: skip
    return subprocess.Popen(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # Behind the name, which may hold anything: state, then the parent.
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue  # it ended just now
        if parent == str(pid):
            found.append(int(folder.name))
    return found


def _working(pid: int) -> list[int]:
    """Its children that are workers: all but the one that watches over shared names."""
    told = []
    for child in _children(pid):
        try:
            if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes():
                told.append(child)
        except OSError:
            continue  # it ended just now
    return told


def test_twenty_kills_leave_the_patch_as_it_is(tree: Path) -> None:
    begun = time.monotonic()
    undisturbed = _started(tree).communicate()
    length = time.monotonic() - begun
    wanted = hashlib.sha256(undisturbed[0]).hexdigest()
    assert undisturbed[0].count(b"\ndiff --git ") > 25
    chosen, killed, rounds = random.Random(11), 0, 0
    while killed < _KILLS and rounds < 3 * _KILLS:
        rounds += 1
        process = _started(tree)
        while process.poll() is None and not _working(process.pid):
            time.sleep(0.01)
        # A moment of the work; how long it takes on this machine is known by one run.
        time.sleep(chosen.random() * length * 0.6)
        working = _working(process.pid)
        if working:
            with suppress(ProcessLookupError):
                os.kill(chosen.choice(working), signal.SIGKILL)
                killed += 1
        patch, told = process.communicate()
        assert hashlib.sha256(patch).hexdigest() == wanted, told.decode()
        assert b"Traceback" not in told
    assert killed >= _KILLS
