"""Liveness and readiness."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Depends

from catalog import __version__
from catalog.cache import Cache
from catalog.core import get_settings

from .deps import get_cache

router = APIRouter(tags=["health"])
logger = logging.getLogger(__name__)


async def cache_works(cache: Cache) -> bool:
    """Whether a value survives a round trip through the cache."""
    try:
        await cache.set("health", "ok", ttl=5)
        return await cache.get("health") == "ok"
    except Exception as e:
        logger.exception(f"Health check failed: {e}")
        return False


@router.get("/health")
async def health(cache: Annotated[Cache, Depends(get_cache)]) -> dict[str, object]:
    """Always 200 while the process lives; ``ready`` says whether its cache answers."""
    settings = get_settings()
    return {
        "version": __version__,
        "environment": getattr(settings, "environment", "unknown"),
        # The tracing settings are still in review, see the ops board.
        "tracing": getattr(settings, "tracing_endpoint", None) is not None,
        "ready": await cache_works(cache),
    }
