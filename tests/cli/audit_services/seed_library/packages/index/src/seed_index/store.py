"""The vector index of the varieties: adding, looking up, counting."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeGuard

from seed_index.utils.retry import with_retries
from seed_shared.settings import Settings, get_settings

logger = logging.getLogger(__name__)


class Backend(Protocol):
    """What the index needs of a vector database."""

    async def collections(self) -> list[str]: ...

    async def create(self, name: str, size: int, distance: str) -> None: ...

    async def create_field_index(self, name: str, field_name: str) -> None: ...

    async def upsert(self, name: str, points: list[dict[str, Any]]) -> None: ...

    async def count(self, name: str) -> int: ...


@dataclass
class VarietyDocument:
    """A variety with the vectors that it is found by."""

    variety_id: str
    vectors: dict[str, Any]
    payload: dict[str, Any] = field(default_factory=dict)


def is_float_vector(vector: Any) -> TypeGuard[list[float]]:
    return (
        isinstance(vector, list)
        and len(vector) > 0
        and all(isinstance(number, int | float) for number in vector)
    )


class VarietyStore:
    """The collection of varieties in the vector index."""

    _DISTANCES = {
        "cosine": "Cosine",
        "dot": "Dot",
        "euclid": "Euclid",
    }

    _FILTERED_FIELDS = ("family", "genus", "year_of_harvest")

    def __init__(self, backend: Backend, settings: Settings | None = None) -> None:
        self.backend = backend
        self.settings = settings or get_settings()
        self.collection = self.settings.index_collection

    async def prepare(self) -> None:
        """Create the collection and the indexes of its payload, where they are missing."""
        if self.collection in await self.backend.collections():
            return
        distance = self._DISTANCES[self.settings.index_distance]
        await self.backend.create(self.collection, self.settings.vector_size, distance)
        if getattr(self.settings, "index_payload_indexing", True):
            for name in self._FILTERED_FIELDS:
                await self.backend.create_field_index(self.collection, name)

    async def health_check(self) -> bool:
        """True where the index answers."""
        try:
            await self.backend.collections()
            return True
        except Exception as e:
            logger.exception(f"Index health check failed: {e}")
            return False

    async def statistics(self) -> dict[str, Any]:
        """How many varieties there are; empty where the index does not answer."""
        try:
            total = await self.backend.count(self.collection)
        except ConnectionError as e:
            logger.error(f"Failed to count varieties: {e}")
            return {}
        return {"collection": self.collection, "total": total}

    def _point_id(self, variety_id: str) -> str:
        """The id of a variety's point, the same at each import."""
        return hashlib.md5(variety_id.encode()).hexdigest()

    async def add_documents(
        self, documents: list[VarietyDocument], batch_size: int = 100
    ) -> int:
        """Add documents in batches; how many were written."""
        written = 0
        total = len(documents)
        for start in range(0, total, batch_size):
            points = [
                self._point_of(document)
                for document in documents[start : start + batch_size]
            ]
            await with_retries(lambda: self.backend.upsert(self.collection, points), attempts=3)
            written += len(points)
            logger.info("Wrote a batch: %s of %s varieties", written, total)
        return written

    def _point_of(self, document: VarietyDocument) -> dict[str, Any]:
        vectors = {
            name: vector for name, vector in document.vectors.items() if is_float_vector(vector)
        }
        return {
            "id": self._point_id(document.variety_id),
            "vector": vectors,
            "payload": {"variety_id": document.variety_id, **document.payload},
        }
