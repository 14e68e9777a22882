"""A batch in a work tree of its own: what its commands judge, drop, and leave alone."""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from event_clock import EventClock
from verified_trees import CHECK, Tree, hashes

from fixaudit.campaigns.verify_task import Verify
from fixaudit.checks import timed_command
from fixaudit.model.task import GitTree, SharedPath, Task

MD5_OF_A = "0cc175b9c0f1b6a831c399e269772661"


@pytest.fixture(name="tree")
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    return Tree(tmp_path / "work", monkeypatch)


def _pinned(name: str, *numbers: int) -> str:
    """A check that is red once one of these functions is not md5 any more."""
    lines = [f"import {name}_core as core"]
    lines += [f"assert core.h{n}(b'a') == {MD5_OF_A!r}, 'h{n} has changed'" for n in numbers]
    return "\n".join(lines) + "\n"


def test_a_green_batch_is_verified_with_one_run_before_and_one_after(tree: Tree) -> None:
    tree.package("a", hashes(3), "import a_core\n")
    task = tree.task("a")
    state = tree.work.git("status", "--porcelain"), tree.work.git("worktree", "list")
    report = task.run()
    assert (report.status, report.reason, report.dropped) == ("verified", None, ())
    assert report.files == tuple((f.path, f.before, f.after) for f in task.batch.files)
    assert report.kept == task.batch.sites
    assert tree.runs == ["a", "a"]
    (row,) = report.checks
    assert (row.before, row.after, row.runs, row.flaky, row.tail) == (
        "green",
        "green",
        2,
        False,
        "",
    )
    assert (tree.work.git("status", "--porcelain"), tree.work.git("worktree", "list")) == state


def test_what_turns_it_red_is_dropped_and_all_else_is_kept(tree: Tree) -> None:
    tree.package("a", hashes(6), _pinned("a", 1, 4))
    task = tree.task("a")
    report = task.run()
    assert report.status == "verified"
    assert [site.fingerprint for site in report.kept] == [
        task.batch.sites[n].fingerprint for n in (0, 2, 3, 5)
    ]
    assert [entry.site for entry in report.dropped] == [task.batch.sites[n] for n in (1, 4)]
    ((path, before, after),) = report.files
    assert (path, before) == (task.batch.files[0].path, task.batch.files[0].before)
    assert (after.count(b"md5"), after.count(b"sha256")) == (2, 4)
    assert "has changed" in report.dropped[0].tail
    assert report.checks[0].after == "green"
    assert report.complete


def test_one_culprit_among_64_takes_at_most_15_runs(tree: Tree) -> None:
    """All runs of the command count: before, after, again, and those of the search."""
    tree.package("a", hashes(64), _pinned("a", 41))
    report = tree.task("a").run()
    assert [entry.site.line for entry in report.dropped] == [4 + 4 * 41 + 1]
    assert len(report.kept) == 63
    assert len(tree.runs) <= 15
    assert report.checks[0].runs == len(tree.runs)


@pytest.mark.parametrize("culprit", [0, 31, 32, 63])
def test_wherever_it_stands(tree: Tree, culprit: int) -> None:
    tree.package("a", hashes(64), _pinned("a", culprit))
    report = tree.task("a", flaky_retries=3).run()
    assert [entry.site.line for entry in report.dropped] == [5 + 4 * culprit]
    assert len(tree.runs) <= 15


def test_what_a_dependent_pins_is_dropped_by_its_check(tree: Tree) -> None:
    tree.package("a", hashes(2), "import a_core\n")
    tree.package("b", "import a_core\n", _pinned("a", 1), "a")
    report = tree.task("a").run()
    assert report.status == "verified"
    (dropped,) = report.dropped
    assert (dropped.place.folder, dropped.command) == ("b", CHECK)
    assert dropped.place.why == "b, which needs `a` (b/pyproject.toml:4)"
    assert len(report.kept) == 1
    # What is left was run by the batch's own package, too.
    assert tree.runs[-1] == "a"


