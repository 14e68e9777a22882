"""The commands of docs/sprints.md, run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from repositories import Work, new_work

PAGE = (Path(__file__).parents[2] / "docs" / "sprints.md").read_text("utf-8")
MD5 = "import hashlib\n\n\ndef tag(data):\n    return hashlib.md5(data).hexdigest()\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    tree = new_work(tmp_path, monkeypatch)
    tree.write("packages/pay/pyproject.toml", '[project]\nname = "pay"\nversion = "1"\n')
    tree.commit(packages__pay__pay=MD5)
    return tree


def _shell(work: Work, command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}  # fmt: skip
    environment["GITHUB_STEP_SUMMARY"] = str(work.top.parent / "summary.md")
    return subprocess.run(command, shell=True, cwd=work.top, env=environment, capture_output=True, text=True, check=False)  # fmt: skip


def _section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_first_day_and_the_ci_snippet_work_as_written(work: Work) -> None:
    for line in re.findall(r"^    (.+)$", _section("The first day"), re.MULTILINE):
        command = re.split(r"\s{3,}", line)[0]
        done = _shell(work, command)
        assert done.returncode == 0, (command, done.stderr)
    steps = re.findall(r"- run: (fixaudit .+)$", _section("In CI"), re.MULTILINE)
    assert len(steps) == 3
    for command in steps:
        done = _shell(work, command)
        assert done.returncode == 0, (command, done.stderr)
    assert "1 finding on " in (work.top.parent / "summary.md").read_text()
    assert "<svg" in (work.top / "burndown.html").read_text()
    work.write("packages/pay/more.py", MD5)
    assert _shell(work, steps[0]).returncode == 1


def test_a_sprint_goes_down_as_written(work: Work) -> None:
    for command in ("fixaudit baseline write", "git add --all", "git commit -qm baseline"):
        assert _shell(work, command).returncode == 0
    lines = re.findall(r"^    (.+)$", _section("A sprint, scripted"), re.MULTILINE)[1:4]
    for line in lines:
        command = line.replace("utcnow-to-aware", "md5-to-sha256 --unsafe")
        done = _shell(work, command)
        assert done.returncode == 0, (command, done.stderr)
    done = _shell(work, "fixaudit burndown")
    assert "1 -> 0 (-1: 1 resolved, 0 new)" in done.stdout
    assert "goal 0: reached" in done.stdout
