"""Files of settings are parsed once, and again when they change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fixaudit.files.parsed_file import parsed_once


def test_a_file_is_parsed_once_until_it_changes(tmp_path: Path) -> None:
    path, parsed = tmp_path / "a.toml", []

    def parse(name: str) -> str:
        parsed.append(name)
        return Path(name).read_text()

    read = parsed_once(parse)
    assert read(str(path)) is None
    path.write_text("one")
    assert [read(str(path)), read(str(path))] == ["one", "one"]
    path.write_text("three")
    assert [read(str(path)), read(str(path))] == ["three", "three"]
    assert len(parsed) == 2
    path.unlink()
    os.mkfifo(path)
    assert read(str(path)) is None
    assert read(str(tmp_path)) is None


def test_what_cannot_be_parsed_is_said_each_time(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("one")
    read = parsed_once(int)
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            read(str(path))
