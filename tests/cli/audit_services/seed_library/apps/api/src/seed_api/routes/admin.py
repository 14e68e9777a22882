"""Routes for those who keep the library."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, Depends, HTTPException
from seed_api.dependencies import get_store
from seed_index.store import VarietyStore

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/admin", tags=["admin"])


@router.get("/statistics")
async def statistics(store: VarietyStore = Depends(get_store)) -> dict[str, Any]:
    """How many varieties the index has."""
    found = await store.statistics()
    if not found:
        raise HTTPException(status_code=503, detail="The index does not answer")
    return found


@router.delete("/vectors/{variety_id}")
async def delete_vector(
    variety_id: str, store: VarietyStore = Depends(get_store)
) -> dict[str, Any]:
    """Take the vectors of a variety out of the index."""
    # The store has no method for this yet.
    return {
        "deleted": False,
        "variety_id": variety_id,
        "message": "Deleting vectors is not yet implemented",
    }
