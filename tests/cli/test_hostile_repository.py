"""No program that a repository's own configuration names is started by what looks or writes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from projects import DONE, MODULE, fixaudit, make_project
from repositories import ENVIRONMENT, Work

HOOKS = (
    *("post-index-change", "reference-transaction", "pre-commit", "post-commit", "commit-msg"),
    *("prepare-commit-msg", "post-checkout", "pre-auto-gc", "fsmonitor-watchman"),
)


def arm(work: Work, marker: Path) -> None:
    """Name a program that touches `marker` wherever a repository can name one."""
    script = work.top / ".git" / "run.sh"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> "{marker}"\ncat\n')
    script.chmod(0o755)
    for name in HOOKS:
        work.hook(name, f'echo "{name}" >> "{marker}"')
        (work.top / ".git" / "more").mkdir(exist_ok=True)
        hook = work.top / ".git" / "more" / name
        hook.write_text(f'#!/bin/sh\necho "more/{name}" >> "{marker}"\n')
        hook.chmod(0o755)
    settings = {
        "core.fsmonitor": script,
        "core.hooksPath": work.top / ".git" / "more",
        "core.pager": script,
        "core.editor": script,
        "core.sshCommand": script,
        "core.askPass": script,
        "core.gitProxy": script,
        "core.alternateRefsCommand": script,
        "sequence.editor": script,
        "credential.helper": script,
        "diff.external": script,
        "diff.evil.command": script,
        "diff.evil.textconv": script,
        "merge.evil.driver": script,
        "interactive.diffFilter": script,
        "gpg.program": script,
        "pager.diff": script,
        "pager.ls-files": script,
        "filter.evil.clean": script,
        "filter.evil.smudge": script,
        "filter.evil.process": script,
        "filter.evil.required": "true",
        "filter.a=b.clean": script,
        "filter.a=b.process": script,
        "filter.a=b.required": "true",
        **{
            f"alias.{verb}": f"!{script}"
            for verb in ("ls-files", "rev-parse", "diff", "status", "hash-object", "config")
        },
    }
    for name, value in settings.items():
        work.git("config", name, str(value))


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "marker"


@pytest.fixture
def work(tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(make_project(tmp_path / "p", a=MODULE, b=MODULE, c=MODULE))
    work.git("init", "--quiet", "--initial-branch=main")
    work.write(".gitattributes", "a.py filter=evil diff=evil merge=evil\nb.py filter=a=b\n")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "first")
    inner = Work(work.top / "inner")
    inner.top.mkdir()
    inner.git("init", "--quiet", "--initial-branch=main")
    inner.write(".gitattributes", "*.py filter=evil diff=evil\n")
    inner.commit(n=MODULE)
    for repository in (work, inner):
        # Their times are no longer those git knows, so that it reads their content again.
        for path in repository.top.glob("*.py"):
            os.utime(path, (1, 1))
        arm(repository, marker)
    marker.unlink(missing_ok=True)
    return work


RUNS = [
    ["check"],
    ["check", "--recurse"],
    ["check", "--changed"],
    ["check", "--changed", "--recurse", "--changed-lines"],
    ["check", "--staged", "--changed-lines"],
    ["check", "--since", "HEAD", "--changed-lines"],
    ["check", "inner"],
    ["plan", "audit.md", "."],
    ["apply", "--dry-run"],
    ["apply", "--dry-run", "--recurse", "--changed"],
    ["apply", "--patch", "out.patch"],
    ["apply"],
    ["apply", "--recurse"],
    ["apply", "--recurse", "--allow-dirty"],
    ["undo"],
    ["resume"],
    ["runs"],
    ["list"],
    ["explain", "a.py:5"],
]


@pytest.mark.parametrize("arguments", RUNS, ids=" ".join)
def test_no_program_of_the_configuration_is_started(
    work: Work, marker: Path, arguments: list[str]
) -> None:
    work.write("audit.md", "# Audit\n\n## 1. Old calls\n\n`a.py:5`: calls `old`\n")
    work.write("a.py", MODULE + "\n# mine\n")
    done = fixaudit(work.top, *arguments)
    assert "Traceback" not in done.notes
    assert not marker.exists(), marker.read_text()


def test_the_programs_would_be_started_by_git(work: Work, marker: Path) -> None:
    """The traps are armed: git itself falls into them."""
    for arguments in (["status"], ["update-index", "--chmod=+x", "c.py"]):
        subprocess.run(["git", *arguments], cwd=work.top, check=False, capture_output=True)
    assert "run.sh" in marker.read_text()
    assert "more/post-index-change" in marker.read_text()


def test_a_commit_runs_the_hooks_of_a_commit_and_nothing_else(work: Work, marker: Path) -> None:
    done = fixaudit(work.top, "apply", "c.py", "--commit")
    assert done.code == 0, done
    assert work.git("show", "HEAD:c.py") == DONE
    ran = [line for line in marker.read_text().split("\n") if line]
    assert list(dict.fromkeys(line for line in ran if "run.sh" not in line))[:4] == [
        *("more/pre-commit", "more/prepare-commit-msg"),
        *("more/commit-msg", "more/reference-transaction"),
    ]


def test_a_missing_object_is_not_fetched(work: Work, marker: Path) -> None:
    script = work.top / ".git" / "run.sh"
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{script}",
        "remote.origin.promisor": "true",
        "remote.origin.uploadPack": str(script),
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
    }.items():
        work.git("config", name, value)
    blob = work.git("rev-parse", "HEAD:c.py").strip()
    (work.top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    work.write("c.py", MODULE + "\n# mine\n")
    marker.unlink(missing_ok=True)
    for arguments in (["check", "--changed-lines"], ["check", "--since", "HEAD"], ["apply"]):
        done = fixaudit(work.top, *arguments)
        assert "Traceback" not in done.notes
        assert not marker.exists(), marker.read_text()


def test_a_repository_committed_as_files_is_no_repository(
    tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare repository in a clone: git takes it for the one that is meant in its folder."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(make_project(tmp_path / "p", a=MODULE))
    bare = work.top / "sub"
    subprocess.run(["git", "init", "--quiet", "--bare", bare], check=True)
    (bare / "m.py").write_text(MODULE)
    (bare / "keep").write_text("")
    work.git("init", "--quiet")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "first")
    with (bare / "config").open("a") as config:
        config.write(f"[core]\n\tbare = false\n\tworktree = ..\n\tfsmonitor = touch {marker}\n")
    work.write("sub/m.py", MODULE + "# mine\n")
    for folder in (work.top, bare):
        for arguments in (["check", "sub"], ["check", "--changed"], ["apply", "sub/m.py"]):
            fixaudit(folder, *[a.removeprefix("sub/") if folder == bare else a for a in arguments])
    assert not marker.exists()
    assert (bare / "m.py").read_text() == MODULE + "# mine\n"


def test_a_git_that_lies_in_the_tree_is_not_started(
    work: Work, marker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = work.top / "git"
    script.write_text(f'#!/bin/sh\ntouch "{marker}"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    assert fixaudit(work.top, "check", "--changed").code in (0, 1)
    assert not marker.exists()


def test_the_environment_of_another_repositorys_hook_does_not_count(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Work(tmp_path / "other")
    other.top.mkdir()
    other.git("init", "--quiet")
    other.commit(x="x = 1\n")
    index = (other.top / ".git" / "index").read_bytes()
    head = other.git("rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", str(other.top / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.top))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.top / ".git" / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.top / ".git" / "objects"))
    assert "3 files" not in fixaudit(work.top, "check", "--staged").notes
    done = fixaudit(work.top, "apply", "c.py", "--commit")
    assert done.code == 0, done
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.delenv(name)
    assert (other.top / ".git" / "index").read_bytes() == index
    assert other.git("rev-parse", "HEAD") == head
    assert work.git("show", "HEAD:c.py") == DONE
