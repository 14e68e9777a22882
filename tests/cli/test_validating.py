"""A run validated by the project's own check lands without exactly the edits that break it."""

from __future__ import annotations

import math
import os
import signal
from pathlib import Path

import pytest
from written_trees import apply_changes, render

from fixaudit_cli.checks.bisect_run import Validation, ValidationError, inseparable, validate
from fixaudit_cli.checks.verifying import VerifyRunner
from fixaudit_cli.write.changes import FileChange, LedgerEdit
from fixaudit_cli.write.ledger import Ledger, runs, writing
from fixaudit_cli.write.resuming import resume
from fixaudit_cli.write.undoing import undo

PACKAGES = 20
BODY = b"x = old()\ny = old()\nz = old()\n"
COMMAND = "if grep poison pkg_*/mod.py; then echo broken; exit 1; fi"


def _changes(root: Path, poisoned: set[str]) -> list[FileChange]:
    """Three sites a package, and an import all of them need; `poisoned` finding ids break."""
    changes = []
    for number in range(PACKAGES):
        path = root / f"pkg_{number:02}" / "mod.py"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(BODY)
        ids = [f"{number:02}-{site}" for site in range(3)]
        edits = [LedgerEdit(ids[0], "c", 0, 0, "import new\n", also=((ids[1], "c"), (ids[2], "c")))]
        for site, name in enumerate(ids):
            start = 4 + 10 * site
            text = "poison" if name in poisoned else "newish"
            edits.append(LedgerEdit(name, "c", start, start + 3, text))
        after = render(BODY, edits)
        assert after is not None
        changes.append(FileChange(path, f"{path.parent.name}/mod.py", BODY, after, tuple(edits)))
    return changes


def _validated(ledger: Ledger, root: Path, poisoned: set[str], **options: int) -> Validation:
    changes = _changes(root, poisoned)
    runner = VerifyRunner(COMMAND, root, timeout=60)
    before = runner.run()
    run = apply_changes(ledger, changes).run
    found = validate(ledger, run, runner, before, **options)
    for change in changes:
        kept = render(BODY, change.edits, lambda claim: claim[0] not in found.failing)
        assert change.path.read_bytes() == kept
    return found


def test_three_poisoned_edits_are_dropped_and_all_else_lands(tmp_path: Path) -> None:
    poisoned = {"03-1", "11-0", "19-2"}
    with writing(tmp_path) as ledger:
        found = _validated(ledger, tmp_path, poisoned)
        assert set(found.failing) == poisoned
        assert found.complete
        assert found.runs <= 3 * (math.ceil(math.log2(60)) + 3)
        assert found.red is not None
        assert found.red.tail(1) == "broken"
        with ledger.transaction() as db:
            kept = [row[0] for row in db.execute("SELECT label FROM validations ORDER BY id")]
        assert kept[:3] == ["before", "after", "trial 1"]
        assert len(kept) == found.runs + 1
    assert runs(tmp_path)[0].state == "done"
    with writing(tmp_path) as ledger:
        undo(ledger)
    assert {path.read_bytes() for path in tmp_path.glob("pkg_*/mod.py")} == {BODY}


def test_one_poisoned_edit_takes_two_logarithms_of_checks(tmp_path: Path) -> None:
    with writing(tmp_path) as ledger:
        found = _validated(ledger, tmp_path, {"07-2"})
    assert found.failing == ("07-2",)
    assert found.runs <= 2 * math.log2(3 * PACKAGES) + 3


def test_a_package_whose_every_edit_breaks_loses_its_import_too(tmp_path: Path) -> None:
    with writing(tmp_path) as ledger:
        _validated(ledger, tmp_path, {"05-0", "05-1", "05-2"})
    assert (tmp_path / "pkg_05" / "mod.py").read_bytes() == BODY


def test_a_green_run_is_checked_once(tmp_path: Path) -> None:
    with writing(tmp_path) as ledger:
        found = _validated(ledger, tmp_path, set())
    assert (found.failing, found.runs) == ((), 1)


