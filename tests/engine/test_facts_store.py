"""Facts of modules in the cache folder: a later run parses no module that did not change."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from fixaudit.cache.facts_store import SqliteFacts
from fixaudit.model.outcome import Outcome
from fixaudit.pipeline import file_task
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.pool import can_fork
from fixaudit.pipeline.runner import Request, Worker
from fixaudit.semantics.fragments import Parses

_FILES = {
    "pyproject.toml": "[project]\nname = 'a'\n",
    "base.py": "class Root:\n    def __init__(self) -> None:\n        self.name = 'a'\n",
    "model.py": "from base import Root\n\n\nclass Item(Root):\n    size = 1\n",
    "make.py": "from model import Item\n\n\ndef made():\n    return Item()\n",
    "user.py": (
        "from make import made\n\n\ndef shown() -> str:\n"
        "    return getattr(made(), 'name', '') + str(getattr(made(), 'size', 0))\n"
    ),
    "other.py": "from model import Item\n\n\ndef f(item: Item) -> int:\n    return getattr(item, 'size', 0)\n",
}
_MODULES = 3  # those that other files ask about: base, model and make
_PARSED = 2  # for that alone: base has been judged when they ask


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in _FILES.items():
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (1_000_000_000, 1_000_000_000))
    return tmp_path


def _run(root: Path, *, cache: bool = True, jobs: int = 1) -> tuple[list[Outcome], Parses]:
    worker = Worker(Request(paths=(root,), root=root, select=("all",), isolated=True))
    files = worker.discover().files
    outcomes = list(Execution(worker, Speed(jobs=jobs, cache=cache)).outcomes(files))
    return outcomes, worker.project.parses


def test_a_run_parses_each_module_once_and_the_next_one_none(root: Path) -> None:
    plain, cold = _run(root, cache=False)
    assert cold.whole == _PARSED
    first, kept = _run(root)
    assert (first, kept.whole, kept.read) == (plain, _PARSED, 0)
    (root / "user.py").write_text(_FILES["user.py"] + "x = 1\n")
    edited, warm = _run(root)
    assert (warm.whole, warm.read) == (0, _MODULES)
    assert edited == _run(root, cache=False)[0]
    assert edited != first


def test_an_edited_module_alone_is_parsed(root: Path) -> None:
    _run(root)
    (root / "model.py").write_text("from base import Root\n\n\nclass Item(Root): ...\n")
    edited, warm = _run(root)
    assert (warm.whole, warm.read) == (1, 2)
    assert edited == _run(root, cache=False)[0]


@pytest.mark.skipif(not can_fork(), reason="processes cannot be forked here")
def test_what_one_process_read_the_next_run_takes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_task, "PAYING_BYTES", 1)
    plain, _ = _run(root, cache=False)
    first, here = _run(root, jobs=2)
    assert (first, here.whole) == (plain, 0)
    (root / "user.py").write_text(_FILES["user.py"] + "x = 1\n")
    _, warm = _run(root)
    assert (warm.whole, warm.read) == (0, _MODULES)


def _database() -> Path:
    (found,) = Path(os.environ["FIXAUDIT_CACHE_DIR"]).glob("facts-*.sqlite")
    return found


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE facts SET row = '['",
        "UPDATE facts SET row = x'00'",
        "UPDATE facts SET sum = sum + 1",
        "DROP TABLE facts",
        "CREATE TRIGGER theirs AFTER INSERT ON facts BEGIN DELETE FROM facts; END",
        "PRAGMA user_version = 99",
    ],
)
def test_rows_that_are_broken_or_of_other_code_are_built_anew(root: Path, change: str) -> None:
    _run(root)
    with sqlite3.connect(_database()) as database:
        database.execute(change)
    database.close()
    (root / "user.py").write_text(_FILES["user.py"] + "x = 1\n")
    edited, warm = _run(root)
    assert (warm.whole, warm.read) == (_MODULES, 0)
    assert edited == _run(root, cache=False)[0]


def test_a_file_that_is_no_database_costs_no_outcome(root: Path) -> None:
    _run(root)
    for path in _database().parent.glob("facts-*.sqlite*"):
        path.write_bytes(b"something else" * 100)
    (root / "user.py").write_text(_FILES["user.py"] + "x = 1\n")
    edited, warm = _run(root)
    assert (warm.whole, warm.read) == (_MODULES, 0)
    assert edited == _run(root, cache=False)[0]


def test_rows_are_read_while_they_wait_and_after_they_are_written(tmp_path: Path) -> None:
    store = SqliteFacts(tmp_path / "cache", "1")
    store.keep_facts("a", "row")
    assert store.facts("b") is None
    store.close()
    again = SqliteFacts(tmp_path / "cache", "1")
    assert again.facts("a") == "row"
    again.close()
    other = SqliteFacts(tmp_path / "cache", "2")
    assert other.facts("a") is None
    other.close()


def test_the_oldest_rows_go_where_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fixaudit.cache.facts_store._MOST_BYTES", 50_000)
    for number in range(30):
        store = SqliteFacts(tmp_path, "1")
        store.keep_facts(f"key {number}", "x" * 5_000)
        store.close()
    last = SqliteFacts(tmp_path, "1")
    known = [number for number in range(30) if last.facts(f"key {number}") is not None]
    last.close()
    assert known == list(range(30 - len(known), 30))
    assert 2 < len(known) < 15
    assert last.path.stat().st_size < 100_000
