"""Another `git commit` at the same moment: branch, index and the user's files keep what is theirs.

The moments are those at which git itself is started: a `git` in front of the real one commits
between two commands of fixaudit, once, before or after the command that the test names.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from projects import DONE, MODULE, fixaudit, make_project
from repositories import ENVIRONMENT, Work

# The commands of a commit, in order; after the last the branch has moved.
COMMANDS = [
    *("symbolic-ref", "read-tree", "ls-files --stage", "hash-object -w", "update-index -z"),
    *("write-tree", "hook run", "stripspace", "commit-tree", "diff-tree"),
]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(make_project(tmp_path / "p", a=MODULE, b=MODULE, mine="x = 1\n", staged="y = 1\n"))
    work.git("init", "--quiet", "--initial-branch=main")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "first")
    work.write("staged.py", "y = 2\n")
    work.git("add", "staged.py")
    return work


def between(work: Work, monkeypatch: pytest.MonkeyPatch, moment: str, script: str) -> Path:
    """Let `script` run once, right before the first git command that holds `moment`.

    Returns the file that says that it did.
    """
    git = shutil.which("git")
    assert git is not None
    tools = work.top.parent / "tools"
    tools.mkdir()
    ran = tools / "ran"
    wrapper = tools / "git"
    wrapper.write_text(
        "#!/bin/sh\n"
        f'case " $* " in *" {moment} "*)\n'
        f'  if mkdir "{ran}" 2>/dev/null; then\n'
        f'    (cd "{work.top}" && unset GIT_INDEX_FILE GIT_DIR && PATH="{Path(git).parent}:$PATH"'
        f" && {script}) >/dev/null 2>&1 </dev/null\n"
        "  fi;;\n"
        "esac\n"
        f'exec "{git}" "$@"\n'
    )
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    return ran


def assert_nothing_of_theirs_is_lost(work: Work, theirs: str) -> None:
    """The other's commit is on the branch with its file, and what was staged still is."""
    assert theirs in work.git("log", "--format=%s")
    assert work.git("show", "HEAD:mine.py") == "x = 2\n"
    assert (work.top / "mine.py").read_text() == "x = 2\n"
    assert work.git("show", ":staged.py") == "y = 2\n"
    assert work.git("show", "HEAD:staged.py") == "y = 1\n"
    assert work.git("diff", "--cached", "--name-only").split() == ["staged.py"]
    assert not (work.top / ".git" / "index.lock").exists()
    assert work.git("fsck", "--no-dangling") == ""


COMMIT = "echo 'x = 2' > mine.py && git commit --quiet -m theirs mine.py"


