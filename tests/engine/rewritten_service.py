"""A small service as a codemod leaves it, ready to be asked."""

from __future__ import annotations

from typing import Any

from fixaudit import Codemod, Source
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process


def rewritten(text: str, codemod: Codemod) -> str:
    """The text after the codemod's edits, unsafe ones included; it must have some."""
    outcome = process(Source("pkg/service.py", text.encode()), Plan([codemod], unsafe=True))
    assert isinstance(outcome, Changed)
    return outcome.after.decode()


def loaded(text: str) -> dict[str, Any]:
    """The names of the module that the text makes."""
    names: dict[str, Any] = {"__name__": "pkg.service"}
    exec(compile(text, "pkg/service.py", "exec", dont_inherit=True), names)
    return names
