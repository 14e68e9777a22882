"""Work trees outside of the user's tree, which stays as it is; what killed runs leave is cleared."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from repositories import Work, new_work

from fixaudit.files.git_repository import GitError, Repository
from fixaudit.worktrees.clones import Clones
from fixaudit.worktrees.worktree import Worktrees

HOLDER = """
import sys
from pathlib import Path
from fixaudit.files.git_repository import Repository
from fixaudit.worktrees.worktree import Worktrees
with Worktrees(Repository(Path(sys.argv[1])), Path(sys.argv[2])).at("HEAD", "one") as tree:
    print(tree, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A repository with two commits, and a tree that differs from the last one in every way."""
    work = new_work(tmp_path, monkeypatch)
    work.write(".gitignore", "*.log\n.venv/\n")
    work.commit(a="first = 1\n", pkg__b="b = 1\n")
    work.commit(a="second = 2\n")
    work.write("a.py", "staged = 3\n")
    work.git("add", "a.py")
    work.write("pkg/b.py", "edited = 4\n")
    work.write("new.py", "untracked = 5\n")
    work.write("run.log", "ignored\n")
    return work


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "trees"


def _state(work: Work) -> dict[str, bytes | str]:
    """All that a user sees of the tree, and the files that git keeps of it."""
    kept = {
        path.relative_to(work.top).as_posix(): path.read_bytes()
        for path in sorted(work.top.rglob("*"))
        if path.is_file() and "objects" not in path.parts
    }
    status = work.git("--no-optional-locks", "status", "--porcelain=v2", "--branch", "--ignored")
    return {**kept, "status": status, "trees": work.git("worktree", "list")}


def _files(tree: Path) -> dict[str, str]:
    return {
        path.relative_to(tree).as_posix(): path.read_text()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and path != tree / ".git"
    }


def _holder(work: Work, folder: Path) -> subprocess.Popen[str]:
    """A process that has the slot `one` in use."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, work.top, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == os.path.realpath(folder / "one")
    return process


def _kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_a_work_tree_holds_the_commit_and_the_users_tree_stays(work: Work, folder: Path) -> None:
    before = _state(work)
    with Worktrees(work.repository, folder) as trees:
        with trees.at("HEAD", "one") as tree:
            assert tree == Path(os.path.realpath(folder)) / "one"
            assert _files(tree) == {
                ".gitignore": "*.log\n.venv/\n",
                "a.py": "second = 2\n",
                "pkg/b.py": "b = 1\n",
            }
            assert Work(tree).git("branch", "--show-current") == ""
        assert not tree.exists()
        with trees.at("HEAD~1", "one") as tree:
            assert (tree / "a.py").read_text() == "first = 1\n"
    assert _state(work) == before
    assert not (work.top / ".git" / "worktrees").exists()
    assert trees.left == []


def test_a_kept_one_is_made_exact_again(work: Work, folder: Path) -> None:
    with Worktrees(work.repository, folder) as trees:
        with trees.at("HEAD", "one", keep=True) as tree:
            entry = (tree / ".git").stat().st_ino
            (tree / "a.py").write_text("edited\n")
            (tree / "pkg" / "b.py").unlink()
            (tree / "left.py").write_text("")
            (tree / "left.log").write_text("")
            (tree / ".venv").mkdir()
            (tree / ".venv" / "python").write_text("")
            Work(tree).git("add", "left.py")
        with trees.at("HEAD~1", "one", keep=True, spare=[".venv"]) as tree:
            assert (tree / ".git").stat().st_ino == entry
            assert _files(tree) == {
                ".gitignore": "*.log\n.venv/\n",
                ".venv/python": "",
                "a.py": "first = 1\n",
                "pkg/b.py": "b = 1\n",
            }
        assert tree.exists()
    assert not tree.exists()
    assert not (work.top / ".git" / "worktrees").exists()


def _onto_a_branch(tree: Path) -> None:
    Work(tree).git("checkout", "--quiet", "-b", "theirs")


def _without_a_pointer(tree: Path) -> None:
    (tree / ".git").unlink()


def _locked(tree: Path) -> None:
    index = Work(tree).git("rev-parse", "--git-path", "index").strip()
    Path(tree, f"{index}.lock").write_text("")


def _read_only(tree: Path) -> None:
    (tree / "left").mkdir()
    (tree / "left" / "file").write_text("")
    (tree / "left").chmod(0o500)


@pytest.mark.parametrize("spoil", [_onto_a_branch, _without_a_pointer, _locked, _read_only])
def test_an_odd_one_is_made_anew(work: Work, folder: Path, spoil: Callable[[Path], None]) -> None:
    with Worktrees(work.repository, folder) as trees:
        with trees.at("HEAD", "one", keep=True) as tree:
            spoil(tree)
        branches = work.git("for-each-ref", "--format=%(refname) %(objectname)")
        with trees.at("HEAD~1", "one", keep=True) as tree:
            assert sorted(_files(tree)) == [".gitignore", "a.py", "pkg/b.py"]
            assert (tree / "a.py").read_text() == "first = 1\n"
        assert work.git("for-each-ref", "--format=%(refname) %(objectname)") == branches
    assert not (work.top / ".git" / "worktrees").exists()


def test_one_in_use_is_refused_and_one_of_a_killed_process_is_cleared(
    work: Work, folder: Path
) -> None:
    before = _state(work)
    process = _holder(work, folder)
    with Worktrees(work.repository, folder) as trees:
        with (
            pytest.raises(GitError, match=rf"worktree in use: .*/one, by process {process.pid}; "),
            trees.at("HEAD", "one"),
        ):
            pass
        assert trees.remove_leftovers() == ()
        assert (folder / "one" / "a.py").exists()
        _kill(process)
        assert (folder / "one" / "a.py").exists()
        (folder / "kept").mkdir()
        assert trees.remove_leftovers() == ("one",)
        assert (folder / "kept").exists()
        assert _state(work) == before
        assert not (folder / "one").exists()
        assert trees.remove_leftovers() == ()


def test_a_killed_process_leaves_its_slot_to_the_next_one(work: Work, folder: Path) -> None:
    before = _state(work)
    _kill(_holder(work, folder))
    with Worktrees(work.repository, folder) as trees, trees.at("HEAD~1", "one") as tree:
        assert (tree / "a.py").read_text() == "first = 1\n"
    assert _state(work) == before


def test_entries_of_folders_that_are_gone_are_cleared_and_those_of_the_user_stay(
    work: Work, folder: Path, tmp_path: Path
) -> None:
    work.git("worktree", "add", "--quiet", "--detach", os.fspath(tmp_path / "users"))
    work.git("worktree", "add", "--quiet", "--detach", os.fspath(tmp_path / "moved" / "one"))
    (tmp_path / "moved" / "one").rename(tmp_path / "elsewhere")
    before = _state(work)
    _kill(_holder(work, folder))
    subprocess.run(["rm", "-r", folder], check=True)
    with Worktrees(work.repository, folder) as trees:
        assert trees.remove_leftovers() == ("one",)
    assert _state(work) == before
    entries = sorted(path.name for path in (work.top / ".git" / "worktrees").iterdir())
    assert entries == ["one", "users"]


def test_half_made_ones_are_cleared(work: Work, folder: Path) -> None:
    """As a kill leaves them: an entry that names no tree yet, and a folder without its pointer."""
    before = _state(work)
    _kill(_holder(work, folder))
    (folder / "one" / ".git").unlink()
    entry = work.top / ".git" / "worktrees" / "one"
    for name in ("gitdir", "HEAD", "commondir"):
        (entry / name).unlink()
    (entry / "locked").write_text("initializing\n")
    with Worktrees(work.repository, folder) as trees:
        assert trees.remove_leftovers() == ("one",)
    assert _state(work) == before


def test_many_at_once(work: Work, folder: Path) -> None:
    before = _state(work)

    def rounds(slot: str) -> list[str]:
        found = []
        for _ in range(5):
            with Worktrees(work.repository, folder).at("HEAD", slot) as tree:
                found.append((tree / "a.py").read_text())
        return found

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(rounds, "abcd"))
    assert found == [["second = 2\n"] * 5] * 4
    assert _state(work) == before


