"""What the routes of the service are given."""

from __future__ import annotations

from fastapi import HTTPException, Request
from seed_embedding.embedder import VarietyEmbedder
from seed_index.store import VarietyStore


async def get_store(request: Request) -> VarietyStore:
    """The index of the varieties; 503 while the service starts."""
    store: VarietyStore | None = getattr(request.app.state, "store", None)
    if store is None:
        raise HTTPException(status_code=503, detail="The index is not there yet")
    return store


async def get_embedder(request: Request) -> VarietyEmbedder:
    """What makes vectors of texts; 503 while the service starts."""
    embedder: VarietyEmbedder | None = getattr(request.app.state, "embedder", None)
    if embedder is None:
        raise HTTPException(status_code=503, detail="The encoders are not loaded yet")
    return embedder
