"""`fixaudit campaign run` on a Dask cluster of this machine: processes as people start them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from campaign_remotes import Mono, new_mono
from dask_processes import Cluster, cluster

pytest.importorskip("distributed", reason="the extra fixaudit[dask] is not installed")

NAMES = ("ada", "dora", "eve")
PINNED = 'import inspect\nassert "raise error" in inspect.getsource(dora_core)\n'
RUN = ("campaign", "run", "tidy")


@pytest.fixture
def mono(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mono:
    made = new_mono(tmp_path, monkeypatch)
    for name in NAMES:
        made.package(name)
    made.package("dora", check=PINNED)
    made.package("eve", check="raise SystemExit('never green')\n")
    made.campaign()
    made.commit()
    return made


@pytest.fixture
def scheduler(mono: Mono) -> Iterator[Cluster]:
    folder = mono.top.parent / "dask"
    folder.mkdir()
    with cluster(folder) as started:
        yield started


def _processes(scheduler: Cluster, count: int) -> list[int]:
    """The processes of the workers, once there are so many."""
    from distributed import Client

    with Client(scheduler.address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)
        return sorted(client.run(os.getpid).values())


@pytest.mark.parametrize("where", ["--shared", "--clone"])
def test_a_worker_killed_at_a_third_changes_nothing(
    mono: Mono, scheduler: Cluster, where: str
) -> None:
    alone = mono.clone("alone")
    assert mono.fixaudit(*RUN, "-j", "1", top=alone.top).returncode == 1
    wanted = mono.ledger(alone.top)
    with scheduler.workers(2):
        processes = _processes(scheduler, 2)
        driver = subprocess.Popen(
            [sys.executable, "-m", "fixaudit_cli", *RUN, "--executor", scheduler.name, where],
            cwd=mono.top, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert driver.stdout is not None
        assert driver.stderr is not None
        told = [driver.stdout.readline() for _ in range(len(NAMES) // 3)]
        os.kill(processes[0], signal.SIGKILL)
        # Not `communicate`, which knows nothing of what `readline` has read ahead.
        told += driver.stdout.read().splitlines()
        errors = driver.stderr.read()
        assert driver.wait() == 1, errors
    assert sorted(line.split()[0] for line in told if line[0] != " ") == [
        f"{name}-01" for name in NAMES
    ]
    assert mono.ledger() == wanted
    assert "Traceback" not in errors
    assert len(mono.work.git("worktree", "list").splitlines()) == 1
