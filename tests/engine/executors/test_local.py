"""Tasks in processes of this machine: lost ones again, deadly ones in parts, and no process left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from spread_tasks import Words, starts

from fixaudit.errors import FixauditError
from fixaudit.executors.attempts import REASON
from fixaudit.executors.choose import open_executor
from fixaudit.executors.local import LocalExecutor
from fixaudit.executors.stamp import check_stamp, content_hash, stamp
from fixaudit.model.task import Executor, ExecutorError, WorkerDiffersError


@pytest.fixture
def executor() -> Iterator[LocalExecutor]:
    opened = LocalExecutor(2)
    yield opened
    opened.close()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _processes(executor: LocalExecutor) -> list[int]:
    return [each.process.pid for each in executor._processes if each.process.pid is not None]


def test_every_task_has_one_result_and_processes_stay_warm(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    tasks = [Words((f"a{number}",), str(tmp_path)) for number in range(9)]
    results = list(executor.map([*tasks, tasks[0]]))
    assert sorted(result.key for result in results) == sorted(task.key for task in tasks)
    assert {result.key: result.value for result in results} == {
        task.key: (task.words[0].upper(),) for task in tasks
    }
    assert {result.attempt for result in results} == {1}
    again = list(executor.map([Words(("b",), str(tmp_path))]))
    assert {result.worker for result in again} <= {result.worker for result in results}
    assert len({result.worker for result in results}) <= 2


def test_tasks_are_taken_as_processes_are_free_for_them(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    taken: list[int] = []

    def tasks() -> Iterator[Words]:
        for number in range(20):
            taken.append(number)
            yield Words((f"a{number}",), str(tmp_path))

    results = executor.map(tasks())
    assert not taken
    for count, _ in enumerate(results, 1):
        assert len(taken) <= count + executor.width
    assert len(taken) == 20


def test_a_task_that_loses_its_process_is_done_in_a_fresh_one(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    tasks = [Words((f"a{number}",), str(tmp_path), deadly=("a3",), times=1) for number in range(6)]
    results = {result.key: result for result in executor.map(tasks)}
    assert [results[task.key].attempt for task in tasks] == [1, 1, 1, 2, 1, 1]
    assert results[tasks[3].key].value == ("A3",)
    assert starts(str(tmp_path), "a3") == 2


def test_what_ends_two_processes_is_found_in_its_task_and_named(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    words = tuple("abcdefgh")
    (result,) = executor.map([Words(words, str(tmp_path), deadly=("f",))])
    assert result.value == ("A", "B", "C", "D", "E", f"f: {REASON}", "G", "H")
    assert result.attempt == 1 + 2 * 4
    assert [starts(str(tmp_path), each) for each in ("a-b-c-d", "e-f-g-h", "f", "g")] == [1, 2, 2, 0]  # fmt: skip


def test_what_a_task_raises_on_purpose_arrives_as_it_is(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    with pytest.raises(FixauditError) as caught:
        list(executor.map([Words(("a",), str(tmp_path), raises="own")]))
    assert type(caught.value) is FixauditError
    assert str(caught.value) == "words.py:3: these are no words; say others"


def test_any_other_exception_names_the_task_in_one_line(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    task = Words(("a",), str(tmp_path), raises="other")
    with pytest.raises(ExecutorError) as caught:
        list(executor.map([task]))
    assert str(caught.value) == f"Words {task.key[:12]} failed with ValueError: no words"
    assert [result.value for result in executor.map([Words(("b",), str(tmp_path))])] == [("B",)]


def test_close_and_an_end_before_the_last_result_leave_no_process(tmp_path: Path) -> None:
    executor = LocalExecutor(2)
    results = executor.map(Words((f"a{number}",), str(tmp_path)) for number in range(50))
    next(results)
    processes = _processes(executor)
    assert processes
    results.close()  # type: ignore[attr-defined]
    executor.close()
    assert not any(map(_is_alive, processes))


@dataclass(frozen=True, slots=True)
class Deaf(Words):
    """Says by a pipe that it has begun, and what process it has started; then it waits for ever."""

    pipe: str = ""

    def run(self) -> tuple[str, ...]:
        waiting = subprocess.Popen([sys.executable, "-c", "open('never').read()"], cwd=self.folder)
        with open(self.pipe, "w") as pipe:
            print(os.getpid(), waiting.pid, file=pipe)
        signal.pause()
        return ()


_DRIVER = """
import sys
from test_local import Deaf
from fixaudit.executors.local import LocalExecutor

executor = LocalExecutor(1)
try:
    list(executor.map([Deaf(("a",), sys.argv[1], pipe=sys.argv[2])]))
except KeyboardInterrupt:
    executor.close()
    print("interrupted")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_one_that_started_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    pipe, never = tmp_path / "pipe", tmp_path / "never"
    os.mkfifo(pipe)
    os.mkfifo(never)
    held = os.open(never, os.O_RDWR)  # what reads from it waits until this is closed
    path = os.pathsep.join([*sys.path, os.path.dirname(__file__)])
    driver = subprocess.Popen(
        [sys.executable, "-c", _DRIVER, str(tmp_path), str(pipe)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with open(pipe) as said:
        ours, theirs = map(int, said.read().split())
    driver.send_signal(number)
    # Its output ends when the last process that could write to it has ended.
    output, errors = driver.communicate()
    os.close(held)
    assert output == ("interrupted\n" if number == signal.SIGINT else "")
    assert errors == ""
    assert driver.returncode == (0 if number == signal.SIGINT else -number)
    assert not any(_is_running(process) for process in (ours, theirs))


def _is_running(process: int) -> bool:
    """False for one that has ended, be it that nobody has asked how."""
    status = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return bool(status.stdout.strip()) and not status.stdout.strip().startswith("Z")


def test_a_task_of_another_fixaudit_is_refused_by_name(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    other = replace(stamp("test"), code="0" * 32)
    with pytest.raises(WorkerDiffersError) as caught:
        list(executor.map([Words(("a",), str(tmp_path), stamp=other)]))
    said = str(caught.value)
    assert "fixaudit and its codemods" in said
    assert content_hash() in said
    assert "0" * 32 in said
    assert starts(str(tmp_path), "a") == 0


def test_python_and_configuration_are_compared_too() -> None:
    check_stamp(stamp("one"), "one")
    with pytest.raises(
        WorkerDiffersError, match=r"here-1: the configuration is two there, one here"
    ):
        check_stamp(stamp("one"), "two", place="here-1")
    with pytest.raises(WorkerDiffersError, match=r"Python is \d\.\d+ there, 3\.2 here"):
        check_stamp(replace(stamp("one"), python=(3, 2)))


def test_executors_go_by_their_names() -> None:
    opened = open_executor("local", jobs=3)
    assert isinstance(opened, Executor)
    assert isinstance(opened, LocalExecutor)
    assert opened.width == 3
    opened.close()
    with pytest.raises(ExecutorError) as caught:
        open_executor("slurm://head", jobs=None)
    assert str(caught.value) == (
        "no executor is called slurm://head; there are local, dask, dask://HOST:PORT, tls://HOST:PORT"
    )
