"""Where state and caches lie: the variables first, then the custom of the platform."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fixaudit.errors import ConfigError
from fixaudit.files import user_folders
from fixaudit.registry import trust


def test_the_variables_name_the_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("FIXAUDIT_CACHE_DIR", str(tmp_path / "cache"))
    assert user_folders.state_folder() == str(tmp_path / "state")
    assert user_folders.cache_folder() == str(tmp_path / "cache")


def test_without_them_the_custom_of_the_platform_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FIXAUDIT_STATE_DIR", raising=False)
    monkeypatch.delenv("FIXAUDIT_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    assert user_folders.state_folder() == str(tmp_path / "s" / "fixaudit")
    assert user_folders.cache_folder() == str(tmp_path / "c" / "fixaudit")


def test_who_called_sudo_counts_for_root_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for user, caller, own in [
        (0, "1234", {0, 1234}),
        (0, "", {0}),
        (0, "a", {0}),
        (77, "1234", {77}),
    ]:
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        monkeypatch.setenv("SUDO_UID", caller)
        assert user_folders.own_ids() == own


def test_a_folder_or_record_of_another_user_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Without giving it away: it is the user who is another one."""
    monkeypatch.setenv("FIXAUDIT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("SUDO_UID", raising=False)
    user_folders.make_private(str(tmp_path / "state"))
    (tmp_path / "state" / "trust.json").write_text('{"version": 1, "trusted": []}')
    (tmp_path / "state" / "trust.json").chmod(0o600)
    other = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    with pytest.raises(user_folders.FolderError, match="belongs to another user"):
        user_folders.make_private(str(tmp_path / "state"))
    with pytest.raises(ConfigError, match=r"trust\.json"):
        trust.read_records()