@pytest.mark.parametrize("moment", [*COMMANDS, "update-ref"])
def test_a_commit_of_another_file_stays(
    work: Work, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    # Under the lock of the index git itself refuses, so its plumbing stands in for it there.
    script = COMMIT
    if moment in {"diff-tree", "update-ref"}:
        script = (
            "echo 'x = 2' > mine.py && export GIT_INDEX_FILE=.git/theirs && git read-tree HEAD"
            " && git add mine.py && git update-ref HEAD"
            " $(git commit-tree -p HEAD -m theirs $(git write-tree)) && rm .git/theirs"
        )
    ran = between(work, monkeypatch, moment, script)
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert ran.exists()
    assert "Traceback" not in done.notes
    assert (work.top / "a.py").read_text() == DONE
    if moment in {"diff-tree", "update-ref"}:
        work.git("update-index", "mine.py")  # their own index knew of it, ours cannot
    assert_nothing_of_theirs_is_lost(work, "theirs")
    if done.code == 0:
        assert work.git("show", "--name-only", "--format=", "HEAD").split() == ["a.py"]
        assert work.git("show", "HEAD:a.py") == DONE
        assert work.git("diff", "--name-only") == ""
    else:
        assert done.code == 2
        assert "the branch moved meanwhile" in done.notes
        assert "`fixaudit undo 1` takes them back" in done.notes
        assert work.git("show", "HEAD:a.py") == MODULE
        assert work.git("diff", "--name-only").split() == ["a.py"]
        assert fixaudit(work.top, "undo").code == 0
        assert work.git("diff", "--name-only") == ""


def test_a_pre_commit_hook_that_commits(work: Work) -> None:
    work.hook(
        "pre-commit",
        '[ -n "$FIXAUDIT_INNER" ] && exit 0\n'
        "export FIXAUDIT_INNER=1; unset GIT_INDEX_FILE\n" + COMMIT,
    )
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert done.code == 2
    assert "the branch moved meanwhile" in done.notes
    assert_nothing_of_theirs_is_lost(work, "theirs")
    assert (work.top / "a.py").read_text() == DONE


def test_a_pre_commit_hook_that_stages_something_of_the_users(work: Work) -> None:
    work.hook("pre-commit", "unset GIT_INDEX_FILE; echo 'x = 2' > mine.py; git add mine.py")
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert done.code == 0, done
    assert work.git("show", "--name-only", "--format=", "HEAD").split() == ["a.py"]
    assert work.git("diff", "--cached", "--name-only").split() == ["mine.py", "staged.py"]
    assert work.git("diff", "--name-only") == ""


@pytest.mark.parametrize("moment", ["symbolic-ref", "commit-tree"])
def test_a_branch_that_is_left_meanwhile(
    work: Work, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    between(work, monkeypatch, moment, "git switch --quiet -c other")
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert (
        work.git("rev-parse", "main", "other").split()[0] == work.git("rev-parse", "main").strip()
    )
    if moment == "symbolic-ref":
        assert done.code == 0
        assert work.git("show", "other:a.py") == DONE
    else:
        assert done.code == 2
        assert work.git("show", "other:a.py") == MODULE
    assert work.git("show", "main:a.py") == MODULE
    assert work.git("show", ":staged.py") == "y = 2\n"


def test_our_file_committed_with_something_of_theirs_keeps_it(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    between(
        *(work, monkeypatch, "symbolic-ref"),
        "echo '# theirs' >> a.py && git commit --quiet -m theirs a.py",
    )
    done = fixaudit(work.top, "apply", "a.py", "b.py", "--commit")
    assert done.code == 2
    assert "a.py was committed by somebody else meanwhile" in done.notes
    assert work.git("show", "HEAD:a.py") == DONE + "# theirs\n"
    assert work.git("log", "--format=%s").split() == ["theirs", "first"]
    assert work.git("diff", "--cached", "--name-only").split() == ["staged.py"]


def test_what_is_staged_of_our_file_meanwhile_stays_staged(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    between(work, monkeypatch, "commit-tree", "echo '# theirs' >> a.py && git add a.py")
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert done.code == 0, done
    assert work.git("show", "HEAD:a.py") == DONE
    assert work.git("show", ":a.py") == DONE + "# theirs\n"
    assert work.git("diff", "--name-only") == ""


def test_a_lock_of_the_index_leaves_the_branch(work: Work) -> None:
    lock = work.top / ".git" / "index.lock"
    work.hook("post-commit", "echo run >> .git/posted")
    lock.write_text("")
    head = work.git("rev-parse", "HEAD")
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert done.code == 2
    assert "another git process is at work here" in done.notes
    assert work.git("rev-parse", "HEAD") == head
    assert lock.exists()
    assert not (work.top / ".git" / "posted").exists()
    assert (work.top / "a.py").read_text() == DONE
    lock.unlink()
    assert work.git("diff", "--cached", "--name-only").split() == ["staged.py"]


def test_hooks_see_what_git_shows_them(work: Work) -> None:
    for name in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"):
        work.hook(name, f'echo "{name} $* $(git diff --cached --name-only)" >> .git/seen')
    assert fixaudit(work.top, "apply", "a.py", "--commit").code == 0
    assert (work.top / ".git" / "seen").read_text().splitlines() == [
        "pre-commit  a.py",
        "prepare-commit-msg .git/COMMIT_EDITMSG message a.py",
        "commit-msg .git/COMMIT_EDITMSG a.py",
        "post-commit  staged.py",
    ]
    assert work.git("reflog", "-1", "--format=%gs").startswith("commit: old-to-new")


def test_a_vetoed_move_of_the_branch_commits_nothing(work: Work) -> None:
    head = work.git("rev-parse", "HEAD")
    work.hook("reference-transaction", '[ "$1" = prepared ] && exit 1; exit 0')
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert done.code == 2
    assert "update-ref failed" in done.notes
    assert work.git("rev-parse", "HEAD") == head
    assert work.git("diff", "--cached", "--name-only").split() == ["staged.py"]


def test_a_git_without_its_hook_command_runs_the_hooks_all_the_same(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = shutil.which("git")
    tools = work.top.parent / "old"
    tools.mkdir()
    wrapper = tools / "git"
    wrapper.write_text(
        "#!/bin/sh\n"
        'for word in "$@"; do case "$word" in\n'
        '  version) echo "git version 2.34.1"; exit 0;;\n'
        '  hook) echo "git: no such command" >&2; exit 1;;\n'
        f'esac; done\nexec "{git}" "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    work.hook("commit-msg", 'echo "Signed: hook" >> "$1"')
    assert fixaudit(work.top, "apply", "a.py", "--commit").code == 0
    assert "Signed: hook" in work.git("log", "-1", "--format=%B")
    work.hook("pre-commit", "echo not today >&2; exit 1")
    done = fixaudit(work.top, "apply", "b.py", "--commit")
    assert done.code == 2
    assert "not today" in done.notes
