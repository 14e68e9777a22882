"""What is kept from run to run, and everything that must make it void."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from kept_runs import counted_run

from fixaudit.cache.database import opened
from fixaudit.cache.outcome_json import read, written
from fixaudit.cache.store import Cache, CacheError
from fixaudit.model.evidence import Evidence, Reach, Strength
from fixaudit.model.finding import (
    Edit,
    Finding,
    NeededImport,
    NeededModuleName,
    ObsoleteImport,
    SitePlace,
    Span,
    Verdict,
    Withheld,
)
from fixaudit.model.outcome import (
    Changed,
    Failed,
    Held,
    LocatedEdit,
    LocatedFinding,
    Note,
    Outcome,
    Problem,
    Unchanged,
)
from fixaudit.pipeline.execution import Execution, Speed
from fixaudit.pipeline.runner import Request, Worker
from fixaudit.registry import code_hash
from fixaudit.text.source_map import MappedEdit

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


def test_a_distribution_that_comes_between_voids_what_evidence_in_it_decided(
    tmp_path: Path,
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "other" / "tests").mkdir(parents=True)
    (tmp_path / "app" / "model.py").write_text(_MODEL)
    (tmp_path / "app" / "user.py").write_text(_USER)
    double = "from types import SimpleNamespace\n\n\ndef test_shown():\n    shown(SimpleNamespace(**{}))\n"
    (tmp_path / "other" / "tests" / "test_user.py").write_text(double)
    for path in tmp_path.rglob("*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    run = _Seen(tmp_path)
    first = run(select=("getattr-default-removal",))
    (tmp_path / "other" / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    second = run(select=("getattr-default-removal",))
    assert "user.py" in run.computed
    assert first[1] != second[1]
    assert second == run(select=("getattr-default-removal",))
    assert run.computed == []


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


def _database() -> Path:
    return Path(os.environ["FIXAUDIT_CACHE_DIR"]) / "outcomes.sqlite"


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0torn"])
def test_a_torn_cache_is_no_cache(run: _Seen, content: bytes) -> None:
    first = run()
    for path in _database().parent.glob("outcomes*"):
        path.unlink()
    _database().write_bytes(content)
    execution = Execution(Worker(Request(paths=(run.root,), root=run.root)), Speed())
    assert execution.trouble is not None
    assert "goes on without it" in execution.trouble
    assert run() == first


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE theirs (a)")
    with pytest.raises(CacheError, match="another program"):
        Cache.open(tmp_path, "key", tmp_path)


def test_a_pickle_of_anything_else_is_not_read(run: _Seen) -> None:
    import pickle

    first = run()
    evil = pickle.dumps(os.getcwd)
    with sqlite3.connect(_database()) as database:
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


def test_another_checkout_of_the_same_code_is_warm(run: _Seen, tmp_path_factory: pytest.TempPathFactory) -> None:  # fmt: skip
    first = run()
    copy = tmp_path_factory.mktemp("other") / "deeper" / "checkout"
    shutil.copytree(run.root, copy)
    other = _Seen(copy)
    assert other() == first
    assert other.computed == []
    assert other() == first
    assert other.computed == []
    (copy / "model.py").write_text(_MODEL.replace("self.name", "self.title"))
    assert other() != first
    assert other.computed == ["model.py", "user.py"]
    assert run() == first
    assert run.computed == []


def test_what_another_checkout_looked_up_is_looked_up_here(run: _Seen, tmp_path_factory: pytest.TempPathFactory) -> None:  # fmt: skip
    first = run()
    copy = tmp_path_factory.mktemp("other")
    shutil.copytree(run.root, copy, dirs_exist_ok=True)
    (copy / "model.py").write_text(_MODEL.replace("self.name", "self.title"))
    other = _Seen(copy)
    assert other()[2] != first[2]
    assert other.computed == ["model.py", "user.py"]


def test_a_package_that_the_tree_lies_in_is_none_of_another_name(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "user.py").write_text(_USER)
    _Seen(tmp_path / "one")()
    other = _Seen(tmp_path / "two")
    other()
    assert "user.py" in other.computed


def test_every_flipped_byte_costs_an_entry_or_the_cache_and_never_the_outcome(run: _Seen) -> None:
    first = run(unsafe=True)
    assert any(isinstance(outcome, Changed) for outcome in first)
    database = _database()
    whole = database.read_bytes()
    held = [i for i, byte in enumerate(whole) if byte]
    rng = random.Random(13)
    for place in rng.sample(held, 300):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << rng.randrange(8)
        database.write_bytes(damaged)
        assert run(unsafe=True) == first, place


def test_a_flipped_letter_of_a_shown_text_costs_its_entry_alone(run: _Seen) -> None:
    first = run()
    whole = _database().read_bytes()
    reason = first[1].sites[0].finding.reason.encode()  # type: ignore[union-attr]
    assert whole.count(reason) == 1
    _database().write_bytes(whole.replace(reason, reason.swapcase()))
    assert run() == first
    assert run.computed == ["plain.py"]
    assert run() == first
    assert run.computed == []


def test_no_file_of_the_cache_is_a_pickle(run: _Seen) -> None:
    run()
    with sqlite3.connect(_database()) as database:
        texts = [text for (text,) in database.execute("SELECT outcome FROM entries") if text]
    assert texts
    assert all(isinstance(json.loads(text), list) for text in texts)


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("kind", ["link", "pipe", "hard link"])
def test_a_planted_file_in_a_named_cache_is_refused(run: _Seen, kind: str, end: str) -> None:
    first = run()
    folder = run.root / "kept"
    folder.mkdir()
    victim = run.root / "victim.txt"
    victim.write_text("mine\n")
    planted = folder / f"outcomes.sqlite{end}"
    match kind:
        case "link":
            planted.symlink_to(victim)
        case "pipe":
            os.mkfifo(planted)
        case _:
            os.link(victim, planted)
    (folder / ".gitignore").symlink_to(run.root / "made.txt")
    worker = Worker(Request(paths=(run.root,), root=run.root))
    execution = Execution(worker, Speed(cache_dir=folder))
    assert execution.trouble is not None
    assert "is a link or no plain file" in execution.trouble
    assert list(execution.outcomes(worker.discover().files)) == first
    assert victim.read_text() == "mine\n"
    assert not (run.root / "made.txt").exists()


def test_a_trigger_in_a_named_cache_is_refused_and_never_fires(run: _Seen) -> None:
    speed = Speed(cache_dir=run.root / "kept")
    worker = Worker(Request(paths=(run.root,), root=run.root))
    first = list(Execution(worker, speed).outcomes(worker.discover().files))
    with sqlite3.connect(run.root / "kept" / "outcomes.sqlite") as database:
        database.execute(
            "CREATE TRIGGER theirs AFTER UPDATE ON runs BEGIN DELETE FROM entries; END"
        )
    execution = Execution(Worker(worker.request), speed)
    assert execution.trouble is not None
    assert "another program's database" in execution.trouble
    assert list(execution.outcomes(worker.discover().files)) == first


def test_without_a_home_outcomes_are_not_kept(run: _Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run()
    monkeypatch.delenv("FIXAUDIT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "no/absolute/path")
    worker = Worker(Request(paths=(run.root,), root=run.root))
    execution = Execution(worker, Speed())
    assert execution.trouble is not None
    assert "FIXAUDIT_CACHE_DIR" in execution.trouble
    assert list(execution.outcomes(worker.discover().files)) == first


def test_a_cache_that_others_may_write_is_not_used(run: _Seen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.delenv("FIXAUDIT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / "fixaudit"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    execution = Execution(Worker(Request(paths=(run.root,), root=run.root)), Speed())
    assert execution.trouble is not None
    assert "other users may write" in execution.trouble
    assert list(folder.iterdir()) == []


def test_the_runs_of_a_tree_that_are_used_least_go_first(run: _Seen) -> None:
    for number in range(9):
        run(ignore=(f"FA{number + 101}",))
    with sqlite3.connect(_database()) as database:
        assert database.execute("SELECT count(*) FROM runs").fetchone() == (6,)


def test_all_trees_together_keep_to_a_size(run: _Seen, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("fixaudit.cache.store._MOST_BYTES", 150_000)
    for number in range(20):
        root = tmp_path_factory.mktemp("tree")
        (root / "a.py").write_text(f"def f() -> None:\n    print('hello {number}')\n" * 60)
        _Seen(root)()
    assert _database().stat().st_size < 400_000
    with sqlite3.connect(_database()) as database:
        (count,) = database.execute("SELECT count(*) FROM runs").fetchone()
    assert 1 <= count < 20


def test_names_of_bytes_that_are_no_text_are_kept(run: _Seen) -> None:
    odd = run.root / os.fsdecode(b"caf\xe9.py")
    odd.write_text(_USER)
    os.utime(odd, (1_000_000_000, 1_000_000_000))
    first = run()
    assert run() == first
    assert run.computed == []


def test_every_field_of_an_outcome_is_kept() -> None:
    edit = Edit(Span(3, 5), "x = '\u00fc\\udc80'", True)
    logger = NeededModuleName("d", "d = 1")
    shared = NeededModuleName("f", "def f(): ...", (NeededImport("a", None, "b"), logger), "f")
    names = (NeededImport("a", None, "b"), ObsoleteImport("c"), logger, shared)
    finding = Finding("one", "FA1", Span(1, 9), Verdict.UNSAFE, "why", (edit,), names, "do this")
    proof = Evidence(Strength.PROOF, Reach.SITE, "a.py", 3, "said")
    hint = Evidence(Strength.HINT, Reach.DISTRIBUTION, "b.py", 9, "\udc80")
    withheld = Withheld(Verdict.FIX, "right")
    finding = replace(
        finding,
        evidence=(proof, hint),
        withheld=withheld,
        together=(SitePlace("b.py"), SitePlace("c.py", 3, 5)),
    )
    located = LocatedEdit(1, 2, 3, 4, "\u2028")
    site = LocatedFinding(finding, 1, 2, 3, 4, "f", "by a comment", True, (located,), "a.py")
    other = replace(site, path="b.py", suppressed=None, applied=False, edits=(), held=Held.WAITS, rejected=True, symbol="A.b", tokens="0f")  # fmt: skip
    problems = (Problem("a.py", "syntax", "no", 7), Problem("c.py", "verify", "no"))
    mapped = (MappedEdit(1, 2, b"\xff\x00", (("f", "one"), ("g", "two"))),)
    noted = (Note("a.py", "suppression", "unknown", 3),)
    outcomes: list[Outcome] = [
        Unchanged("a.py", (site, other), problems, (replace(site, arisen=True),), noted),
        Unchanged("a.py", (), (), (), noted),
        Changed("a.py", b"\xff1", b"2", mapped, (site,), problems, noted, True),
        Failed("a.py", problems[0]),
        Failed("a.py", problems[1]),
    ]
    for outcome in outcomes:
        text, before, after = written(outcome)
        assert text.isascii()
        assert read(text.encode(), before, after, "a.py") == outcome
    for shape in (Edit, Finding, Evidence, Withheld, LocatedEdit, LocatedFinding, Problem, MappedEdit, Changed, Unchanged, Note, NeededImport, NeededModuleName):  # fmt: skip
        assert len(fields(shape)) == _FIELDS[shape.__name__], "the cache keeps another shape"


_FIELDS = {
    "Edit": 3, "Finding": 12, "Evidence": 5, "Withheld": 2, "LocatedEdit": 5, "LocatedFinding": 15,
    "Problem": 4, "MappedEdit": 4,
    "Changed": 8, "Unchanged": 5, "Note": 4, "NeededImport": 3, "NeededModuleName": 4,
}  # fmt: skip


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"[1]", b'["unchanged", [[1]], []]', b"[" * 9999, b'["changed", [], [], [], []]', b"\xff"])  # fmt: skip
def test_other_texts_are_no_outcome(text: bytes) -> None:
    with pytest.raises(ValueError, match="this is no outcome"):
        read(text, None, None, "a.py")


def test_tables_of_an_earlier_version_go_whatever_they_are_called(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as earlier:
        earlier.execute('CREATE TABLE "a""b" (x)')
        earlier.execute("PRAGMA user_version = 1")
    with closing(opened(str(path), "CREATE TABLE t (y);", 2, seconds=1)) as database:
        names = database.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [(b"t",)]


def test_a_process_that_makes_the_tables_meanwhile_makes_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, schema = tmp_path / "new.sqlite", "CREATE TABLE t (y)"
    with closing(sqlite3.connect(path)) as empty:
        empty.execute("PRAGMA journal_mode = WAL")
    connect = sqlite3.connect

    class Interrupted(sqlite3.Connection):
        """After the first look at the version, another process makes the tables."""

        def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
            found = super().execute(statement, *values)
            if statement == "PRAGMA user_version" and sqlite3.connect is interrupted:
                monkeypatch.setattr(sqlite3, "connect", connect)
                made_by_the_other.append(opened(str(path), schema, 1, seconds=1))
            return found

    def interrupted(*arguments: Any, **named: Any) -> sqlite3.Connection:
        return connect(*arguments, **named, factory=Interrupted)

    made_by_the_other: list[sqlite3.Connection] = []
    monkeypatch.setattr(sqlite3, "connect", interrupted)
    with closing(opened(str(path), schema, 1, seconds=1)) as database:
        assert database.execute("SELECT count(*) FROM t").fetchall() == [(0,)]
    [other] = made_by_the_other
    other.close()
