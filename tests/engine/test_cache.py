"""What is kept from run to run, and everything that must make it void."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from kept_runs import counted_run

from fixaudit.cache.store import Cache, CacheError
from fixaudit.model.outcome import Outcome, Unchanged
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.runner import Request, Worker
from fixaudit.registry import code_hash

_MODEL = "class Item:\n    def __init__(self) -> None:\n        self.name = 'a'\n"
_USER = (
    "from model import Item\n\n\ndef shown(item: Item) -> str:\n"
    "    return getattr(item, 'name', '')\n"
)


class _Seen:
    """Runs over a tree, and which files each of them computed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.computed: list[str] = []

    def __call__(self, **request: object) -> list[Outcome]:
        asked = Request(paths=(self.root,), root=self.root, **request)  # type: ignore[arg-type]
        self.computed = []
        return list(counted_run(asked, self.computed))


@pytest.fixture
def run(tmp_path: Path) -> _Seen:
    (tmp_path / "model.py").write_text(_MODEL)
    (tmp_path / "user.py").write_text(_USER)
    (tmp_path / "plain.py").write_text("def f() -> None:\n    print('hello')\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'a'\n")
    for path in tmp_path.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return _Seen(tmp_path)


def test_nothing_is_computed_again_where_nothing_changed(run: _Seen) -> None:
    first = run()
    assert run.computed == ["model.py", "plain.py", "user.py"]
    assert run() == first
    assert run.computed == []


def test_changed_content_counts_even_with_size_and_time_as_they_were(run: _Seen) -> None:
    run()
    plain = run.root / "plain.py"
    plain.write_text(plain.read_text().replace("hello", "hullo"))
    os.utime(plain, (1_000_000_000, 1_000_000_000))
    run()
    assert run.computed == ["plain.py"]


def test_a_file_that_was_only_touched_is_not_computed_again(run: _Seen) -> None:
    first = run()
    os.utime(run.root / "plain.py")
    assert run() == first
    assert run.computed == []


def test_a_class_that_changes_in_another_file_voids_what_was_made_from_it(run: _Seen) -> None:
    first = run()
    (run.root / "model.py").write_text(_MODEL.replace("self.name", "self.title"))
    second = run()
    assert run.computed == ["model.py", "user.py"]
    assert second[2] != first[2]


def test_a_header_in_another_file_voids_what_its_name_decided(tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text("import store\n\nstore.load(key=1)\n")
    (tmp_path / "store.py").write_text("from inner import fetch as load\n")
    (tmp_path / "inner.py").write_text("def fetch(key): ...\n")
    (tmp_path / "other.py").write_text("x = 1\n")
    for path in tmp_path.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    run = _Seen(tmp_path)
    run(select=("drop-unexpected-keyword",))
    (tmp_path / "other.py").write_text("def unasked(key): ...\n")
    run(select=("drop-unexpected-keyword",))
    assert run.computed == ["other.py"]
    (tmp_path / "inner.py").write_text("def fetch(name): ...\n")
    outcomes = run(select=("drop-unexpected-keyword",))
    assert run.computed == ["caller.py", "inner.py"]
    assert any(outcome.sites for outcome in outcomes if isinstance(outcome, Unchanged))
    (tmp_path / "inner.py").write_text("def fetch(key): ...\n")
    run(select=("drop-unexpected-keyword",))
    (tmp_path / "other.py").write_text("def load(name): ...\n")
    run(select=("drop-unexpected-keyword",))
    assert run.computed == ["caller.py", "other.py"]


def test_options_settings_and_selection_count(run: _Seen) -> None:
    run()
    run(unsafe=True)
    assert run.computed == ["model.py", "plain.py", "user.py"]
    run(select=("print-to-logger",))
    assert run.computed == ["model.py", "plain.py", "user.py"]
    run()
    assert run.computed == []
    (run.root / "pyproject.toml").write_text("[tool.fixaudit]\nunsafe = true\n")
    run()
    assert run.computed == ["model.py", "plain.py", "user.py"]


def test_the_code_of_codemods_counts(run: _Seen, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    code = tmp_path_factory.mktemp("code")
    (code / "one.py").write_text("A = 1\n")
    monkeypatch.setattr(code_hash, "code_folders", lambda: {str(code)})
    run()
    run()
    assert run.computed == []
    (code / "one.py").write_text("A = 22\n")
    run()
    assert run.computed == ["model.py", "plain.py", "user.py"]


def _database(root: Path) -> Path:
    return root / ".fixaudit" / "cache" / "outcomes.sqlite"


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0torn"])
def test_a_torn_cache_is_no_cache(run: _Seen, content: bytes) -> None:
    first = run()
    for path in _database(run.root).parent.glob("outcomes*"):
        path.unlink()
    _database(run.root).write_bytes(content)
    execution = Execution(Worker(Request(paths=(run.root,), root=run.root)), Speed())
    assert execution.trouble is not None
    assert "goes on without it" in execution.trouble
    assert run() == first


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE theirs (a)")
    with pytest.raises(CacheError, match="another program"):
        Cache.open(tmp_path, "key")


def test_a_pickle_of_anything_else_is_not_read(run: _Seen) -> None:
    import pickle

    first = run()
    evil = pickle.dumps(os.getcwd)
    with sqlite3.connect(_database(run.root)) as database:
        database.execute("UPDATE entries SET outcome = ? WHERE outcome IS NOT NULL", (evil,))
    assert run() == first
    assert run.computed == ["plain.py", "user.py"]


def test_a_cache_folder_that_cannot_be_made_is_said_once(run: _Seen) -> None:
    first = run()
    in_the_way = run.root / "in_the_way"
    in_the_way.write_text("")
    speed = Speed(cache_dir=in_the_way / "cache")
    execution = Execution(Worker(Request(paths=(run.root,), root=run.root)), speed)
    assert execution.trouble is not None
    assert list(execution.outcomes(execution._worker.discover().files)) == first
