"""`apply --verify`: what breaks the project's own check is dropped, and nothing else."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from event_clock import EventClock
from projects import DONE, MODULE, fixaudit, make_project

from fixaudit.checks import timed_command
from fixaudit_cli.app import run

GREP = "! grep -rn --include=*.py poison . --exclude-dir=tools"


def packages(tmp_path: Path, poisoned: set[int], verify: str = "") -> Path:
    """Twenty packages of three sites each, one of them poisoned in some."""
    files = {
        f"pkg{number:02}__mod": MODULE.replace(
            "old(2)", "old(13)" if number in poisoned else "old(2)"
        )
        for number in range(20)
    }
    return make_project(tmp_path / "p", verify, **files)


def test_three_poisoned_edits_of_twenty_packages_are_dropped(tmp_path: Path) -> None:
    poisoned = {3, 11, 19}
    tree = packages(tmp_path, poisoned)
    done = fixaudit(tree, "apply", "--verify", GREP)
    assert done.code == 2, done
    for number in range(20):
        text = (tree / f"pkg{number:02}" / "mod.py").read_text()
        wanted = DONE if number not in poisoned else DONE.replace("new.new(2)", "old(13)")
        assert text == wanted
    assert "3 findings dropped that turned it red" in done.notes
    found = re.search(r"the others stay \((\d+) runs\)", done.notes)
    assert found is not None
    assert int(found[1]) <= 3 * (6 + 2) + 2 + 3
    for number in poisoned:
        assert f"pkg{number:02}/mod.py:9: verify: old-to-new was dropped here" in done.notes
    assert "poison" in done.notes.partition("  | ")[2]
    assert "57 edits in 20 files changed" in done.notes
    assert fixaudit(tree, "undo").code == 0
    assert (tree / "pkg03" / "mod.py").read_text() == MODULE.replace("old(2)", "old(13)")


def test_a_single_culprit_costs_few_runs(tmp_path: Path) -> None:
    tree = packages(tmp_path, {7})
    done = fixaudit(tree, "apply", "--verify", GREP)
    found = re.search(r"the others stay \((\d+) runs\)", done.notes)
    assert found is not None
    assert int(found[1]) <= 2 * 6 + 3


def test_green_red_before_and_no_check_at_all(tmp_path: Path) -> None:
    tree = packages(tmp_path, set())
    done = fixaudit(tree, "apply", "pkg00", "--verify", GREP, "--verify", "true")
    assert done.code == 0
    assert done.notes.count("green before and after (2 runs)") == 2
    done = fixaudit(tree, "apply", "pkg01", "--verify", "echo sorry; false")
    assert done.code == 0
    assert "red before the run already" in done.notes
    assert (tree / "pkg01" / "mod.py").read_text() == DONE
    done = fixaudit(tree, "apply", "pkg02")
    assert done.code == 0
    assert "verify:" not in done.notes


def test_a_check_that_hangs_is_ended_by_the_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = packages(tmp_path, set())
    os.mkfifo(tmp_path / "never")
    never = os.open(tmp_path / "never", os.O_RDWR)
    monkeypatch.setattr(timed_command, "time", EventClock(tmp_path / "hangs"))
    monkeypatch.chdir(tree)
    hangs = "echo waiting; printf . >> ../hangs; read line < ../never"
    command = f"if grep -q new pkg00/mod.py; then {hangs}; fi"
    assert run(["apply", "pkg00", "--verify", command, "--verify-timeout", "0.5"]) == 2
    os.close(never)
    assert "  | waiting" in capsys.readouterr().err
    assert (tree / "pkg00" / "mod.py").read_text() == MODULE
    assert (tmp_path / "hangs").stat().st_size > 0


def test_packages_configure_checks_of_their_own(tmp_path: Path) -> None:
    tree = packages(tmp_path, {1, 2})
    base = (tree / "pyproject.toml").read_text().replace('"tools"', '"../tools"')
    for number in (0, 1):
        own = (
            base + f'verify = ["test $(basename $PWD) = pkg{number:02} && ! grep poison mod.py"]\n'
        )
        (tree / f"pkg{number:02}" / "pyproject.toml").write_text(own)
    done = fixaudit(tree, "apply", "pkg00", "pkg01", "pkg02")
    assert done.code == 2, done
    assert (tree / "pkg00" / "mod.py").read_text() == DONE
    assert (tree / "pkg01" / "mod.py").read_text() == DONE.replace("new.new(2)", "old(13)")
    assert "new.poison(13)" in (tree / "pkg02" / "mod.py").read_text()
    assert fixaudit(tree, "undo").code == 0
    assert fixaudit(tree, "apply", "pkg01", "--no-verify").code == 0
    assert "new.poison(13)" in (tree / "pkg01" / "mod.py").read_text()
