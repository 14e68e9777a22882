"""Where runs are kept: one's own folder, moved with the tree, bounded, and what happens without one."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import time
from pathlib import Path

import pytest
from projects import MODULE, Ended, fixaudit, make_project
from written_trees import database_of

from fixaudit.files.locking import LockedError, state_lock, tree_lock
from fixaudit_cli.write import tree_states
from fixaudit_cli.write.ledger import writing


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return make_project(tmp_path / "p", app__a=MODULE)


def _rows(root: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(
        fixaudit(root, "runs", "--output-format", "json").output
    )["runs"]
    return rows


def test_apply_and_undo_leave_nothing_in_the_tree(tree: Path) -> None:
    before = sorted(tree.rglob("*"))
    assert fixaudit(tree, "apply").code == 0
    assert fixaudit(tree, "undo").code == 0
    assert sorted(tree.rglob("*")) == before
    assert (tree / "app" / "a.py").read_text() == MODULE


def test_the_time_of_a_run_is_not_that_of_its_undo(tree: Path) -> None:
    assert fixaudit(tree, "apply").code == 0
    (first,) = _rows(tree)
    with sqlite3.connect(database_of(tree)) as database:  # an hour passes
        database.execute("UPDATE runs SET started = started - 3600, finished = finished - 3600")
    database.close()
    assert fixaudit(tree, "undo").code == 0
    (after,) = _rows(tree)
    assert after["seconds"] == first["seconds"]
    assert after["state"] == "undone"


def test_a_run_that_another_process_finished_has_no_time(tree: Path) -> None:
    assert fixaudit(tree, "apply").code == 0
    with sqlite3.connect(database_of(tree)) as database:  # as after a kill
        database.execute("UPDATE runs SET state = 'pending', finished = NULL, seconds = NULL")
        database.execute("UPDATE files SET state = 'pending'")
    database.close()
    assert fixaudit(tree, "resume").code == 0
    (row,) = _rows(tree)
    assert (row["state"], row["seconds"]) == ("done", None)
    assert row["finished"] is not None


def _without_home(tree: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Ended:
    for name in ("FIXAUDIT_STATE_DIR", "FIXAUDIT_CACHE_DIR", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/dev/null/none")
    return fixaudit(tree, *arguments)


def test_without_a_home_check_runs_and_says_one_thing(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = fixaudit(tree, "check", "--no-cache")
    done = _without_home(tree, monkeypatch, "check")
    assert (done.code, done.output) == (plain.code, plain.output)
    more = [line for line in done.notes.splitlines() if line not in plain.notes.splitlines()]
    assert len(more) == 1
    assert "FIXAUDIT_CACHE_DIR" in more[0]


@pytest.mark.parametrize("verb", [("apply",), ("apply", "--no-cache")])
def test_without_a_home_apply_says_which_variable_to_set(
    tree: Path, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    done = _without_home(tree, monkeypatch, *verb)
    assert done.code == 2
    assert "FIXAUDIT_STATE_DIR" in done.notes
    assert "Traceback" not in done.notes
    assert (tree / "app" / "a.py").read_text() == MODULE


@pytest.mark.parametrize("verb", ["runs", "undo", "resume"])
def test_without_a_home_nothing_is_recorded(
    tree: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    done = _without_home(tree, monkeypatch, verb)
    assert "Traceback" not in done.notes
    assert done.code in (0, 2)


def test_a_dry_run_needs_no_home(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = fixaudit(tree, "apply", "--dry-run").output
    assert _without_home(tree, monkeypatch, "apply", "--dry-run").output == shown


def test_a_state_folder_that_others_may_write_is_refused(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state" / "trees").mkdir(parents=True)
    (tmp_path / "state" / "trees").chmod(0o777)
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    done = fixaudit(tree, "apply")
    assert done.code == 2
    assert "other users may write" in done.notes


def test_a_moved_tree_takes_its_runs_along(tree: Path) -> None:
    assert fixaudit(tree, "apply").code == 0
    moved = tree.with_name("moved")
    tree.rename(moved)
    assert "no run is recorded" in fixaudit(moved, "runs").notes
    assert fixaudit(moved, "undo").code == 0
    assert (moved / "app" / "a.py").read_text() != MODULE
    done = fixaudit(moved, "runs", "--moved-from", str(tree))
    assert done.code == 0, done
    assert fixaudit(moved, "undo").code == 0
    assert (moved / "app" / "a.py").read_text() == MODULE


def test_another_tree_at_the_same_place_has_no_runs_and_is_told(tree: Path, tmp_path: Path) -> None:
    assert fixaudit(tree, "apply").code == 0
    done = (tree / "app" / "a.py").read_text()
    tree.rename(tmp_path / "old")
    make_project(tree, app__a=done)
    told = fixaudit(tree, "runs")
    assert told.output == b""
    assert "--moved-from" in told.notes
    assert fixaudit(tree, "undo").code == 0
    assert (tree / "app" / "a.py").read_text() == done
    assert fixaudit(tree, "runs", "--moved-from", str(tree)).code == 0
    assert fixaudit(tree, "undo").code == 0
    assert (tree / "app" / "a.py").read_text() == MODULE


def test_runs_are_not_moved_away_from_a_tree_that_is_there(tree: Path, tmp_path: Path) -> None:
    assert fixaudit(tree, "apply").code == 0
    other = make_project(tmp_path / "other", app__a=MODULE)
    done = fixaudit(other, "runs", "--moved-from", str(tree))
    assert done.code == 2
    assert "is still there" in done.notes
    done = fixaudit(tree, "runs", "--moved-from", str(other))
    assert done.code == 2
    assert "runs of its own" in done.notes
    assert "no run is recorded" in fixaudit(other, "runs", "--moved-from", "nowhere").notes


def test_undo_does_not_climb_out_of_a_repository(tree: Path) -> None:
    assert fixaudit(tree, "apply").code == 0
    inner = tree / "vendored"
    (inner / ".git").mkdir(parents=True)
    (inner / "src").mkdir()
    assert "nothing to undo" in fixaudit(inner / "src", "undo").notes
    assert fixaudit(tree / "app", "undo").code == 0
    assert (tree / "app" / "a.py").read_text() == MODULE


def test_the_place_and_size_of_the_record_are_said(tree: Path) -> None:
    assert fixaudit(tree, "apply").code == 0
    assert f"kept in {database_of(tree).parent}" in fixaudit(tree, "runs").notes


def test_what_is_kept_of_other_trees_is_bounded(tmp_path: Path) -> None:
    trees = [tmp_path / name for name in ("one", "two", "three")]
    for root in trees:
        root.mkdir()
        with writing(root):
            pass
        os.utime(database_of(root), (1, 1))
    own = trees[-1]
    assert tree_states.forget_old(own) == []
    trees[0].rename(tmp_path / "gone")
    later = time.time() + (tree_states.MOST_DAYS + 1) * 86400
    assert tree_states.forget_old(own, now=later) == [trees[0]]
    assert tree_states.forget_old(own, most=0) == [trees[1]]
    assert database_of(own).exists()


def test_a_tree_that_takes_more_than_its_share_costs_the_others_nothing(tmp_path: Path) -> None:
    trees = [tmp_path / name for name in ("one", "two", "huge", "own")]
    for age, root in enumerate(trees, 1):
        root.mkdir()
        with writing(root):
            pass
        os.utime(database_of(root), (age, age))
    one, two, huge, own = trees
    size = database_of(one).stat().st_size
    for large in (huge, own):
        os.truncate(database_of(large), 100 * size)
    assert tree_states.forget_old(own, most=9 * size) == [huge]
    assert database_of(one).exists()
    assert database_of(two).exists()


def test_a_tree_that_another_run_holds_is_not_forgotten(tmp_path: Path) -> None:
    held, own = tmp_path / "held", tmp_path / "own"
    for root in (held, own):
        root.mkdir()
        with writing(root):
            pass
    with state_lock(database_of(held).parent):
        assert tree_states.forget_old(own, most=0) == []
    assert database_of(held).exists()


def test_a_run_of_somebody_else_holds_the_tree_by_its_top(tree: Path) -> None:
    before = sorted(tree.rglob("*"))
    top = os.open(tree, os.O_RDONLY)
    fcntl.flock(top, fcntl.LOCK_EX)
    refused = fixaudit(tree, "apply")
    assert refused.code == 2, refused
    assert "another run is writing" in refused.notes
    assert (tree / "app" / "a.py").read_text() == MODULE
    os.close(top)
    assert fixaudit(tree, "apply").code == 0
    assert (tree / "app" / "a.py").read_text() != MODULE
    assert sorted(tree.rglob("*")) == before


def test_where_folders_cannot_be_locked_the_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fixaudit.files.locking._opened", lambda top: None)
    with tree_lock(tmp_path):
        with pytest.raises(LockedError) as refused, tree_lock(tmp_path):
            pass
        assert refused.value.pid == os.getpid()
