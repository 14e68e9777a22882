"""`apply` and `check` in a git repository: what is refused, what is looked at, what is committed."""

from __future__ import annotations

import json
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest
from projects import DONE, MODULE, fixaudit, make_project
from repositories import ENVIRONMENT, Work
from written_trees import database_of

BOTH = MODULE.replace("return old(2)", "return late(2)")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    tree = Work(make_project(tmp_path / "p", app__a=MODULE, app__b=BOTH, lib__c=BOTH))
    tree.git("init", "--quiet", "--initial-branch=main")
    tree.git("add", "--all")
    tree.git("commit", "--quiet", "-m", "first")
    return tree


def test_files_with_uncommitted_changes_are_refused_and_all_named(work: Work) -> None:
    changed = work.write("app/a.py", MODULE + "\n# mine\n")
    work.write("lib/new.py", MODULE)
    done = fixaudit(work.top, "apply")
    assert done.code == 2
    assert "app/a.py: dirty" in done.notes
    assert "lib/new.py: dirty" in done.notes
    assert "app/b.py" not in done.notes
    assert "nothing was written" in done.notes
    assert (work.top / "app" / "b.py").read_text() == BOTH
    document = json.loads(fixaudit(work.top, "apply", "--output-format", "json").output)
    assert {row["kind"] for row in document["errors"]} == {"dirty"}
    assert document["summary"]["changed"] == 0
    assert fixaudit(work.top, "runs", "--output-format", "json").output.count(b'"id"') == 0
    assert fixaudit(work.top, "apply", "app/b.py").code == 0
    assert fixaudit(work.top, "apply", "--allow-dirty").code == 0
    assert changed.read_text() == DONE + "\n# mine\n"


def test_without_a_repository_nothing_is_dirty(tmp_path: Path) -> None:
    tree = make_project(tmp_path / "p", a=MODULE)
    assert fixaudit(tree, "apply").code == 0
    assert (tree / "a.py").read_text() == DONE
    for option in (["--commit"], ["--changed"]):
        done = fixaudit(tree, "apply", *option)
        assert done.code == 2
        assert "git repository" in done.notes


def paths(work: Work, *arguments: str) -> list[tuple[str, int]]:
    done = fixaudit(work.top, "check", "--output-format", "json", *arguments)
    return [(row["path"], row["line"]) for row in json.loads(done.output)["findings"]]


def test_changed_staged_and_since_limit_the_files(work: Work) -> None:
    work.git("switch", "--quiet", "-c", "topic")
    work.commit(app__b=BOTH + "\nx = 1\n")
    work.write("app/a.py", MODULE.replace("old(2)", "old(22)"))
    work.write("app/new.py", "old(7)\n")
    work.write("lib/c.py", BOTH + "\nx = 1\n")
    work.git("add", "lib/c.py")
    assert {path for path, _ in paths(work, "--changed")} == {"app/a.py", "app/new.py", "lib/c.py"}
    assert {path for path, _ in paths(work, "--staged")} == {"lib/c.py"}
    assert {path for path, _ in paths(work, "--since", "main")} == {
        *("app/a.py", "app/b.py", "app/new.py", "lib/c.py"),
    }
    assert {path for path, _ in paths(work, "--changed", "lib")} == {"lib/c.py"}
    assert paths(work, "--changed-lines") == [("app/a.py", 9), ("app/new.py", 1)]
    assert paths(work, "--since", "main", "--changed-lines") == paths(work, "--changed-lines")
    assert fixaudit(work.top, "check", "--changed", "--staged").code == 2
    assert fixaudit(work.top, "check", "--since", "nowhere").code == 2
    assert fixaudit(work.top, "apply", "--changed-lines", "--allow-dirty").code == 0
    text = (work.top / "app" / "a.py").read_text()
    assert [f"new.new({number})" in text for number in (1, 22, 3)] == [False, True, False]
    assert (work.top / "app" / "new.py").read_text() == "import new\n\nnew.new(7)\n"
    assert (work.top / "lib" / "c.py").read_text() == BOTH + "\nx = 1\n"


