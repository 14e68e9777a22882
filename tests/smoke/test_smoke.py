"""What every Python has to hold: all of it is imported, the command line runs, each codemod edits."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import fixaudit
import fixaudit_cli
import fixaudit_codemods
from fixaudit.model.finding import Verdict
from fixaudit.registry.loader import installed_codemods
from fixaudit.testing.cases import Case
from fixaudit.testing.catalogue import Fixtures
from fixaudit.testing.failure_report import report

ROOT = Path(__file__).parent.parent.parent
CODEMODS = [codemod for codemod in installed_codemods() if "/" not in codemod.name]
_NEEDS_MORE = frozenset({"fixaudit.integrations.bowler"})
"""Needs a package that is no dependency."""


def _first_pairs() -> dict[str, Case]:
    """The first case of each codemod that edits; of one that only shows, the first for review."""
    found: dict[str, Case] = {}
    cases = Fixtures(ROOT / "fixtures", CODEMODS).cases()
    for verdicts in ((Verdict.FIX, Verdict.UNSAFE), (Verdict.REVIEW,)):
        for case in cases:
            if case.verdict in verdicts:
                found.setdefault(case.codemod.name, case)
    return found


@pytest.mark.parametrize("package", [fixaudit, fixaudit_codemods, fixaudit_cli])
def test_every_module_is_imported(package: object) -> None:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")  # type: ignore[attr-defined]
    names = [entry.name for entry in found if entry.name.rpartition(".")[2] != "__main__"]
    assert len(names) > 20
    for name in names:
        if name not in _NEEDS_MORE:
            importlib.import_module(name)


@pytest.mark.parametrize("name", [codemod.name for codemod in CODEMODS])
def test_one_pair_of_each_codemod(name: str) -> None:
    failure = report(_first_pairs()[name], None)
    if failure is not None:
        pytest.fail(failure, pytrace=False)


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fixaudit_cli", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_line_lists_finds_and_edits(tmp_path: Path) -> None:
    path = tmp_path / "page.py"
    path.write_text(
        'def read():\n    return open("a.txt").read()\n\n\ndef f(x):\n    print(f"x {x}")\n'
    )
    assert _run(tmp_path, "--version").stdout.startswith("fixaudit ")
    listed = _run(tmp_path, "list").stdout
    assert all(codemod.name in listed for codemod in CODEMODS)
    checked = _run(tmp_path, "check", "--isolated", "--no-cache", "page.py")
    assert (checked.returncode, checked.stderr.count("Traceback")) == (1, 0)
    assert "print-to-logger" in checked.stdout
    shown = _run(tmp_path, "apply", "--dry-run", "--isolated", "--no-cache", "page.py")
    assert "+    logger.info(" in shown.stdout
    assert shown.returncode == 0
