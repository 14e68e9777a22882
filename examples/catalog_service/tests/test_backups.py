"""Writing, reading and showing backups."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from catalog.api import backups
from catalog.storage.backup import BackupError, drop_backup, read_backup, write_backup


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "night.json"
    assert write_backup(path, [])
    assert read_backup(path) == []
    drop_backup(path)
    drop_backup(path)
    assert not path.exists()


def test_a_broken_backup_is_named(tmp_path: Path) -> None:
    path = tmp_path / "night.json"
    path.write_text("[,]")
    with pytest.raises(BackupError, match=r"night\.json, line 1"):
        read_backup(path)


def test_a_folder_that_is_not_there_keeps_the_old_backup(tmp_path: Path) -> None:
    assert not write_backup(tmp_path / "missing" / "night.json", [])


def test_backups_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "FOLDER", tmp_path)
    write_backup(tmp_path / "night.json", [])
    app = FastAPI()
    app.include_router(backups.router)
    client = TestClient(app)
    assert client.get("/backups/night").json() == {"items": 0}
    assert client.delete("/backups/night").status_code == 204
    assert client.delete("/backups/night").status_code == 404
