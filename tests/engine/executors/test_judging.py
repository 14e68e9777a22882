"""Runs whose files are judged by an executor: the same outcomes as here, for the same tree only."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from spread_tree import SELECT, judged, laid_out

import fixaudit
from fixaudit.executors.attempts import REASON
from fixaudit.executors.local import LocalExecutor
from fixaudit.model.outcome import Failed, LocatedFinding, Outcome
from fixaudit.model.task import ExecutorError, GitTree, Result, SharedPath, Task, WorkerDiffersError
from fixaudit.pipeline import judge_task
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.judge_task import Judge
from fixaudit.pipeline.runner import Request, Worker


@pytest.fixture
def executor() -> Iterator[LocalExecutor]:
    opened = LocalExecutor(2)
    yield opened
    opened.close()


class Here:
    """Runs tasks in this process, the last one first, as bytes; keeps them."""

    width = 2

    def __init__(self) -> None:
        self.tasks: list[Judge] = []

    def map(self, tasks: Iterable[Task]) -> Iterator[Result]:
        for task in reversed([pickle.loads(pickle.dumps(task)) for task in tasks]):
            self.tasks.append(task)
            yield Result(task.key, pickle.loads(pickle.dumps(task.run())), 0.0, "here")

    def close(self) -> None:
        judge_task._WARM.clear()


def _outcomes(request: Request, speed: Speed) -> list[Outcome]:
    worker = Worker(request)
    return list(Execution(worker, speed).outcomes(worker.discover().files))


def test_a_run_by_an_executor_is_the_run_by_one_process(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    root = laid_out(tmp_path)
    expected = judged(root)
    # The function that the edits share is defined once: that pass goes by the executor, too.
    assert sum(b"\ndef bounded(" in each.after for each in expected.changed) == 1
    for found in (judged(root, executor), judged(root, "local"), judged(root, Here())):
        assert found.outcomes == expected.outcomes
        assert found.patch == expected.patch


def test_two_checkouts_at_two_paths_have_equal_keys_and_values(tmp_path: Path) -> None:
    here, there = laid_out(tmp_path / "here"), tmp_path / "elsewhere" / "deeper"
    shutil.copytree(here, there)
    first, second = Here(), Here()
    judged(here, first)
    judged(there, second)
    assert [task.key for task in first.tasks] == [task.key for task in second.tasks]
    values = [[pickle.dumps(task.run()) for task in each.tasks] for each in (first, second)]
    assert values[0] == values[1]
    (there / "app" / "part_03.py").write_text("x = 1\n")
    third = Here()
    judged(there, third)
    assert not {task.key for task in third.tasks} & {task.key for task in first.tasks}


def test_a_tree_without_settings_is_judged_too(executor: LocalExecutor, tmp_path: Path) -> None:
    root = laid_out(tmp_path / "tree", 2)
    (root / "pyproject.toml").unlink()
    assert judged(root, executor).outcomes == judged(root).outcomes


@pytest.mark.parametrize(
    "changed", [{"select": ("md5-to-sha256",)}, {"unsafe": False}, {"isolated": True}]
)
def test_keys_differ_with_what_is_asked_for(tmp_path: Path, changed: dict[str, object]) -> None:
    root = laid_out(tmp_path, 2)
    keys = []
    asked = Request(paths=(root,), select=SELECT, unsafe=True)
    for request in (asked, replace(asked, **changed)):  # type: ignore[arg-type]
        here = Here()
        _outcomes(request, Speed(cache=False, executor=here))
        keys.append({task.key for task in here.tasks})
    assert not keys[0] & keys[1]


def test_a_tree_that_is_not_the_drivers_is_refused(tmp_path: Path) -> None:
    root, here = laid_out(tmp_path / "tree", 2), Here()
    judged(root, here)
    task = here.tasks[0]
    here.close()
    (root / "app" / "part_00.py").write_text("x = 1\n")
    with pytest.raises(WorkerDiffersError, match=f"the content of the tree at {root} is") as caught:
        task.run()
    assert task.of.content in str(caught.value)
    (root / "pyproject.toml").write_text("[tool.fixaudit]\nunsafe = false\n")
    with pytest.raises(WorkerDiffersError, match=f"the configuration at {root} is"):
        task.run()
    shutil.rmtree(root)
    with pytest.raises(ExecutorError, match=f"there is no folder {root}; a worker needs"):
        task.run()


def test_a_task_halves_down_to_the_file_and_joins(tmp_path: Path) -> None:
    root, here = laid_out(tmp_path, 5), Here()
    judged(root, here)
    task = replace(here.tasks[0], files=tuple(f"app/part_0{number}.py" for number in range(5)))
    left, right = task.parts()
    assert [left.files, right.files] == [task.files[:2], task.files[2:]]
    assert task.joined((left.run(), right.run())) == task.run()
    first, _ = left.parts()
    assert first.parts() == ()
    assert str(task) == "judging app/part_00.py and 4 more"
    (failed,) = first.failed("for a reason")
    assert isinstance(failed.outcome, Failed)
    assert (failed.outcome.path, failed.outcome.problem.message) == (
        "app/part_00.py",
        "for a reason",
    )


_DEADLY = '''"""`die` ends the process."""

import ast
import os
from collections.abc import Iterator

from fixaudit import Codemod, Finding, Source


class Deadly(Codemod):
    name = "deadly"
    code = "ZZ999"
    triggers = (b"die",)
    visits = (ast.Name,)

    def judge(self, node: ast.Name, source: Source) -> Iterator[Finding]:
        if node.id == "die":
            os._exit(3)
        yield self.review(source, node, "a name")
'''


def test_a_codemod_that_ends_its_process_costs_the_file_alone(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    root = laid_out(tmp_path, 6)
    (root / "codemods").mkdir()
    (root / "codemods" / "deadly.py").write_text(_DEADLY)
    with open(root / "pyproject.toml", "a") as file:
        file.write('[tool.fixaudit]\ncodemod-paths = ["codemods"]\n')
    expected = _outcomes(Request(paths=(root,), select=(*SELECT, "deadly"), local_code=True), Speed(1, cache=False))  # fmt: skip
    (root / "app" / "part_04.py").write_text("die\n")
    request = Request(paths=(root,), select=(*SELECT, "deadly"), local_code=True)
    found = _outcomes(request, Speed(cache=False, executor=executor))
    failed = {outcome.path: outcome for outcome in found if isinstance(outcome, Failed)}
    assert list(failed) == ["app/part_04.py"]
    assert failed["app/part_04.py"].problem.message == REASON
    assert [outcome.path for outcome in found] == [outcome.path for outcome in expected]


def test_a_cache_is_filled_by_an_executor_and_used_again(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    root, folder = laid_out(tmp_path / "tree"), tmp_path / "cache"
    request = Request(paths=(root,), select=SELECT, unsafe=True)
    first = _outcomes(request, Speed(cache_dir=folder, executor=executor))
    here = Here()
    second = _outcomes(request, Speed(cache_dir=folder, executor=here))
    assert second == first
    # Only the pass that shares a function is done again.
    assert here.tasks
    assert all(task.provided for task in here.tasks)


def test_what_others_cannot_be_told_is_done_here(executor: LocalExecutor, tmp_path: Path) -> None:
    root, taken = laid_out(tmp_path, 2), list[LocatedFinding]()

    def accept(site: LocatedFinding) -> bool:
        taken.append(site)
        return True

    request = Request(paths=(root,), select=SELECT, accept=accept)
    _outcomes(request, Speed(cache=False, executor=executor))
    assert taken
    assert not executor._processes


def test_a_worker_takes_a_commit_from_a_clone(executor: LocalExecutor, tmp_path: Path) -> None:
    root = laid_out(tmp_path / "tree")
    _git(root, "init", "--quiet")
    _git(root, "add", "--all")
    _git(root, "-c", "user.name=Ada", "-c", "user.email=a@b", "commit", "--quiet", "-m", "one")
    commit = _git(root, "rev-parse", "HEAD").strip()
    expected = judged(root)
    tree = GitTree(f"file://{root}", commit)
    before = _git(root, "status", "--porcelain=v2", "--branch", "--show-stash")
    request = Request(paths=(root,), select=SELECT, unsafe=True)
    found = _outcomes(request, Speed(cache=False, executor=executor, tree=tree))
    assert tuple(found) == expected.outcomes
    assert _git(root, "worktree", "list").count("\n") == 1
    assert _git(root, "status", "--porcelain=v2", "--branch", "--show-stash") == before
    with pytest.raises(fixaudit.FixauditError, match="has no commit"):
        _outcomes(
            request, Speed(cache=False, executor=executor, tree=replace(tree, commit="0" * 40))
        )


def test_a_shared_tree_is_found_at_its_path(tmp_path: Path) -> None:
    root, here = laid_out(tmp_path, 1), Here()
    judged(root, here)
    assert {task.tree for task in here.tasks} == {SharedPath(os.fspath(root))}


def _git(folder: Path, *words: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *words], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout
