"""Undo a run, or a part of it, from the ledger, without version control."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from fixaudit_cli.write.changes import Owner, digest, splice
from fixaudit_cli.write.held_file import held_file
from fixaudit_cli.write.ledger import Ledger, LedgerError
from fixaudit_cli.write.ledger_schema import MOST_FILE_BYTES, EditRow, FileRow, NewGoal
from fixaudit_cli.write.replace_file import Failed, Skipped, WriteOutcome
from fixaudit_cli.write.tree_paths import PathRefusedError
from fixaudit_cli.write.write_run import FileReport, Observer, RunReport, carry_out


def undo(
    ledger: Ledger,
    run: int | None = None,
    *,
    paths: Iterable[Path] = (),
    codemod: str | None = None,
    force: bool = False,
    on_file: Observer | None = None,
) -> RunReport | None:
    """Undo a run (by default the newest not undone): whole, below `paths`, or one codemod's edits.

    `paths` are files or folders, absolute or relative to the root. Files edited since are skipped
    and named, unless `force`, which drops those later edits. An edit several codemods need stays
    while one of them stays, and a definition that an edit of a file besides `paths` imports stays with
    that one. None where there is nothing to undo.
    Raises LedgerError where the run, a path or the codemod is not in the ledger.
    """
    if run is None:
        run = ledger.undoable()
    if run is None or ledger.run_state(run) == "undone":
        return None
    if ledger.validating(run):  # killed while subsets were tried
        ledger.set_validating(run, False)
    files = _below(ledger, run, tuple(paths))
    if codemod is not None:
        files = tuple(file for file in files if _has(ledger, file, codemod))
        if not files:
            raise LedgerError(f"run {run} has no edits of {codemod} there")

    elsewhere = _needed_elsewhere(ledger, run, files) if paths else frozenset[Owner]()

    def keep(claim: Owner) -> bool:
        return claim in elsewhere or (codemod is not None and claim[1] != codemod)

    return _retarget(ledger, run, files, keep, downwards=True, force=force, on_file=on_file)


def without_halves(ledger: Ledger, run: int, written: RunReport) -> tuple[str, ...]:
    """Take back the edits that go together with some of files that were not written; the findings."""
    units = ledger.units(run)
    left = {path for path, _ in (*written.skipped, *written.failed)}
    if not units or not left:
        return ()
    halved = {
        units[finding]
        for file in ledger.files(run)
        for finding in (_own_findings(ledger, file) if file.path in left else ())
        if finding in units
    }
    if halved:
        retarget(ledger, run, lambda claim: units.get(claim[0]) not in halved)
    return tuple(finding for finding, unit in units.items() if unit in halved)


def _own_findings(ledger: Ledger, file: FileRow) -> set[str]:
    """The findings of a file whose edits stand in it. What a finding alone needs stands in its own."""
    alone = (edit for edit in ledger.edits(file) if len(edit.owners) == 1)
    return {finding for edit in alone for finding, _ in edit.standing}


def _staying_halves(ledger: Ledger, run: int, undone: Iterable[FileRow]) -> dict[str, str]:
    """The findings that cannot be undone, each with a file that keeps edits they go together with."""
    units = ledger.units(run)
    if not units:
        return {}
    leaving = {file.id for file in undone}
    stay: dict[str, str] = {}
    for file in ledger.files(run, "pending", "written"):
        for edit in ledger.edits(file) if file.id not in leaving else ():
            if len(edit.owners) == 1:
                for finding, _ in edit.standing:
                    if finding in units:
                        stay.setdefault(units[finding], file.path)
    return {finding: stay[unit] for finding, unit in units.items() if unit in stay}


def _needed_elsewhere(ledger: Ledger, run: int, files: tuple[FileRow, ...]) -> frozenset[Owner]:
    """The claims of findings in other files of the run that edits of these are needed for too.

    What a finding alone needs stands in its own file.
    """
    edits = [edit for file in files for edit in ledger.edits(file)]
    own = {claim for edit in edits if len(edit.owners) == 1 for claim in edit.owners}
    guests = {claim for edit in edits for claim in edit.standing} - own
    if not guests:
        return frozenset()
    undone = {file.id for file in files}
    others = (file for file in ledger.files(run, "pending", "written") if file.id not in undone)
    alone = (edit for file in others for edit in ledger.edits(file) if len(edit.owners) == 1)
    return frozenset(claim for edit in alone for claim in edit.standing if claim in guests)


def retarget(
    ledger: Ledger, run: int, keep: Callable[[Owner], bool], *, on_file: Observer | None = None
) -> RunReport:
    """Bring the run's files to hold exactly the edits a kept `(finding id, codemod)` needs.

    Goes both ways: what an earlier call dropped comes back when it is kept again. This is how
    validation tries subsets. Raises LedgerError.
    """
    return _retarget(ledger, run, ledger.files(run), keep, downwards=False, on_file=on_file)


def _retarget(
    ledger: Ledger,
    run: int,
    files: Iterable[FileRow],
    keep: Callable[[Owner], bool],
    *,
    downwards: bool,
    force: bool = False,
    on_file: Observer | None = None,
) -> RunReport:
    files = [file for file in files if file.state != "skipped"]
    goals, refused = _goals(ledger, files, keep, downwards, force)
    while downwards:
        out = {report.relative for report in refused}
        left = [file for file in files if file.path not in out]
        halves = _staying_halves(ledger, run, left)
        more = [r for file in left if (r := _halved(ledger, file, keep, halves)) is not None]
        if not more:
            break
        refused += more
        goals = [new for new in goals if new.file.path not in {report.relative for report in more}]
    ledger.set_goals(run, goals)
    done = carry_out(ledger, run, on_file, frozenset(new.file.id for new in goals))
    return RunReport(run, (*refused, *done.files), done.unmarked)


def _goals(
    ledger: Ledger,
    files: Iterable[FileRow],
    keep: Callable[[Owner], bool],
    downwards: bool,
    force: bool,
) -> tuple[list[NewGoal], list[FileReport]]:
    """What the files are to hold, and those that cannot be brought there."""
    goals: list[NewGoal] = []
    refused: list[FileReport] = []
    for file in files:
        match _new_goal(ledger, file, keep, downwards, force):
            case NewGoal() as new:
                goals.append(new)
            case Skipped() | Failed() as outcome:
                refused.append(FileReport(file.path, outcome))
    return goals, refused


def _halved(
    ledger: Ledger, file: FileRow, keep: Callable[[Owner], bool], halves: dict[str, str]
) -> FileReport | None:
    """A file that stays, as an edit that is to be undone goes together with one of a file that stays."""
    for edit in ledger.edits(file) if halves else ():
        for claim in sorted(edit.standing):
            if claim[0] in halves and not keep(claim):
                why = (
                    f"its edits go together with those of {halves[claim[0]]}, which stay; undo both"
                )
                return FileReport(file.path, Skipped(why))
    return None


def _new_goal(
    ledger: Ledger, file: FileRow, keep: Callable[[Owner], bool], downwards: bool, force: bool
) -> NewGoal | WriteOutcome | None:
    """The new goal of `file`, the reason why it cannot be written, or None where nothing changes."""
    edits = ledger.edits(file)
    standing = {
        edit.id: frozenset(filter(keep, edit.standing if downwards else edit.owners))
        for edit in edits
    }
    goal = _goal(ledger, file, edits, standing, downwards)
    if isinstance(goal, Skipped):
        return goal
    same = all(edit.standing == standing[edit.id] for edit in edits)
    if same and file.state != "pending" and goal == file.goal_hash:
        return None
    try:
        with held_file(ledger.root, file.path) as target:
            held = digest(target.read(MOST_FILE_BYTES))
    except FileNotFoundError:
        return Skipped("gone since the run")
    except PathRefusedError as refused:
        return Skipped(str(refused))
    except OSError as error:
        return Failed(error.strerror or str(error))
    if held not in {goal, file.goal_hash, file.held_hash} and not force:
        return Skipped(_edited_since(ledger, file, held))
    return NewGoal(file, held, goal, standing)


def _goal(
    ledger: Ledger,
    file: FileRow,
    edits: tuple[EditRow, ...],
    standing: dict[int, frozenset[Owner]],
    downwards: bool,
) -> str | Skipped:
    if not edits:  # of no finding: only undoing the whole file undoes it
        return file.before_hash if downwards else file.goal_hash
    kept = [edit.piece for edit in edits if standing[edit.id]]
    if not kept:
        return file.before_hash
    if all(standing[edit.id] == edit.owners for edit in edits):
        return file.after_hash
    if file.whole or any(
        edit.joint and 0 < len(standing[edit.id]) < len(edit.owners) for edit in edits
    ):
        return Skipped("its edits cannot be taken apart; undo the whole file")
    if len(kept) == len(edits):
        return file.after_hash
    content = splice(ledger.before(file), kept)
    assert content is not None  # all of them together could be put in
    return digest(content)


def _edited_since(ledger: Ledger, file: FileRow, held: str) -> str:
    later = ledger.later_run(file, held)
    if later is None:
        return "edited since the run"
    return f"changed by run {later} since; undo that one first"


def _below(ledger: Ledger, run: int, paths: tuple[Path, ...]) -> tuple[FileRow, ...]:
    files = ledger.files(run)
    if not paths:
        return files
    wanted = [_recorded(ledger.root, path, files) for path in paths]
    for path, name in zip(paths, wanted, strict=True):
        if not any(_is_below(file.path, name) for file in files):
            raise LedgerError(f"run {run} did not change {path}")
    return tuple(file for file in files if any(_is_below(file.path, name) for name in wanted))


def _recorded(root: Path, path: Path, files: tuple[FileRow, ...]) -> str:
    """The name of a file or folder as runs record it: the real one, where it is given by a link."""
    name = _relative(root, path)
    if not any(_is_below(file.path, name) for file in files):
        with suppress(ValueError):
            real = Path(os.path.realpath(root / path))
            return real.relative_to(os.path.realpath(root)).as_posix()
    return name


def _relative(root: Path, path: Path) -> str:
    absolute = Path(os.path.normpath(root / path))
    try:
        return absolute.relative_to(os.path.normpath(root)).as_posix()
    except ValueError as error:
        raise LedgerError(f"{path} is not below {root}") from error


def _is_below(file: str, folder: str) -> bool:
    return folder == "." or file == folder or file.startswith(f"{folder}/")


def _has(ledger: Ledger, file: FileRow, codemod: str) -> bool:
    return any(claim[1] == codemod for edit in ledger.edits(file) for claim in edit.owners)
