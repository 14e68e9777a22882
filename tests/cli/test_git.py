"""What git is asked: repository or none, dirty files, changed files and lines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from repositories import ENVIRONMENT, Work

from fixaudit.files.git_changed_lines import changed_lines
from fixaudit.files.git_repository import (
    GitError,
    base,
    changed,
    find_repository,
    fork_point,
    since,
    staged,
)
from fixaudit_cli.git.dirt import dirty


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    top = tmp_path / "work tree"
    top.mkdir()
    repo = Work(Path(os.path.realpath(top)))
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.commit(a="1\n2\n3\n", b="b\n", pkg__c="c\n")
    return repo


def _names(work: Work, paths: object) -> list[str]:
    assert isinstance(paths, frozenset | tuple)
    return sorted(path.relative_to(work.top).as_posix() for path in paths)


def _dirty(work: Work, paths: list[Path]) -> list[str]:
    return _names(work, tuple(row.path for row in dirty(work.repository, paths)))


def test_no_repository_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert find_repository(tmp_path) is None


def test_no_git_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_repository(tmp_path) is None


def test_a_repository_is_found_from_below(work: Work) -> None:
    found = find_repository(work.top / "pkg")
    assert found is not None
    assert found.top == work.top


def test_a_repository_git_will_not_read_is_an_error(work: Work) -> None:
    (work.top / ".git" / "config").write_text("[core\n")
    with pytest.raises(GitError, match="git cannot read the repository"):
        find_repository(work.top)


def test_dirty_is_modified_staged_or_untracked_among_the_given(work: Work) -> None:
    paths = [
        work.write("a.py", "changed\n"),
        work.write("b.py", "staged\n"),
        work.top / "pkg/c.py",
        work.write("ümläut new.py", "x"),
        work.write("ignored.py", "x"),
        Path("/elsewhere.py"),
    ]
    work.git("add", "b.py")
    work.write("other.py", "not asked for")
    work.write(".gitignore", "ignored.py\n")
    assert _dirty(work, paths) == ["a.py", "b.py", "ümläut new.py"]
    assert dirty(work.repository, [work.top / "pkg/c.py"]) == ()


def test_a_file_only_touched_is_neither_dirty_nor_changed(work: Work) -> None:
    os.utime(work.top / "a.py", (1, 1))
    assert dirty(work.repository, [work.top / "a.py"]) == ()
    os.utime(work.top / "a.py", (2, 2))
    assert changed(work.repository) == frozenset()


def test_changed_and_staged(work: Work) -> None:
    work.write("a.py", "changed\n")
    work.write("b.py", "staged\n")
    work.git("add", "b.py")
    work.write("new.py", "x\n")
    (work.top / "pkg/c.py").unlink()
    assert _names(work, changed(work.repository)) == ["a.py", "b.py", "new.py"]
    assert _names(work, staged(work.repository)) == ["b.py"]


def test_before_the_first_commit_everything_is_changed(work: Work) -> None:
    work.git("update-ref", "-d", "HEAD")
    assert base(work.repository) != "HEAD"
    assert _names(work, staged(work.repository)) == ["a.py", "b.py", "pkg/c.py"]
    assert changed_lines(work.repository, index=True)[work.top / "a.py"] == ((1, 3),)


def test_since_counts_from_where_the_branch_left(work: Work) -> None:
    work.git("checkout", "--quiet", "-b", "feature")
    work.commit(b="mine\n")
    work.git("checkout", "--quiet", "main")
    work.commit(a="theirs\n")
    work.git("checkout", "--quiet", "feature")
    work.write("pkg/c.py", "uncommitted\n")
    assert _names(work, since(work.repository, "main")) == ["b.py", "pkg/c.py"]
    assert _names(work, since(work.repository, "HEAD~1")) == ["b.py", "pkg/c.py"]
    lines = changed_lines(work.repository, fork_point(work.repository, "main"))
    assert sorted(lines) == [work.top / "b.py", work.top / "pkg/c.py"]
    work.git("mv", "b.py", "moved.py")
    moved = ["moved.py", "pkg/c.py"]
    assert _names(work, since(work.repository, "main")) == moved
    assert _names(work, since(work.repository, "main", deleted=True)) == ["b.py", *moved]


@pytest.mark.parametrize("revision", ["nowhere", "--output=stolen", "main..main"])
def test_an_unknown_revision_is_an_error(work: Work, revision: str) -> None:
    with pytest.raises(GitError, match="git knows no commit"):
        since(work.repository, revision)
    assert not (work.top / "stolen").exists()


def test_changed_lines_are_those_added_or_rewritten(work: Work) -> None:
    work.commit(a="".join(f"{n}\n" for n in range(1, 21)))
    kept = [str(n) for n in range(1, 21) if n != 18]
    kept[2:4] = ["three", "four"]
    kept[9:9] = ["new", "+++ b/not/a/header", "@@ -1 +1 @@"]
    work.write("a.py", "\n".join([*kept, "last"]))
    assert changed_lines(work.repository)[work.top / "a.py"] == ((3, 4), (10, 12), (23, 23))


def test_settings_of_the_user_do_not_matter(work: Work) -> None:
    for name, value in {
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.context": "9",
        "diff.interHunkContext": "9",
        "color.ui": "always",
        "diff.external": "false",
    }.items():
        work.git("config", name, value)
    work.write("a.py", "one\n2\nthree\n")
    assert changed_lines(work.repository) == {work.top / "a.py": ((1, 1), (3, 3))}
    assert _names(work, changed(work.repository)) == ["a.py"]


@pytest.mark.parametrize(
    "name", ["with space.py", 'quo"te.py', "tab\tname.py", "grüße.py", "b\\s.py"]
)
def test_odd_names_come_back_whole(work: Work, name: str) -> None:
    path = work.write(name, "1\n")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "odd")
    path.write_text("1\n2")
    assert changed_lines(work.repository) == {path: ((2, 2),)}
    assert changed(work.repository) == {path}
    assert _dirty(work, [path]) == [name]


def test_untracked_files_count_whole_and_removed_lines_not_at_all(work: Work) -> None:
    work.write("new.py", "1\n2\n")
    work.write("a.py", "1\n3\n")
    lines = changed_lines(work.repository)
    assert lines[work.top / "new.py"] == ((1, 3),)
    assert lines[work.top / "a.py"] == ()


def test_staged_lines_are_those_of_the_index(work: Work) -> None:
    work.write("a.py", "1\ntwo\n3\n")
    work.git("add", "a.py")
    work.write("a.py", "1\ntwo\nthree\n")
    assert changed_lines(work.repository, index=True) == {work.top / "a.py": ((2, 2),)}
