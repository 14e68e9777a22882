"""Bad files cost themselves only, in one process and in several; results are the same and in order."""

from __future__ import annotations

import mmap
import multiprocessing
import os
import signal
from collections import Counter, deque
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import cast

import pytest
from slow_codemods import Deaf, Misbehaving, Plain

from fixaudit.model.outcome import Failed, Outcome, Problem, Unchanged
from fixaudit.pipeline import pool, progress
from fixaudit.pipeline.execution import Execution, Speed, parse_shard
from fixaudit.pipeline.file_task import compute
from fixaudit.pipeline.pool import Pool, chunks
from fixaudit.pipeline.runner import Request, Worker


def _tree(root: Path, **files: str) -> list[Path]:
    for number in range(12):
        (root / f"m{number:02}.py").write_text(f"work({number})\n" * (number + 1))
    for name, text in files.items():
        (root / f"{name}.py").write_text(text)
    return sorted(root.glob("*.py"))


def _worker(root: Path) -> Worker:
    return Worker(Request(paths=(root,), root=root, codemods=(Misbehaving(), Deaf())))


def _pooled(root: Path, files: list[Path]) -> list[Outcome]:
    return [done.outcome for done in Pool(_worker(root), files, 2, 600.0).results()]


def test_processes_give_what_one_gives_in_order(tmp_path: Path) -> None:
    files = _tree(tmp_path)
    here = list(_worker(tmp_path).outcomes(files))
    assert _pooled(tmp_path, files) == here
    assert [outcome.path for outcome in here] == [path.name for path in files]


@pytest.mark.parametrize(
    ("word", "kind", "message"),
    [
        ("die", "worker", "two processes working on it ended without a word, the last in misbe"),
        ("hang", "timeout", "misbehaving took longer than 600 seconds: its findings are missing"),
        ("spin", "timeout", "misbehaving took longer than 600 seconds: its findings are missing"),
        ("deaf", "timeout", "deaf took longer than 600 seconds: its findings are missing here"),
    ],
)
def test_a_bad_file_in_a_process_is_named_and_the_others_are_done(
    tmp_path: Path, word: str, kind: str, message: str
) -> None:
    files = _tree(tmp_path, m05b=f"{word}()\n")
    outcomes = _pooled(tmp_path, files)
    bad = [(o.path, problem) for o in outcomes for problem in _problems(o)]
    assert [(path, problem.kind) for path, problem in bad] == [("m05b.py", kind)]
    assert bad[0][1].message.startswith(message)
    assert [outcome.path for outcome in outcomes] == [path.name for path in files]
    others = [o for o in outcomes if isinstance(o, Unchanged) and o.path != "m05b.py"]
    assert sum(len(outcome.sites) for outcome in others) == sum(range(1, 13))


@pytest.mark.parametrize("word", ["hang", "spin", "deaf"])
def test_a_codemod_over_its_time_loses_its_own_findings_in_that_file_only(
    tmp_path: Path, word: str
) -> None:
    files = _tree(tmp_path, m05b=f"{word}()\nother()\nmore()\n")
    slow = "deaf" if word == "deaf" else "misbehaving"
    for codemods in ((Misbehaving(), Plain(), Deaf()), (Deaf(), Plain(), Misbehaving())):
        worker = Worker(Request(paths=(tmp_path,), root=tmp_path, codemods=codemods))
        outcome = [done.outcome for done in Pool(worker, files, 2, 600.0).results()][6]
        assert isinstance(outcome, Unchanged)
        found = Counter(site.finding.codemod for site in outcome.sites)
        assert found["plain"] == 3
        assert found[slow] == 0
        assert found["misbehaving"] == (3 if word == "deaf" else 0)
        assert [problem.kind for problem in outcome.problems] == ["timeout"]


def _problems(outcome: Outcome) -> tuple[Problem, ...]:
    return (outcome.problem,) if isinstance(outcome, Failed) else outcome.problems


