"""The import history: what is kept, what is forgotten, and a file that is not there yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalog.importers.history import HISTORY_LIMIT, ImportHistory
from catalog.importers.nightly import is_due, note


def test_begins_empty_and_comes_back(tmp_path):
    history = ImportHistory(str(tmp_path / "history.json"))
    history.load()
    assert len(history) == 0
    history.record("films.jsonl", 3, 1)
    history.save()

    again = ImportHistory(str(tmp_path / "history.json"))
    again.load()
    assert again == history
    assert repr(again).endswith("1 runs)")


def test_forgets_the_oldest(tmp_path):
    history = ImportHistory(str(tmp_path / "history.json"), limit=2)
    for name in ("a", "b", "c"):
        history.record(name, 1, 0)
    assert [entry["feed"] for entry in history.entries] == ["b", "c"]
    assert HISTORY_LIMIT == 200

    history.entries[0]["at"] = "2020-01-01T00:00:00"
    assert history.forget_old() == 1
    assert [entry["feed"] for entry in history.entries] == ["c"]


def test_is_due_after_the_interval():
    assert is_due(datetime(2020, 1, 1))
    assert not is_due(datetime.utcnow() - timedelta(hours=1))


def test_notes_go_below_one_heading(tmp_path):
    note(tmp_path, "first")
    note(tmp_path, "second")
    assert (tmp_path / "nightly.log").read_text() == "Nightly imports\nfirst\nsecond\n"
