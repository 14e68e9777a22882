"""All codemods at once: what one keeps in mind of a file must not trip another."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.model.outcome import Failed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.registry.loader import installed_codemods
from fixaudit.source.source import Source

BEFORE = Path(__file__).resolve().parents[1] / "fixtures" / "before"


@pytest.mark.parametrize("folder", sorted(path.name for path in BEFORE.iterdir()))
def test_every_fixture_survives_all_codemods(folder: str) -> None:
    codemods = [codemod() for codemod in installed_codemods()]
    looked_at = 0
    for path in sorted((BEFORE / folder).glob("*.py")):
        outcome = process(Source("pkg/service.py", path.read_bytes()), Plan(codemods, unsafe=True))
        assert not isinstance(outcome, Failed), path
        assert [problem.message for problem in outcome.problems] == [], path
        looked_at += 1
    assert looked_at > 0