def test_red_before_judges_nothing_and_commits_nothing(tree: Tree) -> None:
    tree.package("a", hashes(2), "import a_core\n")
    tree.package("b", "import a_core\n", "raise SystemExit('never green')\n", "a")
    report = tree.task("a").run()
    assert report.status == "red-before"
    assert report.reason is not None
    assert f"{sys.executable} check.py` in b was red before the edits" in report.reason
    assert (report.files, report.kept, report.dropped) == ((), (), ())
    assert tree.runs == ["a", "b", "b"]
    assert [(row.before, row.after) for row in report.checks] == [
        ("green", "not-run"),
        ("red", "not-run"),
    ]
    assert "never green" in report.checks[1].tail


def test_what_is_missing_in_the_worktree_is_named(tree: Tree) -> None:
    tree.work.write(".gitignore", ".env.test\n_made.py\ndata/\n")
    tree.package("a", hashes(2), "import a_core\nopen('.env.test').read()\n")
    tree.work.write("a/.env.test", "x")
    task = tree.task("a")
    report = task.run()
    assert report.status == "red-before"
    assert report.missing == ("a/.env.test",)
    assert report.reason is not None
    assert report.reason.endswith("missing in the worktree: a/.env.test")
    assert replace(task, source=None).run().missing == ()


def test_a_generated_module_that_is_missing_is_named(tree: Tree) -> None:
    tree.work.write(".gitignore", "_made.py\n")
    tree.package("a", hashes(2), "import a_core\nimport a_core._made\n")
    tree.work.write("a/a_core/_made.py", "")
    assert tree.task("a").run().missing == ("a/a_core/_made.py",)


def test_a_flaky_command_is_named_and_judges_all_the_same(tree: Tree) -> None:
    """Red the first time with the edits, green the second time with nothing changed."""
    flaky = f"import a_core\nassert len(open({str(tree.log)!r}).read().split()) != 2, 'by chance'\n"
    tree.package("a", hashes(3), flaky)
    report = tree.task("a").run()
    assert (report.status, report.dropped) == ("verified", ())
    (row,) = report.checks
    assert (row.flaky, row.runs, row.before, row.after) == (True, 3, "green", "green")
    assert "by chance" in row.tail


def test_a_command_that_was_flaky_before_is_no_reason_to_stop(tree: Tree) -> None:
    flaky = f"import a_core\nassert len(open({str(tree.log)!r}).read().split()) != 1, 'by chance'\n"
    tree.package("a", hashes(3), flaky)
    report = tree.task("a").run()
    assert (report.status, report.checks[0].flaky, tree.runs) == ("verified", True, ["a"] * 3)


def test_a_batch_of_which_nothing_is_left(tree: Tree) -> None:
    tree.package("a", hashes(2), _pinned("a", 0, 1))
    report = tree.task("a").run()
    assert report.status == "dropped-all"
    assert report.reason == f"every edit turns `{sys.executable} check.py` in a red"
    assert (report.files, report.kept, len(report.dropped)) == ((), (), 2)
    assert report.checks[0].after == "red"


def test_a_command_that_is_red_the_second_time_anyway_accuses_no_edit(tree: Tree) -> None:
    once = "import a_core\nopen(os.path.join(os.environ['ONCE'], 'made'), 'x')\n"
    tree.package("a", hashes(2), once)
    folder = tree.top.parent / "once"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ONCE", str(folder))
        report = tree.task("a").run()
    assert (report.status, report.dropped) == ("red-before", ())
    assert report.reason is not None
    assert "was green, then red with nothing changed: it cannot judge" in report.reason


