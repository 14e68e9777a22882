"""Every file is refused and committed by the repository that owns it, and by no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import DONE, MODULE, fixaudit, make_project
from repositories import ENVIRONMENT, Work

FILE_PROTOCOL = ("-c", "protocol.file.allow=always")


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def repository(top: Path, **files: str) -> Work:
    """A repository with one commit, without any codemod in it."""
    top.mkdir(parents=True)
    work = Work(top)
    work.git("init", "--quiet", "--initial-branch=main")
    work.commit(**files)
    return work


@pytest.fixture
def outer(tmp_path: Path) -> Work:
    """A project with a submodule at `libs/sub` and a repository of its own at `nested`."""
    origin = repository(tmp_path / "origin", s=MODULE, other="x = 1\n")
    work = Work(make_project(tmp_path / "p", app=MODULE))
    work.git("init", "--quiet", "--initial-branch=main")
    work.git(*FILE_PROTOCOL, "submodule", "--quiet", "add", str(origin.top), "libs/sub")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "first")
    repository(work.top / "nested", n=MODULE)
    return work


def inner(outer: Work) -> tuple[Work, Work]:
    return Work(outer.top / "libs" / "sub"), Work(outer.top / "nested")


def gitlink(work: Work) -> str:
    return work.git("ls-tree", "HEAD", "libs/sub")


def test_a_commit_of_the_outer_leaves_inner_ones_alone(outer: Work, tmp_path: Path) -> None:
    before = gitlink(outer)
    done = fixaudit(outer.top, "apply", "--commit")
    assert done.code == 0, done
    assert (
        "2 repositories inside of this one left alone (libs/sub, nested); --recurse" in done.notes
    )
    assert (outer.top / "app.py").read_text() == DONE
    assert gitlink(outer) == before
    assert before.startswith("160000 commit")
    for work, name in zip(inner(outer), ("s.py", "n.py"), strict=True):
        assert (work.top / name).read_text() == MODULE
        assert len(work.git("log", "--format=%H").split()) == 1
    assert outer.git("status", "--porcelain") == "?? nested/\n"
    clone = tmp_path / "clone"
    outer.git(*FILE_PROTOCOL, "clone", "--quiet", "--recurse-submodules", ".", str(clone))
    assert (clone / "libs" / "sub" / "other.py").read_text() == "x = 1\n"


def test_recurse_commits_to_each_by_itself(outer: Work) -> None:
    before = gitlink(outer)
    done = fixaudit(outer.top, "apply", "--recurse", "--commit", "--blame-ignore")
    assert done.code == 0, done
    assert "left alone" not in done.notes
    assert gitlink(outer) == before
    for work, name in zip((outer, *inner(outer)), ("app.py", "s.py", "n.py"), strict=True):
        assert work.git("show", f"HEAD:{name}") == DONE
        assert work.git("show", "--name-only", "--format=", "HEAD").split() == [name]
        sha = work.git("rev-parse", "HEAD").strip()
        assert sha in (work.top / ".git-blame-ignore-revs").read_text()
        assert f"committed {sha[:10]}" in done.notes
    assert outer.git("status", "--porcelain").splitlines() == [
        *(" M libs/sub", "?? .git-blame-ignore-revs", "?? nested/"),
    ]
    undone = fixaudit(outer.top, "undo")
    assert undone.code == 0
    assert (inner(outer)[0].top / "s.py").read_text() == MODULE


@pytest.mark.parametrize("which", [0, 1])
def test_recurse_refuses_what_an_inner_one_has_uncommitted(outer: Work, which: int) -> None:
    name = ("s.py", "n.py")[which]
    mine = MODULE + "\n# mine\n"
    path = inner(outer)[which].write(name, mine)
    done = fixaudit(outer.top, "apply", "--recurse")
    assert done.code == 2
    assert f"{('libs/sub', 'nested')[which]}/{name}: dirty: has uncommitted changes" in done.notes
    assert path.read_text() == mine
    assert (outer.top / "app.py").read_text() == MODULE
    named = fixaudit(outer.top, "apply", str(path), "app.py")
    assert named.code == 2
    assert path.read_text() == mine
    assert fixaudit(outer.top, "apply", "--recurse", "--allow-dirty").code == 0
    assert path.read_text() == DONE + "\n# mine\n"


def test_what_is_named_belongs_to_its_own_repository(outer: Work) -> None:
    sub, nested = inner(outer)
    config = ("--config", str(outer.top / "pyproject.toml"))
    done = fixaudit(outer.top, "apply", "app.py", "libs/sub/s.py", "--commit", *config)
    assert done.code == 0, done
    assert sub.git("show", "HEAD:s.py") == DONE
    assert outer.git("show", "--name-only", "--format=", "HEAD").split() == ["app.py"]
    assert (nested.top / "n.py").read_text() == MODULE


@pytest.mark.parametrize("verb", [["check"], ["apply", "--dry-run"], ["apply", "--patch", "o"]])
def test_every_verb_counts_them_in_one_line(outer: Work, verb: list[str]) -> None:
    alone = fixaudit(outer.top, *verb)
    assert alone.notes.count("2 repositories inside of this one left alone") == 1
    text = alone.output + ((outer.top / "o").read_bytes() if "--patch" in verb else b"")
    assert b"app.py" in text
    assert b"s.py" not in text
    whole = fixaudit(outer.top, *verb, "--recurse")
    text = whole.output + ((outer.top / "o").read_bytes() if "--patch" in verb else b"")
    assert "left alone" not in whole.notes
    assert b"libs/sub/s.py" in text
    assert b"nested/n.py" in text


def test_a_plan_looks_at_the_same_files(outer: Work) -> None:
    (outer.top / "audit.md").write_text("# Audit\n\n## 1. Old calls\n\n`app.py:5`: calls `old`\n")
    done = fixaudit(outer.top, "plan", "audit.md", ".")
    assert done.notes.count("2 repositories inside of this one left alone") == 1
    assert "left alone" not in fixaudit(outer.top, "plan", "audit.md", ".", "--recurse").notes


def test_changed_asks_each_repository(outer: Work) -> None:
    sub, nested = inner(outer)
    sub.write("s.py", MODULE + "\n# mine\n")
    nested.write("new.py", MODULE)
    assert b"old" not in fixaudit(outer.top, "check", "--changed").output
    listed = fixaudit(outer.top, "check", "--changed", "--recurse").output.decode()
    assert "libs/sub/s.py" in listed
    assert "nested/new.py" in listed
    assert "nested/n.py" not in listed
    assert "app.py" not in listed


def test_a_linked_work_tree_is_a_repository_at_its_place(outer: Work, tmp_path: Path) -> None:
    side = Work(tmp_path / "side")
    outer.git("worktree", "add", "--quiet", "-b", "side", str(side.top))
    done = fixaudit(side.top, "apply", "--trust", "--commit")
    assert done.code == 0, done
    assert side.git("show", "HEAD:app.py") == DONE
    assert side.git("status", "--porcelain") == ""
    assert outer.git("show", "main:app.py") == MODULE


def test_a_submodule_of_a_linked_work_tree_is_at_its_place(outer: Work, tmp_path: Path) -> None:
    side = Work(tmp_path / "side")
    outer.git("worktree", "add", "--quiet", "-b", "side", str(side.top))
    side.git(*FILE_PROTOCOL, "submodule", "--quiet", "update", "--init")
    done = fixaudit(side.top, "apply", "--trust", "--recurse", "--commit")
    assert done.code == 0, done
    assert Work(side.top / "libs" / "sub").git("show", "HEAD:s.py") == DONE


def test_a_folder_of_several_repositories_belongs_to_none(tmp_path: Path) -> None:
    make_project(tmp_path / "all")
    one = repository(tmp_path / "all" / "one", a=MODULE)
    two = repository(tmp_path / "all" / "two", b=MODULE)
    deep = repository(two.top / "deep", c=MODULE)
    done = fixaudit(tmp_path / "all", "apply", "--commit")
    assert done.code == 0, done
    assert one.git("show", "HEAD:a.py") == DONE
    assert two.git("show", "HEAD:b.py") == DONE
    assert (deep.top / "c.py").read_text() == MODULE
    assert "1 repository inside of this one left alone (two/deep)" in done.notes


def test_a_pointer_to_somebody_elses_git_folder_is_refused(tmp_path: Path) -> None:
    victim = repository(tmp_path / "victim", a="x = 1\n")
    head = victim.git("rev-parse", "HEAD")
    tree = make_project(tmp_path / "unpacked", a=MODULE)
    for kind in ("file", "link", "commondir"):
        pointer = tree / ".git"
        if kind == "file":
            pointer.write_text(f"gitdir: {victim.top / '.git'}\n")
        elif kind == "link":
            pointer.symlink_to(victim.top / ".git")
        else:
            pointer.mkdir()
            (pointer / "commondir").write_text(f"{victim.top / '.git'}\n")
            (pointer / "HEAD").write_text("ref: refs/heads/main\n")
        assert fixaudit(tree, "check").code == 1
        for option in ([], ["--commit"], ["--allow-dirty", "--commit"]):
            done = fixaudit(tree, "apply", *option)
            assert done.code == 2, done
            assert "which does not know of this tree" in done.notes
            assert "Traceback" not in done.notes
        assert (tree / "a.py").read_text() == MODULE
        assert victim.git("rev-parse", "HEAD") == head
        assert victim.git("status", "--porcelain") == ""
        if kind == "commondir":
            for path in (*pointer.iterdir(),):
                path.unlink()
            pointer.rmdir()
        else:
            pointer.unlink()


def test_a_git_folder_of_another_tree_is_refused(tmp_path: Path) -> None:
    work = Work(make_project(tmp_path / "p", a=MODULE))
    work.git("init", "--quiet")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "first")
    (tmp_path / "elsewhere").mkdir()
    work.git("config", "core.worktree", str(tmp_path / "elsewhere"))
    done = fixaudit(work.top, "apply", "--commit")
    assert done.code == 2
    assert "has its work tree elsewhere" in done.notes
    assert (work.top / "a.py").read_text() == MODULE


def test_a_separate_git_folder_that_knows_its_tree_is_taken(tmp_path: Path) -> None:
    work = Work(make_project(tmp_path / "p", a=MODULE))
    work.git("init", "--quiet", "--separate-git-dir", str(tmp_path / "kept"))
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "first")
    refused = fixaudit(work.top, "apply", "--commit")
    assert refused.code == 2
    _, _, remedy = refused.notes.partition("if both are yours: git ")
    work.git(*remedy.splitlines()[0].split())
    assert fixaudit(work.top, "apply", "--commit").code == 0
    assert work.git("show", "HEAD:a.py") == DONE
    assert work.git("status", "--porcelain") == ""


def test_a_tracked_source_folder_named_build_is_worked_on(tmp_path: Path) -> None:
    work = Work(make_project(tmp_path / "p", build__a=MODULE))
    work.git("init", "--quiet")
    work.git("add", "--all", "--force")
    work.git("commit", "--quiet", "-m", "first")
    work.write("dist/out.py", MODULE)
    done = fixaudit(work.top, "apply")
    assert done.code == 0, done
    assert "1 folder of build output, environments or dependencies passed over (dist)" in done.notes
    assert (work.top / "build" / "a.py").read_text() == DONE
    assert (work.top / "dist" / "out.py").read_text() == MODULE
    assert b"dist/out.py" in fixaudit(work.top, "check", "dist").output
