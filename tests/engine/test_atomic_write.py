"""A file that is written appears whole, or stays as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixaudit.files.atomic_write import keep_out_of_git, write_and_rename, write_atomically


def test_bytes_and_pieces_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_atomically(path, b"one\r\n")
    assert path.read_bytes() == b"one\r\n"
    write_atomically(str(path), (piece for piece in (b"t", b"w", b"o")))
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["a.json"]


def test_the_mode_is_that_of_a_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    path = tmp_path / "a"
    write_atomically(path, b"")
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_pieces_that_cannot_be_made_leave_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.patch"
    path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        assert path.read_bytes() == b"old"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, pieces())
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.patch"]


def test_what_a_killed_process_of_the_same_number_left_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "a"
    (tmp_path / f"a.{os.getpid()}.tmp").write_bytes(b"longer than the new content")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path / "a", b"new")
    assert os.listdir(tmp_path) == ["a"]
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "a", b"new")


def test_the_file_is_prepared_whole_and_before_it_takes_its_name(tmp_path: Path) -> None:
    part, target = tmp_path / "part", tmp_path / "target"

    def prepare(handle: int) -> None:
        assert os.fstat(handle).st_size == 3
        assert not target.exists()
        os.fchmod(handle, 0o640)

    write_and_rename(part, target, [b"a", b"bc"], mode=0o600, prepare=prepare)
    assert target.stat().st_mode & 0o777 == 0o640
    assert not part.exists()


def test_a_part_that_exists_is_not_written_over(tmp_path: Path) -> None:
    part, target = tmp_path / "part", tmp_path / "target"
    part.write_bytes(b"somebody's")
    with pytest.raises(FileExistsError):
        write_and_rename(part, target, [b"new"])
    assert part.read_bytes() == b"somebody's"
    assert not target.exists()


def test_a_folder_is_kept_out_of_git_unless_it_says_otherwise(tmp_path: Path) -> None:
    keep_out_of_git(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "*\n"
    (tmp_path / ".gitignore").write_text("lock\n")
    keep_out_of_git(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "lock\n"
