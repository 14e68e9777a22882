"""Edits that verification refuses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unsound:
    """What is wrong with edits; `is_defect` where the check of their result failed itself."""

    trouble: str
    is_defect: bool = False
