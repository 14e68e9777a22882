"""A repository's own codemod that goes wrong costs its findings in one file, whatever it raises."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from projects import CODEMOD, fixaudit, make_project
from repositories import ENVIRONMENT

_FAULTS = {
    "exit-at-once": "os._exit(3)",
    "exit-at-once-well": "os._exit(0)",
    "interrupt": "raise KeyboardInterrupt",
    "exit": "raise SystemExit(1)",
    "memory": "raise MemoryError",
    "recursion": "raise RecursionError",
    "generator-exit": "raise GeneratorExit",
    "own-signal": "os.kill(os.getpid(), __import__('signal').SIGINT); raise KeyboardInterrupt",
}
_GOOD = "def one():\n    return old(1)\n"
_JUDGE = "        if not isinstance(node.func, ast.Name)"
_SWALLOWS = """\
        import signal
        try:
            print("judging", flush=True)
            signal.pause()
        except KeyboardInterrupt:
            pass
"""


def _project(root: Path, in_judge: str = "", at_import: str = "") -> Path:
    make_project(root, a=_GOOD, bad=_GOOD, c=_GOOD)
    code = CODEMOD.replace("import ast\n", "import ast\nimport os\n")
    code = code.replace(_JUDGE, f"{in_judge}{_JUDGE}")
    (root / "tools" / "old_to_new.py").write_text(code + at_import)
    return root


@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
@pytest.mark.parametrize("fault", _FAULTS)
def test_a_fault_while_judging_costs_the_file(tmp_path: Path, fault: str, jobs: str) -> None:
    line = f"        if source.path == 'bad.py':\n            {_FAULTS[fault]}\n"
    root = _project(tmp_path / "p", in_judge=line)
    done = fixaudit(root, "apply", jobs, "--no-cache", ".")
    assert done.code == 2, done
    assert "Traceback" not in done.notes
    named = [row for row in done.notes.splitlines() if row.startswith("bad.py")]
    assert named, done
    assert all("old-to-new" in row for row in named)
    written = {path.stem for path in root.glob("*.py") if "new.new" in path.read_text()}
    assert written == {"a", "c"}
    assert (root / "bad.py").read_text() == _GOOD


@pytest.mark.parametrize("fault", ["interrupt", "exit", "memory", "recursion", "generator-exit"])
def test_a_fault_at_import_is_an_error_and_no_finding(tmp_path: Path, fault: str) -> None:
    root = _project(tmp_path / "p", at_import=_FAULTS[fault] + "\n")
    done = fixaudit(root, "check", "--no-cache", ".")
    assert done.code == 2, done
    assert "Traceback" not in done.notes
    assert "old_to_new.py: does not import" in done.notes


@pytest.mark.parametrize("verb", [("explain", "bad.py:2"), ("plan", "audit.md", ".")])
@pytest.mark.parametrize("fault", ["interrupt", "exit", "exit-at-once"])
def test_the_verbs_that_only_read_name_the_file_too(
    tmp_path: Path, verb: tuple[str, ...], fault: str
) -> None:
    line = f"        if source.path == 'bad.py':\n            {_FAULTS[fault]}\n"
    root = _project(tmp_path / "p", in_judge=line)
    (root / "audit.md").write_text("# Audit\n\n## Old calls\n\n`bad.py:2` calls old\n")
    done = fixaudit(root, *verb)
    assert done.code == 2, done
    assert "Traceback" not in done.notes
    assert any("old-to-new" in row for row in done.notes.splitlines() if row.startswith("bad.py"))


@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
def test_the_users_interrupt_ends_the_run_whatever_a_codemod_does_with_it(
    tmp_path: Path, jobs: str
) -> None:
    root = _project(tmp_path / "p", in_judge=_SWALLOWS)
    command = [sys.executable, "-m", "fixaudit_cli", "apply", jobs, "--no-cache", "."]
    with subprocess.Popen(
        command,
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **ENVIRONMENT},
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "judging\n"
        process.send_signal(signal.SIGINT)
        _, notes = process.communicate()
    assert process.returncode == 130, notes
    assert "interrupted; no file was changed" in notes
    assert {path.read_text() for path in root.glob("*.py")} == {_GOOD}
