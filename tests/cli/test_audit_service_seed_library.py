"""A service with the findings of an audit of a vector search: what `plan` answers, what is edited."""

from __future__ import annotations

from pathlib import Path

import pytest
from answer_keys import differences, key_of
from audit_service import audit_service, plan_of
from repositories import Work

NAME = "seed_library"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return audit_service(NAME, tmp_path, monkeypatch)


def test_the_plan_says_what_a_careful_reader_of_the_tree_says(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    """The key was written from the tree before `plan` had seen it."""
    assert differences(key_of(NAME), plan_of(capfd, "--unsafe")) == {}
