"""What was read of edits and reasons in code of others is kept as data that can be looked up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixaudit.model.finding import Verdict
from fixaudit.registry.loader import installed_codemods

READINGS = sorted((Path(__file__).parent / "readings").glob("*.jsonl"))
KEYS = {"package", "version", "path", "line", "verdict", "judged", "why"}


def test_readings_are_of_known_codemods() -> None:
    assert READINGS
    assert {path.stem for path in READINGS} <= {codemod.name for codemod in installed_codemods()}


@pytest.mark.parametrize("path", READINGS, ids=lambda path: path.stem)
def test_every_reading_says_what_was_read_and_why_it_is_so(path: Path) -> None:
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        row = json.loads(text)
        assert set(row) >= KEYS, f"{path.name}:{number}"
        assert row["verdict"] in list(Verdict), f"{path.name}:{number}"
        assert row["judged"] in ("right", "wrong", "ugly"), f"{path.name}:{number}"
        assert row["why"], f"{path.name}:{number}"
