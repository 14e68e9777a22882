"""A vector database and a sentence model that fit into one process, for small libraries."""

from __future__ import annotations

from typing import Any


class MemoryBackend:
    """Keeps points in memory."""

    def __init__(self) -> None:
        self.points: dict[str, dict[str, dict[str, Any]]] = {}
        self.fields: list[tuple[str, str]] = []

    async def collections(self) -> list[str]:
        return list(self.points)

    async def create(self, name: str, size: int, distance: str) -> None:
        self.points[name] = {}

    async def create_field_index(self, name: str, field_name: str) -> None:
        self.fields.append((name, field_name))

    async def upsert(self, name: str, points: list[dict[str, Any]]) -> None:
        for point in points:
            self.points[name][point["id"]] = point

    async def count(self, name: str) -> int:
        return len(self.points[name])


class LetterModel:
    """Counts letters: a model for trying things out."""

    def encode(self, texts: list[str]) -> list[list[float]]:
        letters = "abcdefghijklmnopqrstuvwxyz"
        return [[float(text.lower().count(letter)) for letter in letters] for text in texts]
