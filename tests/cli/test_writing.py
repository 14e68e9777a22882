"""One file replaced: whole, with all that is its own, and never over another program's write."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from fixaudit_cli.write import atomic_exchange
from fixaudit_cli.write import replace_file as replacing
from fixaudit_cli.write.changes import digest
from fixaudit_cli.write.held_file import HeldFile, held_file
from fixaudit_cli.write.replace_file import (
    CHANGED,
    OPEN,
    Failed,
    Replacement,
    Skipped,
    WriteOutcome,
    Written,
    replace_file,
)
from fixaudit_cli.write.staging import Staging

OLD, NEW, THEIRS = b"old\r\n", b"new\r\n", b"theirs\n"


def _replace(path: Path, tree: Path, held: bytes = OLD, goal: bytes = NEW) -> WriteOutcome:
    return replace_file(Replacement(path, tree, digest(held), goal, "t-1"))


def _only(folder: Path, *names: str) -> bool:
    return sorted(path.name for path in folder.iterdir()) == sorted(names)


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o4755])
def test_bytes_change_and_mode_stays(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    path.chmod(mode)
    assert _replace(path, tmp_path) == Written()
    assert path.read_bytes() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert _only(tmp_path, "a.py")


def test_owner_and_extended_attributes_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    if os.geteuid() == 0:
        os.chown(path, 4321, 4322)
    if sys.platform == "linux":
        os.setxattr(path, "user.note", b"kept")
    owner = path.stat().st_uid, path.stat().st_gid
    assert _replace(path, tmp_path) == Written()
    assert (path.stat().st_uid, path.stat().st_gid) == owner
    if sys.platform == "linux":
        assert os.getxattr(path, "user.note") == b"kept"


def test_what_holds_the_goal_already_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(NEW)
    inode = path.stat().st_ino
    assert _replace(path, tmp_path) == Written()
    assert path.stat().st_ino == inode


def test_a_file_changed_since_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(THEIRS)
    assert _replace(path, tmp_path) == Skipped(CHANGED)
    assert path.read_bytes() == THEIRS


@pytest.mark.parametrize("kind", ["file", "folder"])
@pytest.mark.parametrize("place", ["inside", "outside"])
def test_nothing_is_written_through_a_link(tmp_path: Path, kind: str, place: str) -> None:
    tree = tmp_path / "tree"
    held = (tree if place == "inside" else tmp_path) / "held"
    held.mkdir(parents=True)
    tree.mkdir(exist_ok=True)
    (held / "a.py").write_bytes(OLD)
    if kind == "file":
        (tree / "a.py").symlink_to(held / "a.py")
    else:
        (tree / "pkg").symlink_to(held)
    outcome = _replace(tree / "a.py" if kind == "file" else tree / "pkg" / "a.py", tree)
    assert isinstance(outcome, Skipped)
    assert "link" in outcome.reason
    assert (held / "a.py").read_bytes() == OLD


@pytest.mark.parametrize(
    "name",
    [".git/hook.py", "sub/.git/a.py", ".GIT/a.py", ".git./a.py", "git~1/a.py", ".g\u200cit/a.py"],
)
def test_gits_own_files_are_never_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_bytes(OLD)
    assert _replace(path, tmp_path) == Skipped("lies in git's own folder")
    assert path.read_bytes() == OLD


def test_hard_links_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    os.link(path, tmp_path / "b.py")
    assert _replace(path, tmp_path) == Skipped("has 2 hard links, which replacing it would part")
    assert path.read_bytes() == OLD


def test_read_only_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    path.chmod(0o444)
    assert _replace(path, tmp_path) == Skipped("read-only")
    assert path.read_bytes() == OLD


def test_what_is_gone_or_no_file_is_skipped(tmp_path: Path) -> None:
    assert _replace(tmp_path / "none.py", tmp_path) == Skipped("gone since it was read")
    os.mkfifo(tmp_path / "pipe.py")
    assert _replace(tmp_path / "pipe.py", tmp_path) == Skipped("not a regular file")


def test_a_file_open_for_writing_elsewhere_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    with path.open("r+b") as editor:
        assert _replace(path, tmp_path) == Skipped(OPEN)
        editor.write(b"OLD")
    assert path.read_bytes() == b"OLD\r\n"
    assert _only(tmp_path, "a.py")


def test_a_write_that_slips_in_before_the_exchange_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    swaps: list[HeldFile] = []

    def late(one: HeldFile, other: HeldFile) -> bool:
        if not swaps:
            (tmp_path / "editor").write_bytes(THEIRS)
            os.rename(tmp_path / "editor", path)
        swaps.append(one)
        return atomic_exchange.exchange(one, other)

    monkeypatch.setattr(replacing, "exchange", late)
    assert _replace(path, tmp_path) == Skipped(CHANGED)
    assert path.read_bytes() == THEIRS
    assert len(swaps) == 2
    assert _only(tmp_path, "a.py")


def test_two_writes_that_slip_in_are_both_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    writes = [b"first\n", b"second\n"]

    def late(one: HeldFile, other: HeldFile) -> bool:
        if writes:
            (tmp_path / "editor").write_bytes(writes.pop(0))
            os.rename(tmp_path / "editor", path)
        return atomic_exchange.exchange(one, other)

    monkeypatch.setattr(replacing, "exchange", late)
    outcome = _replace(path, tmp_path)
    assert isinstance(outcome, Skipped)
    assert "a.py.fixaudit-kept-0" in outcome.reason
    assert path.read_bytes() == b"second\n"
    assert (tmp_path / "a.py.fixaudit-kept-0").read_bytes() == b"first\n"
    assert _only(tmp_path, "a.py", "a.py.fixaudit-kept-0")


def test_without_an_exchange_the_file_is_renamed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    monkeypatch.setattr(replacing, "exchange", lambda one, other: False)
    assert _replace(path, tmp_path) == Written()
    assert path.read_bytes() == NEW
    assert _only(tmp_path, "a.py")


def test_an_error_of_the_system_leaves_the_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert _replace(path, tmp_path) == Failed("No space left on device")
    assert path.read_bytes() == OLD
    assert _only(tmp_path, "a.py")


@pytest.mark.parametrize(
    ("at_path", "in_swap", "path_after", "kept"),
    [
        (OLD, NEW, NEW, False),  # killed before the exchange
        (NEW, OLD, NEW, False),  # killed after it
        (NEW, THEIRS, THEIRS, False),  # killed before another program's write was put back
        (b"latest\n", THEIRS, b"latest\n", True),  # and that program, or another, went on
    ],
)
def test_what_a_killed_run_left_is_told_apart(
    tmp_path: Path, at_path: bytes, in_swap: bytes, path_after: bytes, kept: bool
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(at_path)
    with held_file(tmp_path, path.name) as target:
        staging = Staging.beside(target, "t-1")
    (tmp_path / staging.part.name).write_bytes(b"half of")
    (tmp_path / staging.swap.name).write_bytes(in_swap)
    _replace(path, tmp_path)
    assert path.read_bytes() == path_after
    assert _only(tmp_path, "a.py", *(["a.py.fixaudit-kept-0"] if kept else []))
    if kept:
        assert (tmp_path / "a.py.fixaudit-kept-0").read_bytes() == THEIRS
