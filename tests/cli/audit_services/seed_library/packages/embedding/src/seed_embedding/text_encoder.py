"""Descriptions become vectors."""

from __future__ import annotations

from typing import Any, cast


class TextEncoder:
    """Encodes texts with a sentence model, which is loaded elsewhere."""

    def __init__(self, model: Any, size: int = 384) -> None:
        self.model = model
        self.size = size

    def encode(self, texts: list[str]) -> list[list[float] | None]:
        """A vector for each text, None for one that the model cannot read."""
        if not texts:
            return []
        return cast(list[list[float] | None], self.model.encode(texts))
