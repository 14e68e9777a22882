"""What the environment changes."""

from __future__ import annotations

import pytest
from seed_shared.settings import Environment, Settings, current_environment


def test_development_shows_tracebacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEBUG", raising=False)
    assert Settings(environment=Environment.DEVELOPMENT).debug


def test_the_environment_counts_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "0")
    assert not Settings(environment=Environment.DEVELOPMENT).debug


def test_production_never_shows_tracebacks() -> None:
    assert not Settings(environment=Environment.PRODUCTION, debug=True).debug


def test_origins_can_be_given() -> None:
    given = ["https://seeds.example"]
    assert Settings(allowed_origins=given).allowed_origins == given


def test_which_environment_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEED_ENVIRONMENT", "production")
    assert current_environment() is Environment.PRODUCTION
