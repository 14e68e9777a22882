"""Commits that hold the given files and nothing else, and leave the user's index as it was."""

from __future__ import annotations

import os
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from repositories import ENVIRONMENT, Work

from fixaudit.files.git_repository import GitError, Repository
from fixaudit_cli.git.commit import append_blame_ignore_revs, commit_contents


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    repo = Work(Path(os.path.realpath(tmp_path)))
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.commit(a="a\n", b="b\n", pkg__c="c\n", d="d\n")
    return repo


def _commit(repository: Repository, paths: list[Path], message: str) -> str | None:
    """Commit what the files hold in the work tree."""
    return commit_contents(repository, {path: path.read_bytes() for path in paths}, message, "t")


def _in_head(work: Work) -> list[str]:
    return work.git("show", "--name-only", "--format=", "HEAD").split()


def test_only_the_given_files_are_committed(work: Work) -> None:
    work.write("a.py", "A\n")
    work.write("b.py", "B\n")
    new = _commit(work.repository, [work.top / "a.py"], "md5-to-sha256: do it\n\nWhy.\n")
    assert new == work.git("rev-parse", "HEAD").strip()
    assert _in_head(work) == ["a.py"]
    assert work.git("show", "HEAD:a.py") == "A\n"
    assert work.git("log", "-1", "--format=%B").strip() == "md5-to-sha256: do it\n\nWhy."
    assert work.git("status", "--porcelain") == " M b.py\n"


def test_what_is_staged_stays_staged(work: Work) -> None:
    work.write("b.py", "staged\n")
    work.write("new.py", "new\n")
    work.git("add", "b.py", "new.py")
    work.git("rm", "--quiet", "d.py")
    work.write("b.py", "staged and more\n")
    work.write("a.py", "A\n")
    before = work.git("status", "--porcelain").replace(" M a.py\n", "")
    _commit(work.repository, [work.top / "a.py"], "m")
    assert _in_head(work) == ["a.py"]
    assert work.git("status", "--porcelain") == before == "MM b.py\nD  d.py\nA  new.py\n"
    assert work.git("show", ":b.py") == "staged\n"


def test_what_is_staged_of_the_same_file_stays_staged(work: Work) -> None:
    work.write("a.py", "half\n")
    work.git("add", "a.py")
    work.write("a.py", "whole\n")
    _commit(work.repository, [work.top / "a.py"], "m")
    assert work.git("show", "HEAD:a.py") == "whole\n"
    assert work.git("show", ":a.py") == "half\n"
    assert (work.top / "a.py").read_text() == "whole\n"


def test_nothing_to_commit_is_none(work: Work) -> None:
    head = work.git("rev-parse", "HEAD")
    assert _commit(work.repository, [work.top / "a.py"], "m") is None
    assert work.git("rev-parse", "HEAD") == head


def test_the_first_commit_of_a_repository(tmp_path: Path, work: Work) -> None:
    top = tmp_path / "fresh"
    top.mkdir()
    fresh = Work(Path(os.path.realpath(top)))
    fresh.git("init", "--quiet")
    fresh.write("a.py", "a\n")
    fresh.write("b.py", "b\n")
    assert _commit(fresh.repository, [fresh.top / "a.py"], "m")
    assert _in_head(fresh) == ["a.py"]
    assert fresh.git("status", "--porcelain") == "?? b.py\n"


def test_hooks_run_and_may_add(work: Work) -> None:
    work.hook(
        "pre-commit", "echo log > hook.txt; git add hook.txt; git diff --cached --name-only > seen"
    )
    work.hook("commit-msg", 'echo "Signed: hook" >> "$1"')
    work.write("a.py", "A\n")
    work.write("b.py", "B\n")
    work.git("add", "b.py")
    _commit(work.repository, [work.top / "a.py"], "m")
    assert (work.top / "seen").read_text() == "a.py\nhook.txt\n"
    assert _in_head(work) == ["a.py", "hook.txt"]
    assert "Signed: hook" in work.git("log", "-1", "--format=%B")
    assert work.git("status", "--porcelain") == "M  b.py\n?? seen\n"


