"""The ledger: recorded before written, listed, pruned, and honest about its own damage."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from written_trees import HASHES, PRINTS, apply_changes, changes_of, database_of, make_tree, render

from fixaudit_cli.write.changes import FileChange, LedgerEdit
from fixaudit_cli.write.ledger import LedgerError, runs, writing
from fixaudit_cli.write.pruning import prune
from fixaudit_cli.write.recording import record
from fixaudit_cli.write.resuming import resume
from fixaudit_cli.write.undoing import undo


def _change(root: Path, name: str, before: bytes, after: bytes) -> FileChange:
    (root / name).write_bytes(before)
    return FileChange(root / name, name, before, after)


def test_nothing_of_it_lies_in_the_tree_and_all_of_it_is_the_users_alone(tmp_path: Path) -> None:
    with writing(tmp_path):
        assert list(tmp_path.iterdir()) == []
    for folder in (database_of(tmp_path).parent, database_of(tmp_path).parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_no_run_has_been_made(tmp_path: Path) -> None:
    assert runs(tmp_path) == ()
    assert not database_of(tmp_path).parent.exists()


def test_a_run_is_listed_with_its_counts(tmp_path: Path) -> None:
    make_tree(tmp_path, 12)
    changes = changes_of(tmp_path)
    findings = {claim for c in changes for edit in c.edits for claim in edit.owners}
    with writing(tmp_path) as ledger:
        apply_changes(ledger, changes, argv=["apply", "--unsafe"])
    (run,) = runs(tmp_path)
    assert (run.id, run.argv) == (1, ("apply", "--unsafe"))
    assert run.state == "done"
    assert run.files == {"written": len(changes)}
    assert run.codemods == {
        name: sum(codemod == name for _, codemod in findings) for name in (HASHES, PRINTS)
    }
    assert run.finished is not None
    assert run.started <= run.finished


def test_everything_is_recorded_before_anything_is_written(tmp_path: Path) -> None:
    changes = [_change(tmp_path, f"{n}.py", b"a", b"b") for n in "xyz"]

    def broken() -> object:
        yield from changes
        raise RuntimeError("the pipeline failed")

    with pytest.raises(RuntimeError), writing(tmp_path) as ledger:
        apply_changes(ledger, broken())  # type: ignore[arg-type]
    assert runs(tmp_path) == ()
    assert {path.read_bytes() for path in tmp_path.glob("*.py")} == {b"a"}


def test_an_interrupted_run_is_pending_and_resumed(tmp_path: Path) -> None:
    changes = [_change(tmp_path, f"{n}.py", b"a", b"b") for n in "xyz"]

    def stop(report: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), writing(tmp_path) as ledger:
        apply_changes(ledger, changes, on_file=stop)
    assert [path.read_bytes() for path in sorted(tmp_path.glob("*.py"))] == [b"b", b"a", b"a"]
    assert (runs(tmp_path)[0].state, runs(tmp_path)[0].finished) == ("pending", None)
    with writing(tmp_path) as ledger:
        report = resume(ledger)
        assert report is not None
        assert report.written == ("y.py", "z.py")
        assert resume(ledger) is None
    assert {path.read_bytes() for path in tmp_path.glob("*.py")} == {b"b"}
    assert runs(tmp_path)[0].state == "done"


def test_one_file_under_two_names_is_written_once(tmp_path: Path) -> None:
    first = _change(tmp_path, "a.py", b"a", b"b")
    (tmp_path / "link.py").symlink_to("a.py")
    second = FileChange(tmp_path / "link.py", "link.py", b"a", b"b")
    with writing(tmp_path) as ledger:
        report = apply_changes(ledger, [first, second])
    assert report.written == ("a.py",)
    assert report.skipped == (("link.py", "the same file as a.py"),)
    assert runs(tmp_path)[0].state == "done"


def test_names_need_not_be_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    with writing(tmp_path) as ledger:
        assert apply_changes(ledger, [_change(tmp_path, name, b"a", b"b")]).written == (name,)
    with writing(tmp_path) as ledger:
        report = undo(ledger, paths=[Path(name)])
    assert report is not None
    assert report.written == (name,)
    assert (tmp_path / name).read_bytes() == b"a"


def test_edits_that_do_not_give_the_result_keep_the_result(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    edit = LedgerEdit("f1", HASHES, 0, 1, "y")
    change = FileChange(tmp_path / "a.py", "a.py", b"x = 1\n", b"y=1\n", (edit,))
    with writing(tmp_path) as ledger:
        run = record(ledger, [change])
        (row,) = ledger.files(run)
        assert row.whole
        assert ledger.goal(row) == b"y=1\n"


def test_a_damaged_record_is_named_and_never_written(tmp_path: Path) -> None:
    changes = [_change(tmp_path, f"{n}.py", b"a" * 99, b"b" * 99) for n in "xy"]
    with writing(tmp_path) as ledger:
        run = record(ledger, changes)
        with ledger.transaction() as db:
            db.execute("UPDATE files SET after_hash = 'no', goal_hash = 'no' WHERE path = 'x.py'")
        report = resume(ledger, run)
    assert report is not None
    assert report.written == ("y.py",)
    assert report.failed == (("x.py", "the ledger's record of x.py is damaged"),)
    assert (tmp_path / "x.py").read_bytes() == b"a" * 99


def test_a_ledger_that_is_none_is_an_error(tmp_path: Path) -> None:
    with writing(tmp_path):
        pass
    database_of(tmp_path).write_bytes(b"not a database at all" * 99)
    with pytest.raises(LedgerError, match="cannot open"), writing(tmp_path):
        pass


def test_a_newer_ledger_is_left_alone(tmp_path: Path) -> None:
    with writing(tmp_path):
        pass
    db = sqlite3.connect(database_of(tmp_path))
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LedgerError, match="newer fixaudit"):
        runs(tmp_path)


def test_an_unknown_run_is_an_error(tmp_path: Path) -> None:
    with writing(tmp_path) as ledger, pytest.raises(LedgerError, match="there is no run 7"):
        resume(ledger, 7)


def _many_runs(root: Path, count: int) -> None:
    with writing(root) as ledger:
        for number in range(count):
            apply_changes(ledger, [_change(root, "a.py", os.urandom(9000), b"%d" % number)])


def test_pruning_by_age_keeps_the_newest(tmp_path: Path) -> None:
    _many_runs(tmp_path, 4)
    with writing(tmp_path) as ledger:
        assert prune(ledger).runs == ()
        later = runs(tmp_path)[0].started + 40 * 86400
        assert prune(ledger, now=later).runs == (1, 2, 3)
    assert [run.id for run in runs(tmp_path)] == [4]


def test_pruning_by_size_drops_the_oldest_and_shrinks_the_file(tmp_path: Path) -> None:
    _many_runs(tmp_path, 12)
    database = database_of(tmp_path)
    size = database.stat().st_size
    with writing(tmp_path) as ledger:
        pruned = prune(ledger, max_bytes=30_000)
    assert pruned.runs == tuple(range(1, 10))
    assert pruned.size > 80_000
    assert database.stat().st_size < size - 70_000
    with writing(tmp_path) as ledger, pytest.raises(LedgerError, match="pruned"):
        undo(ledger, 3)


def test_pruning_keeps_what_is_pending(tmp_path: Path) -> None:
    with writing(tmp_path) as ledger:
        record(ledger, [_change(tmp_path, "b.py", b"a", b"b")])
    _many_runs(tmp_path, 3)
    with writing(tmp_path) as ledger:
        assert prune(ledger, max_bytes=0).runs == (2, 3)
    assert [run.id for run in runs(tmp_path)] == [4, 1]


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), "'ü'", b"'\xfc'"),
        (b"\xef\xbb\xbfx = 'a'\r\n", "'ü'", "'ü'".encode()),
        (b"x = 'a'", "'\N{SNOWMAN}'", "'\N{SNOWMAN}'".encode()),
    ],
)
def test_edits_are_written_in_the_encoding_of_the_file(
    before: bytes, text: str, after: bytes
) -> None:
    start = before.index(b"'")
    end = before.rindex(b"'") + 1
    rendered = render(before, [LedgerEdit("f", HASHES, start, end, text)])
    assert rendered == before[:start] + after + before[end:]


def test_text_the_encoding_cannot_hold_and_overlaps_are_not_rendered() -> None:
    ascii_only = b"# coding: ascii\nx = 1\n"
    assert render(ascii_only, [LedgerEdit("f", HASHES, 16, 17, "é")]) is None
    one, two = LedgerEdit("f", HASHES, 0, 3, "a"), LedgerEdit("g", HASHES, 2, 4, "b")
    assert render(b"abcdef", [one, two]) is None
    assert render(b"abc", [LedgerEdit("f", HASHES, 2, 9, "")]) is None


def test_bytes_are_written_as_they_are_and_every_claim_is_kept() -> None:
    edit = LedgerEdit.serving([("f", HASHES), ("g", PRINTS)], 0, 1, b"\xff")
    assert edit.owners == (("f", HASHES), ("g", PRINTS))
    assert render(b"abc", [edit]) == b"\xffbc"
    assert render(b"abc", [edit], lambda claim: claim[1] == PRINTS) == b"\xffbc"
    assert render(b"abc", [edit], lambda claim: False) == b"abc"


def test_insertions_at_one_place_keep_their_order() -> None:
    edits = [LedgerEdit(name, HASHES, 1, 1, name) for name in ("b", "a", "c")]
    assert render(b"<>", edits) == b"<bac>"
