"""Keeps pytest out of the fixtures: `tests/test_fixtures.py` tries them, nothing imports them."""

from __future__ import annotations

collect_ignore = ["fixtures"]
