"""Undo: byte for byte, whole or in part, and never over what was edited since."""

from __future__ import annotations

from pathlib import Path

import pytest
from written_trees import (
    HASHES,
    PRINTS,
    after_of,
    apply_changes,
    changes_of,
    make_tree,
    render,
    snapshot,
)

from fixaudit_cli.write.changes import FileChange, LedgerEdit, Owner, digest
from fixaudit_cli.write.ledger import Ledger, LedgerError, runs, writing
from fixaudit_cli.write.resuming import resume
from fixaudit_cli.write.undoing import retarget, undo
from fixaudit_cli.write.write_run import RunReport

BODY = b"import os\nx = md5()\nprint(x)\ny = md5()\n"


def _edits() -> tuple[LedgerEdit, ...]:
    """Two hash findings, one print finding; the import serves the first hash and the print."""
    x, p, y = BODY.index(b"md5"), BODY.index(b"print"), BODY.rindex(b"md5")
    return (
        LedgerEdit("F1", HASHES, 0, 0, "import both\n", also=(("F2", PRINTS),)),
        LedgerEdit("F1", HASHES, x, x + 3, "sha256"),
        LedgerEdit("F2", PRINTS, p, p + 5, "log"),
        LedgerEdit("F3", HASHES, y, y + 3, "sha256"),
    )


def _applied(root: Path, *names: str) -> None:
    changes = []
    for name in names or ("a.py",):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(BODY)
        after = render(BODY, _edits())
        assert after is not None
        changes.append(FileChange(root / name, name, BODY, after, _edits()))
    with writing(root) as ledger:
        apply_changes(ledger, changes)


def _undo(root: Path, **options: object) -> RunReport:
    with writing(root) as ledger:
        report = undo(ledger, **options)  # type: ignore[arg-type]
    assert report is not None
    return report


def _rendered(*codemods: str) -> bytes | None:
    return render(BODY, _edits(), lambda claim: claim[1] in codemods)


def test_a_tree_is_restored_byte_for_byte(tmp_path: Path) -> None:
    make_tree(tmp_path, 60)
    old, changes = snapshot(tmp_path), changes_of(tmp_path)
    with writing(tmp_path) as ledger:
        apply_changes(ledger, changes)
        assert snapshot(tmp_path) == after_of(old, changes)
        report = undo(ledger)
        assert report is not None
        assert report.written == tuple(change.relative for change in changes)
        assert undo(ledger) is None
    assert snapshot(tmp_path) == old
    assert runs(tmp_path)[0].state == "undone"


def test_files_edited_since_are_named_and_kept(tmp_path: Path) -> None:
    _applied(tmp_path, "a.py", "b.py")
    (tmp_path / "a.py").write_bytes(b"mine\n")
    report = _undo(tmp_path)
    assert report.skipped == (("a.py", "edited since the run"),)
    assert report.written == ("b.py",)
    assert (tmp_path / "a.py").read_bytes() == b"mine\n"
    assert (tmp_path / "b.py").read_bytes() == BODY
    assert runs(tmp_path)[0].state == "done"


def test_force_restores_over_later_edits(tmp_path: Path) -> None:
    _applied(tmp_path, "a.py", "b.py")
    (tmp_path / "a.py").write_bytes(b"mine\n")
    _undo(tmp_path)
    assert _undo(tmp_path, force=True).written == ("a.py",)
    assert (tmp_path / "a.py").read_bytes() == BODY
    assert runs(tmp_path)[0].state == "undone"


def test_a_file_deleted_since_is_named(tmp_path: Path) -> None:
    _applied(tmp_path)
    (tmp_path / "a.py").unlink()
    assert _undo(tmp_path).skipped == (("a.py", "gone since the run"),)


