"""Ledgers that earlier versions wrote go on being used: a run of layout 2 is listed, undone, imported."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from fixaudit.files.state_folders import known_state
from fixaudit_cli.app import run
from fixaudit_cli.write.ledger import DATABASE

RERAISE = "try:\n    work()\nexcept OSError as error:\n    raise error\n"
MENDED = "try:\n    work()\nexcept OSError:\n    raise\n"


@pytest.fixture
def applied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with one run, and its ledger as version 2 of the layout has it."""
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "pyproject.toml").write_text("")
    (tree / "a.py").write_text(RERAISE)
    monkeypatch.chdir(tree)
    assert run(["apply", "--select", "bare-reraise", "a.py"]) == 0
    assert (tree / "a.py").read_text() == MENDED
    _ledger(tree, lambda database: database.executescript("DROP TABLE units; PRAGMA user_version = 2"))  # fmt: skip
    return tree


def _ledger(tree: Path, do: Callable[[sqlite3.Connection], object]) -> None:
    folder = known_state(tree)
    assert folder is not None
    database = sqlite3.connect(folder / DATABASE)
    do(database)
    database.commit()
    database.close()


def test_a_run_of_layout_2_is_listed_and_undone(
    applied: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["runs"]) == 0
    assert "bare-reraise" in capfd.readouterr().out
    assert run(["undo"]) == 0
    assert (applied / "a.py").read_text() == RERAISE
    layouts: list[int] = []
    _ledger(applied, lambda db: layouts.append(db.execute("PRAGMA user_version").fetchone()[0]))
    assert layouts == [3]


def test_another_run_is_recorded_beside_one_of_layout_2(applied: Path) -> None:
    (applied / "b.py").write_text(RERAISE)
    assert run(["apply", "--select", "bare-reraise", "b.py"]) == 0
    assert run(["undo"]) == 0
    assert [(applied / name).read_text() for name in ("a.py", "b.py")] == [MENDED, RERAISE]
    assert run(["undo"]) == 0
    assert (applied / "a.py").read_text() == RERAISE


def test_a_ledger_of_layout_2_is_imported(
    applied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = known_state(applied)
    assert folder is not None
    old = applied / ".fixaudit"
    folder.rename(old)
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "other"))
    assert run(["runs", "import", str(old)]) == 0
    assert run(["undo"]) == 0
    assert (applied / "a.py").read_text() == RERAISE
