"""Dirt is what git could not give back, whatever git was told to overlook or to convert."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from projects import DONE, MODULE, fixaudit, make_project
from repositories import ENVIRONMENT, Work

SECRET = MODULE.replace('"""A module."""\n', '"""A module."""\n\nSECRET = "x"\n')


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    work = Work(make_project(tmp_path / "p", a=MODULE, b=MODULE))
    work.git("init", "--quiet", "--initial-branch=main")
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "first")
    return work


MARKS = pytest.mark.parametrize("mark", ["assume-unchanged", "skip-worktree"])


def marks(work: Work) -> str:
    return work.git("ls-files", "-v", "a.py")[0]


@MARKS
def test_a_hidden_change_is_refused_and_stays_hidden(work: Work, mark: str) -> None:
    work.git("update-index", f"--{mark}", "a.py")
    work.write("a.py", SECRET)
    tag = marks(work)
    for option in ([], ["--commit"]):
        done = fixaudit(work.top, "apply", *option)
        assert done.code == 2
        assert f"a.py: dirty: has changes that its mark {mark} hides from git" in done.notes
        assert (work.top / "a.py").read_text() == SECRET
        assert (work.top / "b.py").read_text() == MODULE
    assert fixaudit(work.top, "apply", "b.py", "--commit").code == 0
    assert work.git("show", "HEAD:a.py") == MODULE
    assert marks(work) == tag
    assert work.git("status", "--porcelain") == ""


@MARKS
def test_a_mark_outlives_a_commit_of_its_file(work: Work, mark: str) -> None:
    work.git("update-index", f"--{mark}", "a.py")
    tag = marks(work)
    assert tag in "hS"
    assert fixaudit(work.top, "apply", "--commit").code == 0
    assert work.git("show", "HEAD:a.py") == DONE
    assert marks(work) == tag
    assert work.git("status", "--porcelain") == ""


@MARKS
def test_changed_sees_hidden_changes(work: Work, mark: str) -> None:
    work.git("update-index", f"--{mark}", "a.py", "b.py")
    work.write("a.py", SECRET.replace("old(2)", "old(22)"))
    for options in (["--changed"], ["--since", "HEAD"]):
        listed = fixaudit(work.top, "check", *options).output.decode()
        assert "a.py" in listed
        assert "b.py" not in listed
    lines = fixaudit(work.top, "check", "--changed-lines").output.decode()
    assert "call number 22" in lines
    assert "call number 3" not in lines
    assert marks(work) in "hS"


def test_a_change_git_cannot_see_by_its_times_is_seen(work: Work) -> None:
    path = work.top / "a.py"
    status = path.stat()
    work.git("config", "core.checkStat", "minimal")
    work.git("config", "core.trustctime", "false")
    path.write_text(MODULE.replace("old(3)", "old(4)"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    done = fixaudit(work.top, "apply", "a.py")
    assert done.code == 2
    assert "a.py: dirty" in done.notes


@pytest.mark.parametrize(
    ("settings", "attributes", "stored", "held"),
    [
        ({"core.autocrlf": "true"}, "", MODULE, MODULE.replace("\n", "\r\n")),
        ({"core.autocrlf": "true", "core.safecrlf": "true"}, "", MODULE, MODULE),
        ({"core.autocrlf": "input"}, "", MODULE, MODULE),
        ({}, "*.py text eol=crlf\n", MODULE, MODULE.replace("\n", "\r\n")),
        ({}, "*.py ident\n", "# $Id$\n" + MODULE, "# $Id: 0123456789abcdef $\n" + MODULE),
        (
            {},
            "*.py working-tree-encoding=latin-1\n",
            "# -*- coding: latin-1 -*-\n# é\n" + MODULE,
            "# -*- coding: latin-1 -*-\n# é\n" + MODULE,
        ),
    ],
    ids=["autocrlf", "autocrlf-lf", "input", "eol", "ident", "encoding"],
)
def test_what_git_converts_is_clean_and_committed_as_git_would(
    work: Work, settings: dict[str, str], attributes: str, stored: str, held: str
) -> None:
    for name, value in settings.items():
        work.git("config", name, value)
    if attributes:
        work.write(".gitattributes", attributes)
    encoding = "latin-1" if "encoding" in attributes else "utf-8"
    path = work.top / "a.py"
    path.write_bytes(held.encode(encoding))
    work.git("-c", "core.safecrlf=false", "add", "--all")
    work.git("commit", "--quiet", "--allow-empty", "-m", "second")
    assert work.git("show", "HEAD:a.py") == stored
    path.write_bytes((held + "# mine\n").encode(encoding))
    refused = fixaudit(work.top, "apply", "a.py")
    assert refused.code == 2
    assert "a.py: dirty: has uncommitted changes" in refused.notes
    path.write_bytes(held.encode(encoding))
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert done.code == 0, done
    assert "import new" in work.git("show", "HEAD:a.py")
    assert work.git("diff", "--numstat", "HEAD~1", "HEAD").split()[:2] == ["5", "3"]
    assert work.git("status", "--porcelain") == ""


def test_line_ends_that_git_left_alone_are_left_alone(work: Work) -> None:
    path = work.top / "a.py"
    crlf = MODULE.replace("\n", "\r\n").encode()
    path.write_bytes(crlf)
    work.git("commit", "--quiet", "-am", "crlf")
    work.git("config", "core.autocrlf", "true")
    assert work.git("status", "--porcelain") == ""
    done = fixaudit(work.top, "apply", "a.py", "--commit")
    assert done.code == 0, done
    assert work.git("diff", "--numstat", "HEAD~1", "HEAD").split()[:2] == ["5", "3"]
    assert work.git("status", "--porcelain") == ""


def test_a_filtered_file_is_refused_by_name_and_its_filter_not_run(work: Work) -> None:
    work.write(".gitattributes", "a.py filter=tidy\n")
    work.git("add", ".gitattributes")
    work.git("commit", "--quiet", "-m", "attributes")
    marker = work.top.parent / "ran"
    for name in ("clean", "smudge", "process"):
        work.git("config", f"filter.tidy.{name}", f"touch {marker}; cat")
    work.git("config", "filter.tidy.required", "true")
    work.git("config", "filter.a=b.clean", f"touch {marker}; cat")
    done = fixaudit(work.top, "apply", "--commit")
    assert done.code == 2
    assert "a.py: commit: has a git filter (tidy), which is not run" in done.notes
    assert "b.py:" not in done.notes
    assert (work.top / "a.py").read_text() == MODULE
    work.write("a.py", SECRET)
    done = fixaudit(work.top, "apply")
    assert done.code == 2
    assert "a.py: dirty: has a git filter (tidy)" in done.notes
    work.write("a.py", MODULE)
    assert fixaudit(work.top, "apply").code == 0
    assert (work.top / "a.py").read_text() == DONE
    assert fixaudit(work.top, "check", "--changed", "--changed-lines").code == 0
    assert not marker.exists()


def test_an_ignored_file_is_written_and_not_committed(work: Work) -> None:
    work.write(".gitignore", "local.py\n")
    work.write("local.py", MODULE)
    done = fixaudit(work.top, "apply", "local.py", "--commit")
    assert done.code == 2
    assert "local.py: commit: is not tracked by git" in done.notes
    assert fixaudit(work.top, "apply", "local.py").code == 0
    assert (work.top / "local.py").read_text() == DONE


def test_a_link_is_judged_by_the_file_it_leads_to(work: Work) -> None:
    (work.top / "link.py").symlink_to("a.py")
    work.git("add", "link.py")
    work.git("commit", "--quiet", "-m", "link")
    work.write("a.py", SECRET)
    done = fixaudit(work.top, "apply", "link.py")
    assert done.code == 2
    assert (work.top / "a.py").read_text() == SECRET
    work.write("a.py", MODULE)
    done = fixaudit(work.top, "apply", "link.py", "--commit")
    assert done.code == 0, done
    assert work.git("show", "HEAD:a.py") == DONE
    assert work.git("show", "HEAD:link.py") == "a.py"
    assert work.git("status", "--porcelain") == ""


def test_blame_lists_are_not_written_through_a_link(work: Work) -> None:
    victim = work.top.parent / "victim"
    victim.write_text("mine\n")
    (work.top / ".git-blame-ignore-revs").symlink_to(victim)
    work.git("add", "--all")
    work.git("commit", "--quiet", "-m", "link")
    done = fixaudit(work.top, "apply", "--commit", "--blame-ignore")
    assert done.code == 2
    assert "is a symbolic link" in done.notes
    assert victim.read_text() == "mine\n"