def test_a_file_undone_before_is_nobodys_business_any_more(tmp_path: Path) -> None:
    _applied(tmp_path, "a.py", "b.py", "c.py")
    _undo(tmp_path, paths=[Path("a.py"), Path("b.py")])
    (tmp_path / "a.py").unlink()
    (tmp_path / "b.py").write_bytes(b"mine\n")
    report = _undo(tmp_path)
    assert (report.written, report.skipped) == (("c.py",), ())
    assert (tmp_path / "b.py").read_bytes() == b"mine\n"


def test_one_folder_or_file_is_undone(tmp_path: Path) -> None:
    _applied(tmp_path, "a.py", "pkg/b.py", "pkg2/c.py")
    assert _undo(tmp_path, paths=[Path("pkg")]).written == ("pkg/b.py",)
    assert runs(tmp_path)[0].files == {"written": 2, "undone": 1}
    assert _undo(tmp_path, paths=[tmp_path / "a.py"]).written == ("a.py",)
    assert _undo(tmp_path).written == ("pkg2/c.py",)
    assert runs(tmp_path)[0].state == "undone"


def test_a_path_the_run_did_not_change_is_an_error(tmp_path: Path) -> None:
    _applied(tmp_path)
    with writing(tmp_path) as ledger:
        with pytest.raises(LedgerError, match=r"run 1 did not change other\.py"):
            undo(ledger, paths=[Path("other.py")])
        with pytest.raises(LedgerError, match="is not below"):
            undo(ledger, paths=[Path("../x.py")])


@pytest.mark.parametrize(("dropped", "left"), [(HASHES, PRINTS), (PRINTS, HASHES)])
def test_one_codemod_is_undone_and_shared_imports_stay(
    tmp_path: Path, dropped: str, left: str
) -> None:
    _applied(tmp_path)
    _undo(tmp_path, codemod=dropped)
    content = (tmp_path / "a.py").read_bytes()
    assert content == _rendered(left)
    assert b"import both" in content
    assert runs(tmp_path)[0].state == "done"
    _undo(tmp_path, codemod=left)
    assert (tmp_path / "a.py").read_bytes() == BODY
    assert runs(tmp_path)[0].state == "undone"


def test_a_part_and_then_the_rest(tmp_path: Path) -> None:
    _applied(tmp_path)
    _undo(tmp_path, codemod=PRINTS)
    _undo(tmp_path)
    assert (tmp_path / "a.py").read_bytes() == BODY


def test_a_codemod_the_run_does_not_have_is_an_error(tmp_path: Path) -> None:
    _applied(tmp_path)
    with writing(tmp_path) as ledger, pytest.raises(LedgerError, match="no edits of nope"):
        undo(ledger, codemod="nope")


def test_a_file_that_cannot_be_taken_apart_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(BODY)
    with writing(tmp_path) as ledger:
        apply_changes(
            ledger, [FileChange(tmp_path / "a.py", "a.py", BODY, b"formatted\n", _edits())]
        )
    assert _undo(tmp_path, codemod=PRINTS).skipped == (
        ("a.py", "its edits cannot be taken apart; undo the whole file"),
    )
    assert (tmp_path / "a.py").read_bytes() == b"formatted\n"
    _undo(tmp_path)
    assert (tmp_path / "a.py").read_bytes() == BODY


def test_runs_are_undone_newest_first(tmp_path: Path) -> None:
    _applied(tmp_path)
    first = (tmp_path / "a.py").read_bytes()
    with writing(tmp_path) as ledger:
        apply_changes(ledger, [FileChange(tmp_path / "a.py", "a.py", first, b"second\n")])
    refused = _undo(tmp_path, run=1)
    assert refused.skipped == (("a.py", "changed by run 2 since; undo that one first"),)
    assert _undo(tmp_path).run == 2
    assert (tmp_path / "a.py").read_bytes() == first
    assert _undo(tmp_path).run == 1
    assert (tmp_path / "a.py").read_bytes() == BODY


