"""Where state and caches lie: the variables first, then the custom of the platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.files import user_folders


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