@pytest.mark.parametrize("when", ["before", "with"])
def test_a_command_that_does_not_end(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    events = tree.top.parent / "events"
    monkeypatch.setattr(timed_command, "time", EventClock(events))
    hangs = f"open({str(events)!r}, 'a').write('.'); import subprocess; subprocess.run(['sleep', '3600'])"
    if when == "with":
        hangs = f"import a_core\nif a_core.h0(b'a') != {MD5_OF_A!r}:\n    {hangs}"
    tree.package("a", hashes(2), f"{hangs}\n")
    report = tree.task("a", flaky_retries=0).run()
    assert (report.status, report.files) == ("timeout", ())
    assert (
        report.reason == f"`{sys.executable} check.py` in a did not end in 600 s {when} the edits"
    )


def test_without_a_run_before_a_red_one_is_looked_at_all_the_same(tree: Tree) -> None:
    tree.package("a", hashes(2), _pinned("a", 1))
    report = tree.task("a", baseline_run=False, flaky_retries=0).run()
    assert (report.status, len(report.kept), len(report.dropped)) == ("verified", 1, 1)
    tree.package("a", hashes(2), "raise SystemExit(1)\n")
    assert tree.task("a", baseline_run=False).run().status == "red-before"


def test_the_checks_of_the_host_decide(tree: Tree) -> None:
    tree.package("a", hashes(2), "raise SystemExit(1)\n")
    task = tree.task("a", by="host")
    report = task.run()
    assert (report.status, report.kept, tree.runs) == ("unverified", task.batch.sites, [])
    assert report.files == tuple((f.path, f.before, f.after) for f in task.batch.files)


def test_what_packages_configure_is_run_where_the_campaign_has_no_commands(tree: Tree) -> None:
    tree.package("a", hashes(2), _pinned("a", 0))
    tree.package("b", "import a_core\n", "import a_core\n", "a")
    task = tree.task("a", commands=(), python=(sys.executable,))
    task = replace(task, configured=(("a", (f"{sys.executable} check.py && true",)),))
    report = task.run()
    assert (report.status, len(report.kept), len(report.dropped)) == ("verified", 1, 1)
    assert [(row.place.folder, row.command[:2], row.after) for row in report.checks] == [
        ("a", ("sh", "-c"), "green"),
        ("b", (), "not-run"),
    ]


def test_without_any_command_nothing_is_called_verified(tree: Tree) -> None:
    tree.package("a", hashes(2), "")
    report = tree.task("a", commands=()).run()
    assert (report.status, report.files) == ("setup-failed", ())
    assert report.reason is not None
    assert "no command to run in any of its packages" in report.reason


def test_one_command_at_the_top_is_run_once_for_all(tree: Tree) -> None:
    tree.package("a", hashes(2), "import a_core\n")
    tree.package("b", "import a_core\n", "import a_core\n", "a")
    at_top = tree.task("a", commands=((sys.executable, "a/check.py"),), run_in="root").run()
    assert (at_top.status, len(at_top.checks), tree.runs) == ("verified", 1, ["slot-1"] * 2)
    named = tree.task(
        "a", commands=((sys.executable, "{folder}/check.py", "{package}"),), run_in="root"
    )
    assert [row.command[1:] for row in named.run().checks] == [
        ("a/check.py", "a"),
        ("b/check.py", "b"),
    ]


def test_a_command_that_does_not_exist_is_one_line(tree: Tree) -> None:
    tree.package("a", hashes(2), "")
    report = tree.task("a", commands=(("nonesuch-tool", "-q"),)).run()
    assert (report.status, report.files) == ("setup-failed", ())
    assert report.reason is not None
    assert "nonesuch-tool" in report.reason
    assert "\n" not in report.reason


def test_a_batch_whose_files_are_gone_is_one_line(tree: Tree) -> None:
    tree.package("a", hashes(2), "import a_core\n")
    task = tree.task("a")
    tree.work.git("rm", "-rq", "a")
    report = replace(task, commit=tree.commit()).run()
    assert report.status == "setup-failed"
    assert report.reason is not None
    assert "plan the campaign again" in report.reason
    gone = replace(task, commit="0" * 40).run()
    assert gone.status == "setup-failed"


def test_logs_mask_the_environment(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "s3cr3t-of-the-environment")
    check = _pinned("a", 0) + "\n"
    tree.package("a", hashes(2), "print('have', os.environ['DEPLOY_TOKEN'], 'id-4711')\n" + check)
    report = tree.task("a", mask=(r"id-\d+",)).run()
    (dropped,) = report.dropped
    assert "have $DEPLOY_TOKEN ***" in dropped.tail
    assert "s3cr3t" not in repr(report)
    # Nor does a log say where this machine keeps its work trees.
    assert os.environ["FIXAUDIT_CACHE_DIR"] not in repr(report)
    assert 'File "a/check.py"' in dropped.tail


def test_what_setup_printed_is_masked_in_the_reason(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDEX_PASSWORD", "hunter2-of-the-index")
    tree.package("a", hashes(2), "import a_core\n")
    setup = ("sh", "-c", "echo no access with $INDEX_PASSWORD; exit 1")
    task = tree.task("a")
    report = replace(task, worktree=replace(task.worktree, setup=(setup,))).run()
    assert report.status == "setup-failed"
    assert report.reason is not None
    assert report.reason.endswith("no access with $INDEX_PASSWORD")
    assert "hunter2" not in report.reason
    assert tree.runs == []


def test_killed_it_leaves_no_process_and_the_next_run_no_work_tree(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONCE", str(tree.top.parent / "once"))
    os.mkfifo(tree.top.parent / "alive")
    alive = os.open(tree.top.parent / "alive", os.O_RDONLY | os.O_NONBLOCK)
    deadly = (
        "import signal, subprocess\nimport a_core\n"
        "if not os.path.exists(os.environ['ONCE']):\n"
        "    open(os.environ['ONCE'], 'x').close()\n"
        f"    out = open({str(tree.top.parent / 'alive')!r}, 'wb')\n"
        "    os.kill(os.getppid(), signal.SIGKILL)\n"
        "    subprocess.run(['sleep', '3600'], stdout=out)\n"
    )
    tree.package("a", hashes(2), deadly)
    task = tree.task("a")
    child = os.fork()
    if child == 0:
        task.run()
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert select.select([alive], [], [], 60)[0]  # nobody holds it any more
    assert os.read(alive, 1) == b""
    os.close(alive)
    listed = ("worktree", "list", "--porcelain")
    assert tree.work.git(*listed).count("worktree ") == 2
    assert task.run().status == "verified"
    assert tree.work.git(*listed).count("worktree ") == 1
    assert tree.work.git("status", "--porcelain") == ""


def test_batches_are_verified_side_by_side(tree: Tree) -> None:
    tree.package("a", hashes(2), "import a_core\n")
    task = tree.task("a")
    children = []
    for number in range(3):
        child = os.fork()
        if child == 0:
            report = task.run()
            (tree.top.parent / f"report-{number}").write_bytes(pickle.dumps(report))
            os._exit(0)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    reports = [pickle.loads(path.read_bytes()) for path in tree.top.parent.glob("report-*")]
    assert [report.status for report in reports] == ["verified"] * 3, reports
    assert tree.work.git("worktree", "list", "--porcelain").count("worktree ") == 1


def test_equal_tasks_at_two_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Tree(tmp_path / "one", monkeypatch)
    tree.package("a", hashes(4), _pinned("a", 2))
    tree.package("b", "import a_core\n", "import a_core\n", "a")
    first = tree.task("a")
    other = tmp_path / "elsewhere" / "clone"
    tree.work.git("clone", "--quiet", str(tree.top), str(other))
    second = replace(first, tree=SharedPath(str(other)), source=str(other))
    assert first.key == second.key
    assert pickle.loads(pickle.dumps(first)) == first
    one, two = first.run(), second.run()
    assert one == two
    assert (one.digest, one.status, len(one.dropped)) == (two.digest, "verified", 1)


def test_a_worker_takes_the_commit_from_git(tree: Tree) -> None:
    tree.package("a", hashes(4), _pinned("a", 2))
    task = tree.task("a")
    remote = replace(task, tree=GitTree(str(tree.top), task.commit), source=None)
    assert (remote.key, remote.run()) == (task.key, task.run())
    named = replace(task, tree=GitTree("https://ada:hunter2@example.org/x", task.commit))
    report = named.run()
    assert report.status == "setup-failed"
    assert "hunter2" not in repr(report)


def test_the_key_is_of_what_the_value_depends_on(tree: Tree) -> None:
    tree.package("a", hashes(2), "import a_core\n")
    task = tree.task("a")
    others: list[Verify] = [
        replace(task, commit="0" * 40),
        replace(task, stamp=replace(task.stamp, config="other")),
        replace(task, verify=replace(task.verify, flaky_retries=5)),
        replace(task, places=()),
        replace(task, configured=(("a", ("true",)),)),
        replace(task, batch=replace(task.batch, files=())),
        replace(task, worktree=replace(task.worktree, copy=("x",))),
    ]
    assert len({each.key for each in (task, *others)}) == len(others) + 1
    assert isinstance(task, Task)
    assert task.parts() == ()
    assert task.failed("it ended two processes").status == "crashed"