def test_what_was_red_before_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "pkg_99").mkdir()
    (tmp_path / "pkg_99" / "mod.py").write_text("poison\n")
    with writing(tmp_path) as ledger:
        found = _validated(ledger, tmp_path, {"07-2"})
    assert (found.failing, found.runs) == ((), 1)
    assert found.after.red


def test_a_budget_drops_what_it_could_not_clear(tmp_path: Path) -> None:
    with writing(tmp_path) as ledger:
        found = _validated(ledger, tmp_path, {"07-2"}, max_runs=3)
    assert not found.complete
    assert found.runs == 4
    assert "07-2" in found.failing


def test_a_file_that_cannot_be_taken_apart_is_dropped_whole(tmp_path: Path) -> None:
    changes = _changes(tmp_path, {"07-2"})
    formatted = changes[7]
    changes[7] = FileChange(
        formatted.path, formatted.relative, BODY, formatted.after + b"# fmt\n", formatted.edits
    )
    runner = VerifyRunner(COMMAND, tmp_path, timeout=60)
    before = runner.run()
    with writing(tmp_path) as ledger:
        run = apply_changes(ledger, changes).run
        assert ("07-0", "07-1", "07-2") in inseparable(ledger, run)
        found = validate(ledger, run, runner, before)
    assert found.failing == ("07-0", "07-1", "07-2")
    assert formatted.path.read_bytes() == BODY
    assert all(
        change.path.read_bytes() == change.after for change in changes if change is not changes[7]
    )


def test_a_check_that_rewrites_the_files_stops_the_search(tmp_path: Path) -> None:
    changes = _changes(tmp_path, {"07-2"})
    quiet, loud = VerifyRunner(COMMAND, tmp_path), VerifyRunner(
        f"for f in pkg_*/mod.py; do echo '# mine' >> $f; done; {COMMAND}", tmp_path
    )
    before = quiet.run()
    with writing(tmp_path) as ledger:
        run = apply_changes(ledger, changes).run
        with pytest.raises(ValidationError, match=r"pkg_\d+/mod.py was edited since the run"):
            validate(ledger, run, loud, before)
    for change in changes:
        assert change.path.read_bytes() == change.after + b"# mine\n"


def test_interrupted_the_whole_run_is_there_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = _changes(tmp_path, {"07-2"})
    runner = VerifyRunner(COMMAND, tmp_path, timeout=60)
    before, real, checks = runner.run(), VerifyRunner.run, []

    def interrupted(self: VerifyRunner) -> object:
        checks.append(self)
        if len(checks) == 4:
            raise KeyboardInterrupt
        return real(self)

    monkeypatch.setattr(VerifyRunner, "run", interrupted)
    with writing(tmp_path) as ledger:
        run = apply_changes(ledger, changes).run
        with pytest.raises(KeyboardInterrupt):
            validate(ledger, run, runner, before)
    assert all(change.path.read_bytes() == change.after for change in changes)
    assert runs(tmp_path)[0].state == "done"


@pytest.mark.parametrize("way_out", ["resume", "undo"])
def test_killed_the_run_is_brought_back_or_undone(tmp_path: Path, way_out: str) -> None:
    changes = _changes(tmp_path, {"07-2"})
    deadly = f"echo run >> checks; if [ $(wc -l < checks) = 4 ]; then kill -9 $PPID; fi; {COMMAND}"
    before = VerifyRunner(COMMAND, tmp_path).run()
    child = os.fork()
    if child == 0:
        with writing(tmp_path) as ledger:
            run = apply_changes(ledger, changes).run
            validate(ledger, run, VerifyRunner(deadly, tmp_path), before)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert any(change.path.read_bytes() != change.after for change in changes)
    assert runs(tmp_path)[0].state == "pending"
    with writing(tmp_path) as ledger:
        if way_out == "undo":
            undo(ledger)
        else:
            resume(ledger)
    for change in changes:
        assert change.path.read_bytes() == (BODY if way_out == "undo" else change.after)
    assert runs(tmp_path)[0].state == ("undone" if way_out == "undo" else "done")
