"""The types of the fixtures in `conftest.py`."""

from __future__ import annotations

from collections.abc import Callable

from fixaudit.semantics.project import Project

Grow = Callable[[dict[str, str]], Project]
Reveal = Callable[[Project, str], list[str | None]]
