"""The example service, copied for a test that writes into it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "catalog_service"


def copied_service(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy below `folder`, which becomes the current folder."""
    target = folder / "catalog_service"
    shutil.copytree(EXAMPLE, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    monkeypatch.chdir(target)
    return target
