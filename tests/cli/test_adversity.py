"""A full disk, or a folder that cannot be written, costs the files it costs and names them."""

from __future__ import annotations

import codecs
import os
import pickle
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from written_trees import Snapshot, after_of, apply_changes, changes_of, make_tree, snapshot

from fixaudit_cli.write.changes import FileChange
from fixaudit_cli.write.ledger import Ledger, LedgerError, runs, writing
from fixaudit_cli.write.resuming import resume
from fixaudit_cli.write.undoing import undo
from fixaudit_cli.write.write_run import RunReport


def _in_child(work: Callable[[], object]) -> object:
    """What `work` returns (or the error it raises), done in a process of its own."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receive)
        try:
            answer = work()
        except BaseException as error:
            answer = error
        with os.fdopen(send, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        answer = pickle.load(pipe)
    os.waitpid(child, 0)
    return answer


def _apply(root: Path, changes: list[FileChange]) -> RunReport:
    with writing(root) as ledger:
        return apply_changes(ledger, changes)


def _check(root: Path, report: RunReport, old: Snapshot, new: Snapshot, total: int) -> None:
    """Each file is old or new, as the report says, and nothing else lies about."""
    now = snapshot(root)
    assert now.keys() == old.keys()
    failed = {path for path, _ in report.failed}
    assert set(report.written) | failed == {path for path in old if old[path] != new[path]}
    assert len(report.written) + len(failed) == total
    assert all(now[path] == new[path] for path in report.written)
    assert all(now[path] == old[path] for path in failed)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB, or where none can be mounted a plain folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and not subprocess.run(mount, check=False).returncode
    yield folder
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


def _fill(disk: Path, leave: int) -> Path:
    """Leave `leave` bytes on the disk; on one that is no disk of ours the size limit does it."""
    ballast = disk / "ballast.bin"
    if not os.path.ismount(disk):
        ballast.touch()
        return ballast
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(b"x" * (free - leave))
    return ballast


def test_a_disk_that_fills_up_loses_nothing(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = small_disk
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(disk / "state"))
    tree = disk / "tree"
    tree.mkdir()
    make_tree(tree, 120)
    old, changes = snapshot(tree), changes_of(tree)
    grown = [
        FileChange(c.path, c.relative, c.before, c.after + b"# grown\n" * 2500 * (n % 3), ())
        for n, c in enumerate(changes)
    ]
    new = after_of(old, grown)
    seen = set()
    for leave in range(16 * 1024, 1400 * 1024, 32 * 1024):
        ballast = _fill(disk, leave)
        try:
            report = _apply(tree, grown)
        except LedgerError:
            assert snapshot(tree) == old
            seen.add("recording failed")
            ballast.unlink()
            continue
        _check(tree, report, old, new, len(changes))
        ballast.unlink()
        if report.unmarked is not None:
            assert report.unmarked == "database or disk is full"
            seen.add("marking failed")
        if report.failed:
            seen.add("files failed")
            assert {reason for _, reason in report.failed} == {"No space left on device"}
            assert runs(tree)[0].state == "pending"
        with writing(tree) as ledger:
            resume(ledger)
        assert snapshot(tree) == new
        with writing(tree) as ledger:
            undo(ledger)
        assert snapshot(tree) == old
        shutil.rmtree(disk / "state")
    if os.path.ismount(disk):
        assert seen == {"recording failed", "marking failed", "files failed"}


def test_a_file_size_limit_costs_the_files_above_it(tmp_path: Path) -> None:
    make_tree(tmp_path, 30)
    old, changes = snapshot(tmp_path), changes_of(tmp_path)
    big = changes[7]
    changes[7] = FileChange(big.path, big.relative, big.before, big.after + b"#" * 9_000_000)
    new = after_of(old, changes)

    def limited() -> RunReport:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, resource.RLIM_INFINITY))
        return _apply(tmp_path, changes)

    report = _in_child(limited)
    assert isinstance(report, RunReport)
    _check(tmp_path, report, old, new, len(changes))
    assert report.failed == ((big.relative, "File too large"),)
    with writing(tmp_path) as ledger:
        resume(ledger)
    assert snapshot(tmp_path) == new


def test_a_ledger_that_cannot_be_recorded_means_nothing_is_written(tmp_path: Path) -> None:
    make_tree(tmp_path, 30)
    old, changes = snapshot(tmp_path), changes_of(tmp_path)

    def limited() -> RunReport:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
        return _apply(tmp_path, changes)

    assert isinstance(_in_child(limited), LedgerError)
    assert snapshot(tmp_path) == old


def test_a_read_only_folder_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, state = tmp_path / "tree", tmp_path / "state"
    root.mkdir()
    state.mkdir(mode=0o700)
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(state))
    make_tree(root, 120)
    nobody = 65534 if os.geteuid() == 0 else os.geteuid()
    if os.geteuid() == 0:
        for path in [state, root, *root.rglob("*")]:
            os.chown(path, nobody, nobody)
        top = Path(tempfile.gettempdir())
        for folder in (tmp_path, *tmp_path.parents):
            if top in folder.parents:
                folder.chmod(0o711)
    old, changes = snapshot(root), changes_of(root)
    new = after_of(old, changes)
    locked = root / "pkg_07"
    inside = {change.relative for change in changes if change.relative.startswith("pkg_07/")}
    folders = [locked, *(path for path in locked.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)

    codecs.lookup("ascii")  # nobody may not read where Python itself lies

    def as_nobody(work: Callable[[], object]) -> object:
        if os.geteuid() != nobody:
            os.setgroups([])
            os.setgid(nobody)
            os.setuid(nobody)
        return work()

    def continued(verb: Callable[[Ledger], RunReport | None]) -> object:
        with writing(root) as ledger:
            return verb(ledger)

    report = _in_child(lambda: as_nobody(lambda: _apply(root, changes)))
    assert isinstance(report, RunReport), report
    _check(root, report, old, new, len(changes))
    assert {path for path, _ in report.failed} == inside
    assert {reason for _, reason in report.failed} == {"Permission denied"}
    assert len(inside) >= 3
    for folder in folders:
        folder.chmod(0o755)
    assert isinstance(_in_child(lambda: as_nobody(lambda: continued(resume))), RunReport)
    assert snapshot(root) == new
    assert isinstance(_in_child(lambda: as_nobody(lambda: continued(undo))), RunReport)
    assert snapshot(root) == old


def test_a_state_folder_that_cannot_be_written_is_one_plain_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    with pytest.raises(Exception, match="FIXAUDIT_STATE_DIR") as caught, writing(tmp_path):
        pass
    assert type(caught.value).__name__ == "WorkspaceError"