def test_a_process_that_is_slow_to_start_has_not_hung(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, look = os.pipe()
    look_after = Pool._look_after

    def looked_after(self: Pool, process_: pool._WorkerProcess) -> None:
        look_after(self, process_)
        os.write(look, b".")

    monkeypatch.setattr(Pool, "_look_after", looked_after)
    # No process begins before it was asked whether it hangs.
    monkeypatch.setattr(pool, "limit_memory", lambda: os.read(looked, 1))
    outcomes = _pooled(tmp_path, _tree(tmp_path))
    assert [type(outcome) for outcome in outcomes] == [Unchanged] * 12


class _Still:
    """A process that does nothing, for a pool to end."""

    def kill(self) -> None: ...

    def join(self) -> None: ...


@pytest.mark.parametrize(("step", "ended"), [("sending the outcome", False), ("parse", True)])
def test_a_process_that_waits_for_its_reader_is_not_taken_for_hanging(
    tmp_path: Path, step: str, ended: bool
) -> None:
    watch, memory = progress.Watch(), mmap.mmap(-1, progress.SIZE)
    watch.share(memory)
    watch.file(3)
    watch.step(step)
    files = _tree(tmp_path)
    tried = Pool(_worker(tmp_path), files, 2, seconds=-1e6)  # every file is over its time
    ours, theirs = multiprocessing.Pipe()
    process = cast("BaseProcess", _Still())
    hand = pool._WorkerProcess(process, ours, memory, deque([3, 4]))
    tried._processes.append(hand)
    tried._look_after(hand)
    theirs.close()
    assert (3 in tried._done) is ended
    assert list(hand.pending) == ([4] if ended else [3, 4])


def test_what_is_at_work_is_never_read_with_the_time_of_another_file() -> None:
    memory = mmap.mmap(-1, progress.SIZE)
    progress.clear(memory)
    assert progress.read(memory).number == -1
    watch = progress.Watch()
    watch.share(memory)
    watch.file(-1)
    started = progress.read(memory).began
    child = os.fork()
    while child == 0:
        for number in range(300):
            watch.file(number)
            watch.file(-1)
    read: list[progress.AtWork] = []
    try:
        while len(read) < 20_000:
            read += [entry for entry in [progress.read(memory)] if entry.number >= 0]
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert {entry.step for entry in read} == {""}
    assert min(entry.began for entry in read) >= started


@pytest.mark.parametrize("word", ["eat", "fail"])
def test_an_exception_or_too_much_memory_costs_a_site_and_is_named(
    tmp_path: Path, word: str
) -> None:
    files = _tree(tmp_path, m05b=f"{word}()\nother()\n")
    for outcomes in (_pooled(tmp_path, files), list(_worker(tmp_path).outcomes(files))):
        outcome = outcomes[6]
        assert isinstance(outcome, Unchanged)
        assert [problem.kind for problem in outcome.problems] == ["codemod"]
        assert "misbehaving failed here" in outcome.problems[0].message
        assert len(outcome.sites) == 1


def test_a_hang_in_this_process_is_interrupted_and_named(tmp_path: Path) -> None:
    bad, *_ = _tree(tmp_path, a="hang()\n")
    outcome = compute(_worker(tmp_path), bad, seconds=600.0).outcome
    assert isinstance(outcome, Unchanged)
    assert [problem.kind for problem in outcome.problems] == ["timeout"]
    assert outcome.problems[0].message.startswith("misbehaving took longer than 600 seconds")


def test_no_process_outlives_an_interrupted_run(tmp_path: Path) -> None:
    files = _tree(tmp_path)
    pool = Pool(_worker(tmp_path), files, 2)
    results = pool.results()
    next(results)
    processes = [hand.process for hand in pool._processes]
    results.close()
    assert processes
    assert not any(process.is_alive() for process in processes)


def test_chunks_cover_all_files_once_in_order(tmp_path: Path) -> None:
    files = _tree(tmp_path)
    found = chunks(files, 2)
    assert [number for first, last in found for number in range(first, last)] == list(range(12))


def test_shards_part_the_files(tmp_path: Path) -> None:
    files = _tree(tmp_path)
    parts = [
        Execution(_worker(tmp_path), Speed(cache=False, shard=parse_shard(f"{part}/3"))).part(files)
        for part in (1, 2, 3)
    ]
    assert sorted(path for part in parts for path in part) == files
    assert all(part for part in parts)
