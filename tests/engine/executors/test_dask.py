"""Tasks on a Dask cluster: the same outcomes, workers lost or not, and no cluster that is not safe."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dask_processes import Cluster, cluster
from openssl_certificates import certificates
from spread_tasks import Words, starts
from spread_tree import judged, laid_out

import fixaudit
from fixaudit.executors import dask_cluster
from fixaudit.executors.attempts import REASON
from fixaudit.executors.choose import open_executor
from fixaudit.executors.dask_cluster import open_dask
from fixaudit.executors.dask_executor import DaskExecutor
from fixaudit.model.task import Executor, ExecutorError, Result, Task, WorkerDiffersError

pytest.importorskip("distributed", reason="the extra fixaudit[dask] is not installed")


@contextmanager
def connected(to: Cluster, workers: int) -> Iterator[DaskExecutor]:
    """An executor on the cluster once it has so many workers."""
    from distributed import Client

    with Client(to.address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)
    executor = open_dask(to.name, jobs=None, insecure=False)
    try:
        yield executor
    finally:
        executor.close()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "dask"
    folder.mkdir()
    with cluster(folder) as started:
        yield started


class Killing:
    """Kills the process of one worker once a third of the tasks is done: one that may be at work."""

    def __init__(self, executor: DaskExecutor) -> None:
        self._executor = executor
        self.width = executor.width
        self.processes: dict[str, int] = executor._client.run(os.getpid)
        self.killed: list[int] = []
        self.results: list[Result] = []

    def map(self, tasks: Iterable[Task]) -> Iterator[Result]:
        known = list(tasks)
        for result in self._executor.map(known):
            self.results.append(result)
            if len(self.results) >= len(known) / 3 and not self.killed:
                other = next(pid for at, pid in self.processes.items() if at != result.worker)
                os.kill(other, signal.SIGKILL)
                self.killed.append(other)
            yield result

    def close(self) -> None:
        self._executor.close()


def test_a_worker_killed_at_a_third_changes_nothing(scheduler: Cluster, tmp_path: Path) -> None:
    root = laid_out(tmp_path / "tree")
    expected = judged(root)
    assert len(expected.changed) == 12
    with scheduler.workers(2), connected(scheduler, 2) as executor:
        killing = Killing(executor)
        assert isinstance(killing, Executor)
        found = judged(root, killing)
        left = [at for at, pid in killing.processes.items() if pid not in killing.killed]
        assert list(executor._alive(at_once=True)) == left
    assert len(killing.killed) == 1
    assert len(killing.results) > 6
    assert found.patch == expected.patch
    assert list(found.sites()) == list(expected.sites())
    assert found.outcomes == expected.outcomes


def test_what_ends_two_workers_is_found_in_its_task_and_named(
    scheduler: Cluster, tmp_path: Path
) -> None:
    folder = tmp_path / "noted"
    folder.mkdir()
    tasks = [
        Words(("a", "b", "c"), str(folder), deadly=("b",)),
        Words(("d",), str(folder), deadly=("d",), times=1),
        Words(("e",), str(folder)),
    ]
    with scheduler.workers(2, nanny=True), connected(scheduler, 2) as executor:
        results = {result.key: result for result in executor.map([*tasks, tasks[2]])}
    assert [results[task.key].value for task in tasks] == [("A", f"b: {REASON}", "C"), ("D",), ("E",)]  # fmt: skip
    assert [results[task.key].attempt for task in tasks] == [7, 2, 1]
    assert [starts(str(folder), words) for words in ("a", "b-c", "b", "c", "d")] == [1, 2, 2, 1, 2]


def test_what_a_task_raises_is_raised_here(scheduler: Cluster, tmp_path: Path) -> None:
    with scheduler.workers(1), connected(scheduler, 1) as executor:
        with pytest.raises(fixaudit.FixauditError, match=r"words\.py:3: these are no words"):
            list(executor.map([Words(("a",), str(tmp_path), raises="own")]))
        with pytest.raises(ExecutorError, match=r"^Words \w{12} failed with ValueError: no words$"):
            list(executor.map([Words(("b",), str(tmp_path), raises="other")]))
        assert [r.value for r in executor.map([Words(("c",), str(tmp_path))])] == [("C",)]


def test_a_worker_with_other_code_is_refused_when_it_is_found_and_when_it_joins(
    scheduler: Cluster, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(Path(fixaudit.__file__).parent, other / "fixaudit")
    with open(other / "fixaudit" / "errors.py", "a") as file:
        file.write("# of another version\n")
    path = os.pathsep.join([str(other), scheduler.environment["PYTHONPATH"]])
    with scheduler.workers(1), connected(scheduler, 1) as executor:
        (known,) = executor._alive(at_once=True)
        with scheduler.workers(1, environment={"PYTHONPATH": path}):
            executor._client.wait_for_workers(2, timeout=60)
            (joined,) = executor._alive(at_once=True) - {known}
            said = rf"^{joined}: .*fixaudit and its codemods is \w{{32}} there, \w{{32}} here"
            with pytest.raises(WorkerDiffersError, match=said):
                list(executor.map(Words((word,), str(tmp_path)) for word in "abcdefgh"))
            with pytest.raises(WorkerDiffersError, match=said):
                open_executor(scheduler.name, jobs=None)


def test_a_worker_with_several_threads_is_refused(scheduler: Cluster) -> None:
    with (
        scheduler.workers(1, "--nthreads", "2"),
        pytest.raises(ExecutorError, match="has 2 threads; start workers with --nthreads 1"),
    ):
        open_executor(scheduler.name, jobs=None)


def test_tls_is_spoken_with_the_certificates_that_dask_is_configured_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dask"
    folder.mkdir()
    settings = certificates(folder)
    with pytest.raises(
        ExecutorError, match=r"tls://127\.0\.0\.1:9: no certificates are configured"
    ):
        open_executor("tls://127.0.0.1:9", jobs=None)
    with cluster(folder, "--protocol", "tls", environment=settings) as started:
        assert started.address.startswith("tls://127.0.0.1:")
        from dask import config

        flat = {
            name.removeprefix("DASK_").lower().replace("__", ".").replace("_", "-"): path
            for name, path in settings.items()
        }
        with config.set(flat), started.workers(1):
            executor = open_executor(started.name, jobs=None)
            task = Words(("a",), str(tmp_path))
            assert [result.value for result in executor.map([task])] == [("A",)]
            executor.close()
            monkeypatch.setattr(dask_cluster, "_CONNECT_SECONDS", 1)
            with pytest.raises(ExecutorError, match="no Dask scheduler answers at tcp://"):
                open_executor(started.address.replace("tls://", "dask://"), jobs=None)


def test_a_cluster_of_this_machine_judges_the_same(tmp_path: Path) -> None:
    root = laid_out(tmp_path / "tree", 4)
    executor = open_executor("dask", jobs=1)
    try:
        assert isinstance(executor, DaskExecutor)
        assert executor._client.scheduler.address.startswith("tcp://127.0.0.1:")
        found = judged(root, executor)
    finally:
        executor.close()
    assert found.outcomes == judged(root).outcomes


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dask://10.1.2.3:8786", "plain TCP to another machine"),
        ("dask://scheduler:8786", "use tls://scheduler:8786, or --insecure"),
        ("dask://0.0.0.0:8786", "plain TCP to another machine"),
        ("dask://[2001:db8::1]:8786", "plain TCP to another machine"),
        ("dask://scheduler", r"give host and port, such as dask://127\.0\.0\.1:8786"),
        ("tls://127.0.0.1:many", r"give host and port, such as tls://127\.0\.0\.1:8786"),
        ("dask://127.0.0.1:99999", "give host and port"),
    ],
)
def test_an_address_that_is_not_safe_or_none_is_refused_unasked(name: str, said: str) -> None:
    with pytest.raises(ExecutorError, match=said) as caught:
        open_executor(name, jobs=None)
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("insecure", [False, True])
def test_where_no_scheduler_is_it_is_said_where_it_was_looked_for(
    monkeypatch: pytest.MonkeyPatch, insecure: bool
) -> None:
    monkeypatch.setattr(dask_cluster, "_CONNECT_SECONDS", 1)
    monkeypatch.setattr(dask_cluster, "_is_loopback", lambda host: not insecure)
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(ExecutorError) as caught:
        open_executor(f"dask://{place}", jobs=None, insecure=insecure)
    said = f"dask://{place}: no Dask scheduler answers at tcp://{place} within 1 seconds"
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_scheduler_without_workers_is_named(
    scheduler: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "_WORKER_SECONDS", 0.1)
    with pytest.raises(ExecutorError) as caught:
        open_executor(scheduler.name, jobs=None)
    assert str(caught.value) == (
        f"{scheduler.name}: the scheduler has no worker; start some:"
        f" dask worker {scheduler.address} --nthreads 1 --nworkers 2"
    )


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    for name in ("dask", "dask://127.0.0.1:8786", "tls://10.1.2.3:8786"):
        with pytest.raises(ExecutorError) as caught:
            open_executor(name, jobs=None)
        assert str(caught.value) == f"{name}: Dask is not installed; pip install 'fixaudit[dask]'"


def test_a_scheduler_that_ends_meanwhile_is_told_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "dask"
    folder.mkdir()
    with cluster(folder) as started, started.workers(1), connected(started, 1) as executor:
        results = executor.map(Words((f"a{number}",), str(tmp_path)) for number in range(50))
        next(results)
        os.kill(executor._client.run_on_scheduler(os.getpid), signal.SIGKILL)
        with pytest.raises(ExecutorError) as caught:
            list(results)
    assert str(caught.value).startswith(f"{started.name}: the scheduler does not answer any more")
    assert "\n" not in str(caught.value)
