"""A module that the running Python cannot parse is said to be unread, not unknown."""

from __future__ import annotations

from pathlib import Path

from fixaudit import run

_USER = """
from model import Item, Plain


def shown(item: Item, plain: Plain) -> str:
    return getattr(item, 'name', '')
"""


def _reason(root: Path, model: str) -> str:
    (root / "pyproject.toml").write_text("[project]\nname = 'a'\n")
    (root / "model.py").write_text(model)
    (root / "user.py").write_text(_USER)
    report = run([root / "user.py"], select=["getattr-default-removal"], isolated=True)
    ((_, site),) = report.sites()
    return site.finding.reason


def test_newer_syntax_is_said(tmp_path: Path) -> None:
    reason = _reason(tmp_path, "class Item:\n    name = '' if True else ?\n")
    assert reason.endswith("model.py cannot be read by this Python")


def test_what_can_be_read_is_not_called_unread(tmp_path: Path) -> None:
    assert "cannot be read" not in _reason(tmp_path, "Item = object\n")