@pytest.mark.parametrize("hooks", [False, True])
def test_hooks_and_filters_run_only_where_they_are_wanted(
    work: Work, folder: Path, tmp_path: Path, hooks: bool
) -> None:
    noted = tmp_path / "noted"
    work.hook("post-checkout", f"echo hook >> {noted}")
    work.write(".gitattributes", "*.bin filter=note\n")
    work.write("data.bin", "pointer\n")
    work.git("add", ".gitattributes", "data.bin")
    work.git("commit", "--quiet", "-m", "a filtered file")
    work.git("config", "filter.note.smudge", f"sh -c 'echo filter >> {noted}; cat; echo more'")
    work.git("config", "filter.note.required", "true")
    with Worktrees(work.repository, folder, hooks=hooks) as trees:
        with trees.at("HEAD", "one", keep=True) as tree:
            assert (tree / "data.bin").read_text() == ("pointer\nmore\n" if hooks else "pointer\n")
            (tree / "data.bin").unlink()
        with trees.at("HEAD", "one") as tree:
            assert (tree / "data.bin").read_text() == ("pointer\nmore\n" if hooks else "pointer\n")
    said = set(noted.read_text().split()) if noted.exists() else set()
    assert said == ({"hook", "filter"} if hooks else set())


def test_what_cannot_be_is_one_line(work: Work, folder: Path) -> None:
    with pytest.raises(GitError, match="work trees must lie outside of"):
        Worktrees(work.repository, work.top / "trees")
    with Worktrees(work.repository, folder) as trees:
        for revision in ("nowhere", "--all", "HEAD:a.py"):
            with (
                pytest.raises(GitError, match=f"git knows no commit `{revision}`"),
                trees.at(revision, "one"),
            ):
                pass
        blob = work.git("rev-parse", "HEAD:a.py").strip()
        (work.top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        with (
            pytest.raises(GitError, match=r"^cannot check out [0-9a-f]{12} at \S+one: ") as caught,
            trees.at("HEAD", "one"),
        ):
            pass
        assert "\n" not in str(caught.value)
    assert sorted(path.name for path in folder.iterdir()) == ["one.lock"]
    assert not (work.top / ".git" / "worktrees").exists()


def test_a_clone_is_fetched_where_its_commit_is_missing(work: Work, tmp_path: Path) -> None:
    first, second = (work.git("rev-parse", name).strip() for name in ("HEAD~1", "HEAD"))
    work.git("stash", "--quiet", "--include-untracked")
    url = work.top.as_uri()
    clones = Clones(tmp_path / "clones")
    clone = clones.at(url, first)
    assert clone.bare
    assert clone.attempt("cat-file", "-e", second).returncode != 0
    with Worktrees(clone, tmp_path / "trees") as trees, trees.at(first, "one") as tree:
        assert (tree / "a.py").read_text() == "first = 1\n"
    assert clones.at(url, second) == clone
    work.top.rename(tmp_path / "gone")
    assert clones.at(url, first) == clones.at(url, second) == clone
    with Worktrees(clone, tmp_path / "trees") as trees, trees.at(second, "one") as tree:
        assert (tree / "a.py").read_text() == "second = 2\n"
    with pytest.raises(GitError, match=r"^cannot fetch file://\S+: fatal: .*"):
        clones.at(url, "1" * 40)


def test_a_damaged_clone_is_made_anew(work: Work, tmp_path: Path) -> None:
    commit = work.git("rev-parse", "HEAD").strip()
    clones = Clones(tmp_path / "clones")
    clone = clones.at(work.top.as_uri(), commit)
    (clone.top / "HEAD").unlink()
    assert clones.at(work.top.as_uri(), commit) == clone
    assert clone.attempt("cat-file", "-e", commit).returncode == 0


def test_a_commit_that_no_branch_has_is_named(work: Work, tmp_path: Path) -> None:
    with pytest.raises(GitError, match=r"has no commit 1{40}; push it first$"):
        Clones(tmp_path / "clones").at(work.top.as_uri(), "1" * 40)


@pytest.mark.parametrize(
    "url",
    [
        "https://ada:secret@example.org/x.git",
        "https://secret@example.org/x.git",
        "ssh://git:secret@example.org/x.git",
        "https://example.org/x.git?private_token=secret",
        "--upload-pack=touch x",
        "",
    ],
)
def test_credentials_and_options_are_no_urls(tmp_path: Path, url: str) -> None:
    with pytest.raises(GitError) as caught:
        Clones(tmp_path / "clones").at(url, "1" * 40)
    assert "secret" not in str(caught.value)


def test_transports_are_off_unless_wanted(work: Work, tmp_path: Path) -> None:
    bare = Repository(tmp_path / "bare.git", bare=True)
    work.git("clone", "--quiet", "--bare", os.fspath(work.top), os.fspath(bare.top))
    work.git("commit", "--quiet", "-m", "later")
    asked = ("fetch", "--quiet", work.top.as_uri(), "+refs/heads/*:refs/heads/*")
    done = bare.attempt(*asked)
    assert done.returncode != 0
    assert b"transport 'file' not allowed" in done.stderr
    bare.run(*asked, transports=True)
    assert bare.run("rev-parse", "main").decode() == work.git("rev-parse", "main")