def test_a_hook_that_refuses_leaves_everything(work: Work) -> None:
    work.hook("pre-commit", 'echo "no prints please" >&2; exit 1')
    work.write("a.py", "A\n")
    work.write("b.py", "B\n")
    work.git("add", "b.py")
    head = work.git("rev-parse", "HEAD")
    with pytest.raises(GitError, match="no prints please"):
        _commit(work.repository, [work.top / "a.py"], "m")
    assert work.git("rev-parse", "HEAD") == head
    assert work.git("status", "--porcelain") == " M a.py\nM  b.py\n"
    assert (work.top / "a.py").read_text() == "A\n"


def test_several_commits_share_one_rewritten_file(work: Work) -> None:
    path = work.top / "a.py"
    path.chmod(0o755)
    work.git("commit", "--quiet", "-am", "mode")
    work.write("a.py", "first second\n")
    commit_contents(work.repository, {path: b"first a\n"}, "one", "t")
    assert work.git("status", "--porcelain") == " M a.py\n"
    assert path.read_text() == "first second\n"
    _commit(work.repository, [path], "two")
    assert work.git("status", "--porcelain") == ""
    assert work.git("log", "-2", "--format=%s").split() == ["two", "one"]
    assert work.git("show", "HEAD~1:a.py") == "first a\n"
    assert work.git("ls-tree", "HEAD", "a.py").startswith("100755")


def test_contents_pass_through_the_filters(work: Work) -> None:
    work.write(".gitattributes", "*.py text eol=crlf\n")
    commit_contents(work.repository, {work.top / "a.py": b"A\r\nB\r\n"}, "m", "t")
    assert work.git("cat-file", "-p", "HEAD:a.py") == "A\nB\n"


def test_a_merge_is_not_concluded(work: Work) -> None:
    work.git("checkout", "--quiet", "-b", "other")
    work.commit(b="other\n")
    work.git("checkout", "--quiet", "main")
    work.git("merge", "--no-commit", "--no-ff", "other")
    work.write("a.py", "A\n")
    with pytest.raises(GitError, match="a merge is under way"):
        _commit(work.repository, [work.top / "a.py"], "m")
    assert (work.top / ".git" / "MERGE_HEAD").exists()


def test_a_path_outside_is_an_error(work: Work) -> None:
    with pytest.raises(GitError, match="outside the repository"):
        commit_contents(work.repository, {Path("/elsewhere/a.py"): b""}, "m", "t")


def test_a_linked_work_tree_has_an_index_of_its_own(work: Work) -> None:
    work.git("worktree", "add", "--quiet", "-b", "side", str(work.top / "side"))
    side = Work(work.top / "side")
    side.write("b.py", "staged\n")
    side.git("add", "b.py")
    side.write("a.py", "A\n")
    _commit(side.repository, [side.top / "a.py"], "m")
    assert side.git("status", "--porcelain") == "M  b.py\n"
    assert work.git("show", "HEAD:a.py") == "a\n"


def test_blame_ignore_lists_each_commit_once(work: Work) -> None:
    file = work.write(".git-blame-ignore-revs", "# older\n" + "1" * 40)
    two = {"2" * 40: "print-to-logging: 4 sites", "1" * 40: "listed already"}
    assert append_blame_ignore_revs(work.repository, two) == file
    append_blame_ignore_revs(work.repository, two)
    expected = f"# older\n{'1' * 40}\n# print-to-logging: 4 sites\n{'2' * 40}\n"
    assert file.read_text() == expected


def test_git_blame_takes_the_file(work: Work) -> None:
    work.write("a.py", "A\n")
    sha = _commit(work.repository, [work.top / "a.py"], "m")
    assert sha is not None
    file = append_blame_ignore_revs(work.repository, {sha: "m"})
    blamed = work.git("blame", "--porcelain", "--ignore-revs-file", str(file), "a.py")
    assert not blamed.startswith(sha)


def test_git_is_asked_for_its_version_once_a_repository(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    attempt = Repository.attempt

    def counted(self: Repository, *arguments: str, **named: Any) -> CompletedProcess[bytes]:
        asked.append(arguments[0])
        return attempt(self, *arguments, **named)

    monkeypatch.setattr(Repository, "attempt", counted)
    for text in ("A\n", "B\n"):
        work.write("a.py", text)
        _commit(work.repository, [work.top / "a.py"], "m")
    assert (asked.count("version"), asked.count("commit-tree")) == (1, 2)
