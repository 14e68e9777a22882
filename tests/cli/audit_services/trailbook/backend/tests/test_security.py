"""Passwords and migrations."""

from __future__ import annotations

import subprocess

import pytest

from trailbook.utils import migrations
from trailbook.utils.security import hash_password, pwd_context, verify_password


def test_passwords_of_today_and_of_version_0_3() -> None:
    assert verify_password("correct horse", hash_password("correct horse"))
    assert verify_password("correct horse", pwd_context.hash("correct horse"))
    assert not verify_password("wrong horse", hash_password("correct horse"))
    assert not verify_password("correct horse", "plain text")


def test_a_migration_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert command[-2:] == ["upgrade", "head"]
        return subprocess.CompletedProcess(command, 1, "", "no such revision")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(migrations.MigrationError, match="no such revision"):
        migrations.run_migrations()
