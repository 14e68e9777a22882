"""What a run tells is what has happened: rows, counts and documents of runs that did not go through."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from projects import CODEMOD, MODULE, fixaudit, make_project
from repositories import Work

# What a codemod raises is its own fault: the user's interrupt is a signal to the run, which a
# codemod that is looking at a file sends here from the process it is judged in, and then waits.
_SIGNALS = "import os, signal; os.kill(os.getppid(), signal.SIGINT); signal.pause()"
INTERRUPTED = CODEMOD.replace("        unlucky", f"        {_SIGNALS}\n        unlucky", 1)
WITHOUT_PYTEST = (
    "import sys; sys.modules['pytest'] = None; from fixaudit_cli.__main__ import main; main()"
)


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_a_refused_run_shows_no_edit_as_made(tmp_path: Path, name: str) -> None:
    root = make_project(tmp_path, m=MODULE)
    work = Work(root)
    work.git("init", "-q")
    done = fixaudit(root, "apply", "m.py", "--diff", "--output-format", name)
    assert done.code == 2, done
    text = done.output.decode()
    assert "old-to-new" in text
    assert "# +" not in text
    assert "applied" not in text.replace(".applied", "")
    assert "diff --git" not in text
    if name == "text":
        assert "0 edits in 0 files changed" in done.notes


def test_a_dropped_edit_is_not_shown_as_made(tmp_path: Path) -> None:
    text = MODULE.replace("old(2)", "old(13)")
    root = make_project(tmp_path, m=text)
    (root / "new.py").write_text("new = poison = print\n")
    red = "! grep -q poison m.py"
    done = fixaudit(root, "apply", "m.py", "--verify", red)
    rows = [line.split()[1:3] for line in done.output.decode().splitlines() if "old-to-new" in line]
    assert len(rows) == 3
    marks = ["+" if row[0].startswith("+") else "" for row in rows]
    assert marks.count("+") == 2, done
    assert "2 edits in 1 file changed" in done.notes


def test_a_suppressed_site_is_no_fix(tmp_path: Path) -> None:
    text = MODULE.replace("old(2)", "old(2)  # fixaudit: ignore -- known")
    root = make_project(tmp_path, m=text)
    notes = fixaudit(root, "check", "m.py").notes
    assert "2 fix, 0 unsafe, 0 review, 0 leave; 1 suppressed" in notes
    summary = json.loads(fixaudit(root, "check", "m.py", "--output-format", "json").output)[
        "summary"
    ]
    assert (summary["verdicts"]["fix"], summary["suppressed"]) == (2, 1)
    table = fixaudit(root, "check", "m.py", "--statistics").output.decode()
    assert table.splitlines()[-1].split() == ["total", "2", "0", "0", "0"]
    assert "  old-to-new: 2 fix\n" in fixaudit(root, "apply", "m.py").notes


def test_a_run_over_no_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for verb in ("check", "apply"):
        done = fixaudit(tmp_path, verb, "empty")
        assert done.code == 0
        assert done.notes.startswith("no file was looked at")
        assert " 0 files" not in done.notes


def test_a_patch_says_that_it_is_written(tmp_path: Path) -> None:
    root = make_project(tmp_path, m=MODULE)
    assert (
        "wrote the patch of 1 file to a.patch"
        in fixaudit(root, "apply", "--patch", "a.patch").notes
    )


def test_new_makes_the_configured_folder(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.fixaudit]\ncodemods = ["own/mods"]\n')
    done = fixaudit(tmp_path, "new", "my-thing")
    assert done.code == 0, done
    assert (tmp_path / "own" / "mods" / "my_thing.py").is_file()
    assert "my-thing" in fixaudit(tmp_path, "list").output.decode()


def test_a_run_that_wrote_no_file_offers_no_undo(tmp_path: Path) -> None:
    root = make_project(tmp_path, m=MODULE, n=MODULE)
    assert fixaudit(root, "apply", "n.py").notes.startswith(
        "run 1: 1 file written; `fixaudit undo` takes it back"
    )
    (root / "m.py").chmod(0o444)
    done = fixaudit(root, "apply", "m.py")
    assert done.code == 2, done
    assert done.notes.startswith("run 2: 0 files written\nm.py: skipped: read-only\n")
    assert "undo" not in done.notes


@pytest.mark.parametrize("verb", [("apply",), ("apply", "--dry-run"), ("check",)], ids=" ".join)
def test_an_interrupt_before_anything_is_written_says_so(
    tmp_path: Path, verb: tuple[str, ...]
) -> None:
    root = make_project(tmp_path, m=MODULE)
    (root / "tools" / "old_to_new.py").write_text(INTERRUPTED)
    done = fixaudit(root, *verb, "-j1", "m.py")
    assert done.code == 130, done
    assert done.notes.splitlines()[-1] == "fixaudit: interrupted; no file was changed"
    assert (root / "m.py").read_text() == MODULE


def test_the_tests_of_codemods_without_pytest_name_the_extra(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_PYTEST, "test", "md5-to-sha256"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert (
        done.stderr
        == "fixaudit: error: `fixaudit test` needs pytest: pip install 'fixaudit[test]'\n"
    )