def test_runs_that_wrote_nothing_are_passed_over(tmp_path: Path) -> None:
    _applied(tmp_path)
    with writing(tmp_path) as ledger:
        apply_changes(ledger, [])
        apply_changes(ledger, [FileChange(tmp_path / "no", "no", b"gone", b"new")])
    assert _undo(tmp_path).run == 1
    with writing(tmp_path) as ledger:
        assert undo(ledger) is None


def test_part_of_a_killed_run_is_undone_without_finishing_the_rest(tmp_path: Path) -> None:
    changes = []
    for name in "abc":
        (tmp_path / name).write_bytes(b"old")
        changes.append(FileChange(tmp_path / name, name, b"old", b"new"))

    def stop(report: object) -> None:
        raise KeyboardInterrupt

    with writing(tmp_path) as ledger, pytest.raises(KeyboardInterrupt):
        apply_changes(ledger, changes, on_file=stop)
    _undo(tmp_path, paths=[Path("a")])
    assert [(tmp_path / name).read_bytes() for name in "abc"] == [b"old"] * 3
    with writing(tmp_path) as ledger:
        resume(ledger)
    assert [(tmp_path / name).read_bytes() for name in "abc"] == [b"old", b"new", b"new"]


def test_an_interrupted_undo_is_finished_by_resume(tmp_path: Path) -> None:
    _applied(tmp_path, "a.py", "b.py", "c.py")

    def stop(report: object) -> None:
        raise KeyboardInterrupt

    with writing(tmp_path) as ledger, pytest.raises(KeyboardInterrupt):
        undo(ledger, codemod=HASHES, on_file=stop)
    with writing(tmp_path) as ledger:
        resume(ledger)
    contents = {(tmp_path / name).read_bytes() for name in ("a.py", "b.py", "c.py")}
    assert contents == {_rendered(PRINTS)}


class _KilledError(BaseException):
    """Stands in for a kill: nothing that follows is done."""


def _killed(run: int) -> None:
    raise _KilledError(run)


def test_an_undo_killed_before_its_last_word_is_ended_by_the_next(tmp_path: Path) -> None:
    _applied(tmp_path)
    _applied(tmp_path, "b.py")
    with writing(tmp_path) as ledger:
        ledger.finish = _killed  # type: ignore[method-assign]
        with pytest.raises(_KilledError):
            undo(ledger)
    assert [run.state for run in runs(tmp_path)] == ["pending", "done"]
    assert _undo(tmp_path).run == 2
    assert [run.state for run in runs(tmp_path)] == ["undone", "done"]
    assert _undo(tmp_path).written == ("a.py",)


def test_a_run_killed_after_it_skipped_its_only_file_is_ended_by_undo(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to("nowhere/b.py")
    change = FileChange(tmp_path / "a.py", "a.py", BODY, BODY, ())
    with writing(tmp_path) as ledger:
        ledger.finish = _killed  # type: ignore[method-assign]
        with pytest.raises(_KilledError):
            apply_changes(ledger, [change])
    assert [run.state for run in runs(tmp_path)] == ["pending"]
    _undo(tmp_path)
    assert [run.state for run in runs(tmp_path)] == ["done"]


def _kept(ledger: Ledger, root: Path, *findings: str) -> bytes:
    def keep(claim: Owner) -> bool:
        return claim[0] in findings

    retarget(ledger, 1, keep)
    content = (root / "a.py").read_bytes()
    assert content == render(BODY, _edits(), keep)
    return content


def test_findings_are_taken_out_and_put_back(tmp_path: Path) -> None:
    _applied(tmp_path)
    with writing(tmp_path) as ledger:
        seen = {
            digest(_kept(ledger, tmp_path, *findings))
            for findings in [("F1", "F3"), ("F2",), (), ("F1", "F2", "F3"), ("F2", "F3"), ("F3",)]
        }
        assert len(seen) == 6
        assert ledger.run_state(1) == "done"
        _kept(ledger, tmp_path, "F1", "F2", "F3")
        undo(ledger)
    assert (tmp_path / "a.py").read_bytes() == BODY