def test_staged_in_a_hook_is_what_is_being_committed(work: Work, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    work.hook("pre-commit", f'"{sys.executable}" -m fixaudit_cli check --staged > "{seen}"; exit 0')
    work.write("app/a.py", MODULE + "\n# mine\n")
    work.git("commit", "--quiet", "--all", "-m", "mine")
    assert "app/a.py" in seen.read_text()
    assert "lib/c.py" not in seen.read_text()


def shas(work: Work) -> list[str]:
    return work.git("log", "--reverse", "--format=%H", "HEAD").split()[1:]


def assert_each_builds(work: Work, tmp_path: Path) -> None:
    """Every commit, checked out alone, compiles, and imports what it uses."""
    for number, sha in enumerate(shas(work)):
        copy = tmp_path / f"copy{number}"
        work.git("worktree", "add", "--quiet", "--detach", str(copy), sha)
        for path in copy.rglob("*.py"):
            py_compile.compile(str(path), cfile=str(tmp_path / "x.pyc"), doraise=True)
            text = path.read_text()
            if path.parent.name != "tools":
                assert ("import new\n" in text) == ("new.new(" in text)
                assert ("import soon\n" in text) == ("soon.soon(" in text)


def test_one_commit_a_codemod(work: Work, tmp_path: Path) -> None:
    work.write("notes.txt", "mine")
    work.git("add", "notes.txt")
    work.hook("pre-commit", 'echo run >> "$(git rev-parse --git-dir)/hooked"')
    done = fixaudit(work.top, "apply", "--commit", "--blame-ignore")
    assert done.code == 0, done
    assert work.git("status", "--porcelain").splitlines() == [
        *("A  notes.txt", "?? .git-blame-ignore-revs"),
    ]
    assert (work.top / ".git" / "hooked").read_text() == "run\nrun\n"
    late, old = shas(work)
    message = work.git("show", "--no-patch", "--format=%B", old)
    assert message.startswith("old-to-new: Calls of `old` become calls of `new`\n\n")
    assert "The old function is slow, and its author has left." in message
    assert "call number 1 (3)" in message
    assert "Rewrites 7 sites in 3 files." in message
    assert len(message.partition("Findings: ")[2].split()) == 7
    assert "Rewrites 2 sites in 2 files." in work.git("show", "--no-patch", "--format=%B", late)
    names = work.git("show", "--name-only", "--format=", late).split()
    assert names == ["app/b.py", "lib/c.py"]
    ignored = (work.top / ".git-blame-ignore-revs").read_text()
    assert late in ignored
    assert old in ignored
    assert_each_builds(work, tmp_path)


def test_one_commit_a_finding_or_a_package(work: Work, tmp_path: Path) -> None:
    done = fixaudit(work.top, "apply", "app/b.py", "--commit-per", "finding")
    assert done.code == 0, done
    subjects = work.git("log", "--reverse", "--format=%s").splitlines()[1:]
    assert subjects == [
        "old-to-new: call number 1",
        "late-to-soon: call number 2",
        "old-to-new: call number 3",
    ]
    assert_each_builds(work, tmp_path)
    assert fixaudit(work.top, "apply", "--commit-per", "package").code == 0
    assert work.git("log", "-2", "--format=%s").splitlines() == [
        "lib: apply late-to-soon, old-to-new",
        "app: apply old-to-new",
    ]
    assert work.git("status", "--porcelain") == ""


def test_a_commit_takes_no_changes_of_the_user_along(work: Work) -> None:
    work.write("app/a.py", MODULE + "\n# mine\n")
    done = fixaudit(work.top, "apply", "--commit", "--allow-dirty")
    assert done.code == 2
    assert "commit or stash them first" in done.notes
    assert shas(work) == []
    assert fixaudit(work.top, "apply", "--commit-per", "moon").code == 2
    assert fixaudit(work.top, "apply", "--commit", "--patch", "x").code == 2


def test_a_hook_that_refuses_leaves_the_files_written(work: Work) -> None:
    work.hook("pre-commit", "echo not today >&2; exit 1")
    done = fixaudit(work.top, "apply", "app/a.py", "--commit")
    assert done.code == 2
    assert "not today" in done.notes
    assert "are written" in done.notes
    assert (work.top / "app" / "a.py").read_text() == DONE
    assert fixaudit(work.top, "undo").code == 0
    assert work.git("status", "--porcelain") == ""


def test_undo_after_a_commit_explains_itself(work: Work) -> None:
    assert fixaudit(work.top, "apply", "app", "--commit").code == 0
    late, old = (sha[:10] for sha in shas(work))
    listed = fixaudit(work.top, "runs")
    assert f"commits {late} {old}" in listed.output.decode()
    undone = fixaudit(work.top, "undo")
    assert undone.code == 0
    assert "the commits stay in the history" in undone.notes
    assert f"git revert {old} {late}" in undone.notes
    assert (work.top / "app" / "a.py").read_text() == MODULE
    work.git("restore", ".")
    work.git("revert", "--no-edit", old, late)
    assert (work.top / "app" / "a.py").read_text() == MODULE
    assert (work.top / "app" / "b.py").read_text() == BOTH


def test_a_patch_equals_the_dry_run_and_the_written_files(work: Work, tmp_path: Path) -> None:
    (work.top / "app" / "a.py").write_bytes(MODULE.replace("\n", "\r\n").encode()[:-2])
    work.git("commit", "--quiet", "-am", "crlf")
    shown = fixaudit(work.top, "apply", "--dry-run")
    assert not database_of(work.top).exists()
    patch = tmp_path / "out.patch"
    done = fixaudit(work.top, "apply", "--patch", str(patch))
    assert done.code == 0
    assert not database_of(work.top).exists()
    assert work.git("status", "--porcelain") == ""
    lines = shown.output.splitlines(keepends=True)
    assert patch.read_bytes() == b"".join(line for line in lines if not line.startswith(b"#"))
    assert fixaudit(work.top, "apply").code == 0
    written = {path: path.read_bytes() for path in work.top.rglob("*.py")}
    work.git("restore", ".")
    subprocess.run(["git", "apply", str(patch)], cwd=work.top, check=True)
    assert {path: path.read_bytes() for path in work.top.rglob("*.py")} == written
    assert fixaudit(work.top, "apply", "--allow-dirty", "--patch", "/nowhere/x.patch").code == 2
