"""A function that one file defines for others stays there for as long as one of them needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from projects import fixaudit
from repositories import ENVIRONMENT, Work

FANS_OUT = '''\
"""Ask many."""

import asyncio


async def {name}(prompt):
    return prompt


async def all_of_{name}(prompts):
    return await asyncio.gather(*[{name}(prompt) for prompt in prompts])
'''
SELECT = ("--select", "bounded-gather")
HOME, USER = "core/ask.py", "api/rank.py"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A distribution of two packages; the second imports from the first already."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    repo = Work(Path(os.path.realpath(tmp_path)))
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.write("pyproject.toml", '[project]\nname = "t"\nversion = "1"\n')
    repo.write("core/__init__.py", "")
    repo.write("api/__init__.py", "")
    repo.write(HOME, FANS_OUT.format(name="ask"))
    text = FANS_OUT.format(name="rank")
    repo.write(USER, text.replace("import asyncio\n", "import asyncio\n\nimport core.ask\n"))
    repo.commit()
    return repo


def _text(work: Work, name: str) -> str:
    return (work.top / name).read_text()


def _imports(work: Work) -> bool:
    done = subprocess.run(
        [sys.executable, "-B", "-c", "import api.rank, core.ask"], cwd=work.top, check=False
    )
    return done.returncode == 0


def _apply(work: Work, *options: str) -> None:
    done = fixaudit(work.top, "apply", *SELECT, *options)
    assert done.code == 0, done
    assert "def bounded(" in _text(work, HOME)
    assert "from core.ask import bounded\n" in _text(work, USER)


def test_the_diff_of_a_dry_run_is_what_is_written(work: Work) -> None:
    shown = fixaudit(work.top, "apply", "--dry-run", *SELECT).output
    _apply(work)
    written = [_text(work, name) for name in (HOME, USER)]
    work.git("checkout", "--quiet", ".")
    subprocess.run(["git", "apply"], cwd=work.top, input=shown, check=True)
    assert [_text(work, name) for name in (HOME, USER)] == written


def test_undoing_all_of_it(work: Work) -> None:
    _apply(work)
    assert fixaudit(work.top, "undo").code == 0
    assert work.git("status", "--porcelain", "--untracked-files=no") == ""


def test_undoing_the_file_that_defines_it_leaves_the_definition(work: Work) -> None:
    _apply(work)
    assert fixaudit(work.top, "undo", HOME).code == 0
    assert "def bounded(" in _text(work, HOME)
    assert "gather(*[ask(" in _text(work, HOME)
    assert _imports(work)
    assert fixaudit(work.top, "undo", USER).code == 0
    assert "bounded" not in _text(work, USER)
    assert fixaudit(work.top, "undo").code == 0
    assert work.git("status", "--porcelain", "--untracked-files=no") == ""


def test_undoing_both_files_by_name(work: Work) -> None:
    _apply(work)
    assert fixaudit(work.top, "undo", HOME, USER).code == 0
    assert work.git("status", "--porcelain", "--untracked-files=no") == ""


def test_a_check_that_drops_the_finding_beside_the_definition(work: Work) -> None:
    command = f"! grep -q 'bounded(.ask(' {HOME}"
    done = fixaudit(work.top, "apply", *SELECT, "--verify", command)
    assert done.code == 2, done
    assert f"{HOME}:11: verify: bounded-gather was dropped here" in done.notes
    assert "gather(*[ask(" in _text(work, HOME)
    assert "def bounded(" in _text(work, HOME)
    assert _imports(work)


def test_a_check_that_drops_the_finding_that_imports_it(work: Work) -> None:
    done = fixaudit(work.top, "apply", *SELECT, "--verify", f"! grep -q bounded {USER}")
    assert done.code == 2, done
    assert "bounded" not in _text(work, USER)
    assert "gather(*bounded([ask(" in _text(work, HOME)
    assert _imports(work)


@pytest.mark.parametrize("per", ["finding", "package", "codemod"])
def test_every_commit_can_be_imported(work: Work, per: str) -> None:
    _apply(work, "--commit-per", per)
    commits = work.git("rev-list", "--reverse", "HEAD").split()[1:]
    assert len(commits) == (1 if per == "codemod" else 2)
    for commit in commits:
        work.git("checkout", "--quiet", commit)
        assert _imports(work), commit
    assert work.git("status", "--porcelain", "--untracked-files=no") == ""
    assert "def bounded(" in _text(work, HOME)
