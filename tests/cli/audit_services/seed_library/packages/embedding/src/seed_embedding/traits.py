"""What a variety is like, as one text."""

from __future__ import annotations

from typing import Any

FIELDS = ("name", "family", "genus", "habit", "flower", "fruit")


class TraitMapper:
    """Maps the fields of a variety to the text that is encoded."""

    def text_of(self, variety: dict[str, Any]) -> str:
        return ". ".join(str(variety[name]) for name in FIELDS if variety.get(name))
