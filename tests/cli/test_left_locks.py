"""Git's locks after a kill: those of the killed run go, another's stay and are told of."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from projects import DONE, MODULE, fixaudit, make_project
from repositories import ENVIRONMENT, Work

from fixaudit_cli.app import run

_SCRIPT = Path(__file__).with_name("faulty_run.py")
_COMMIT = "fixaudit_cli.git.commit"
_LOCK = "fixaudit_cli.git.index_lock:IndexLock"
BEFORE = {
    "an index half done": f"{_COMMIT}:follow",
    "an empty index": f"{_LOCK}.write",
    "the branch next": f"{_COMMIT}:move_branch",
    "the branch prepared": "fixaudit_cli.git.move_branch:_committed",
}
"""Moments under the lock of the index, before the branch moves."""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(make_project(tmp_path / "p", a=MODULE, b=MODULE, staged="y = 1\n"))
    work.git("init", "--quiet", "--initial-branch=main")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "first")
    work.write("staged.py", "y = 2\n")
    work.git("add", "staged.py")
    return work


def killed(work: Work, *arguments: str) -> None:
    """Run the command line with a process group of its own, which is killed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=work.top,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done


def killed_at(work: Work, point: str) -> None:
    """Kill a commit right before it calls `point`."""
    killed(work, str(_SCRIPT), point, "kill", "apply", "a.py", "--commit")


def locks(work: Work) -> set[str]:
    git = work.top / ".git"
    return {path.relative_to(git).as_posix() for path in git.rglob("*.lock")}


def assert_in_order(work: Work) -> None:
    """No lock and no second name is left, and only what the user staged is staged."""
    assert locks(work) == set()
    assert not list((work.top / ".git").glob("fixaudit-*"))
    assert work.git("diff", "--cached", "--name-only").split() == ["staged.py"]
    assert work.git("fsck", "--no-dangling") == ""


@pytest.mark.parametrize("verb", ["resume", "undo"])
@pytest.mark.parametrize("point", BEFORE.values(), ids=BEFORE)
def test_a_kill_before_the_branch_moves_takes_its_locks_along(
    work: Work, point: str, verb: str
) -> None:
    head = work.git("rev-parse", "HEAD")
    killed_at(work, point)
    assert "index.lock" in locks(work)
    done = fixaudit(work.top, verb)
    assert done.code == 0
    assert f"removed {work.top}/.git/index.lock" in done.notes
    assert_in_order(work)
    assert work.git("rev-parse", "HEAD") == head
    assert (work.top / "a.py").read_text() == (DONE if verb == "resume" else MODULE)


def test_the_locks_of_a_prepared_branch_are_known(work: Work) -> None:
    killed_at(work, BEFORE["the branch prepared"])
    assert locks(work) == {"index.lock", "HEAD.lock", "refs/heads/main.lock"}


@pytest.mark.parametrize("verb", ["resume", "undo"])
def test_the_index_follows_a_branch_that_has_moved(work: Work, verb: str) -> None:
    killed_at(work, f"{_LOCK}.replace")
    assert locks(work) == {"index.lock"}
    assert fixaudit(work.top, verb).code == 0
    assert_in_order(work)
    assert work.git("show", "HEAD:a.py") == DONE
    assert work.git("diff", "--name-only").split() == ([] if verb == "resume" else ["a.py"])


def test_the_lock_of_head_goes_after_a_kill_amid_the_move_of_the_branch(work: Work) -> None:
    killed_at(work, BEFORE["the branch prepared"])
    branch = work.top / ".git/refs/heads/main"
    os.replace(f"{branch}.lock", branch)  # what git does next, of its last two steps
    assert fixaudit(work.top, "resume").code == 0
    assert_in_order(work)
    assert work.git("show", "HEAD:a.py") == DONE


@pytest.mark.parametrize("verb", ["resume", "undo"])
def test_a_lock_that_another_took_since_stays_and_is_told_of(work: Work, verb: str) -> None:
    killed_at(work, f"{_LOCK}.write")
    lock = work.top / ".git/index.lock"
    lock.unlink()
    lock.write_text("theirs")
    done = fixaudit(work.top, verb)
    assert done.code == 0
    told = [line for line in done.notes.splitlines() if str(lock) in line]
    assert len(told) == 1
    assert f"when none runs any more, `rm {lock}`" in told[0]
    assert lock.read_text() == "theirs"
    lock.unlink()
    assert_in_order(work)


def test_locks_that_nobody_can_tell_apart_stay_and_are_told_of(work: Work) -> None:
    work.hook("reference-transaction", '[ "$1" = prepared ] && kill -9 0; exit 0')
    killed(work, "-m", "fixaudit_cli", "apply", "a.py", "--commit")
    git = work.top / ".git"
    held = {"HEAD.lock", "refs/heads/main.lock"}
    assert locks(work) == {"index.lock", *held}
    done = fixaudit(work.top, "undo")
    assert locks(work) == held
    for name in held:
        assert done.notes.count(f"`rm {git / name}`") == 1
        (git / name).unlink()
    assert_in_order(work)


def test_git_takes_its_locks_away_where_we_alone_are_killed(work: Work) -> None:
    git = work.top / ".git"
    parent = "sed -n 's/^PPid:[^0-9]*//p' /proc/$PPID/status"
    work.hook(
        "reference-transaction",
        f'[ "$1" = prepared ] && echo $PPID > .git/pid && kill -9 $({parent}); exit 0',
    )
    head = work.git("rev-parse", "HEAD")
    killed(work, "-m", "fixaudit_cli", "apply", "a.py", "--commit")
    with suppress(ProcessLookupError):
        update = os.pidfd_open(int((git / "pid").read_text()))
        select.select([update], [], [])
        os.close(update)
    assert locks(work) == {"index.lock"}
    assert work.git("rev-parse", "HEAD") == head
    (git / "hooks/reference-transaction").unlink()
    assert fixaudit(work.top, "undo").code == 0
    assert_in_order(work)


@pytest.mark.parametrize("name", ["HEAD.lock", "refs/heads/main.lock", "index.lock"])
def test_a_commit_names_the_lock_in_its_way(work: Work, name: str) -> None:
    lock = work.top / ".git" / name
    lock.write_text("theirs")
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert done.code == 2
    said = [line for line in done.notes.splitlines() if str(lock) in line]
    assert len(said) == 1
    assert said[0].startswith("fixaudit: error:")
    assert f"`rm {lock}`" in said[0]
    assert lock.read_text() == "theirs"
    lock.unlink()
    assert_in_order(work)


def test_a_refused_apply_names_the_locks_that_resume_removes(work: Work) -> None:
    killed_at(work, BEFORE["the branch prepared"])
    work.write("a.py", MODULE + "# mine\n")
    done = fixaudit(work.top, "apply", "--commit")
    assert done.code == 2
    assert len(locks(work)) == 3
    for name in locks(work):
        assert f"left {work.top}/.git/{name}; `fixaudit resume` removes it" in done.notes


def test_another_ledger_does_not_know_the_lock(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_at(work, f"{_LOCK}.write")
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "other"))
    assert fixaudit(work.top, "apply", "b.py").code == 0
    done = fixaudit(work.top, "undo")
    assert done.code == 0
    assert f"`rm {work.top}/.git/index.lock`" in done.notes
    assert locks(work) == {"index.lock"}


def test_a_commit_without_hard_links(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    monkeypatch.chdir(work.top)
    assert run(["apply", "a.py", "--commit"]) == 0
    assert work.git("show", "HEAD:a.py") == DONE
    assert_in_order(work)
