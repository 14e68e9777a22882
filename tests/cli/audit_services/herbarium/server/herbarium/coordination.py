"""How many photos of a sheet wait for their transcription; shared by API and workers."""

from __future__ import annotations

import logging
from typing import Any

import redis

from herbarium.settings import get_settings

logger = logging.getLogger(__name__)

KEEP_SECONDS = 24 * 60 * 60


def _get_sync_redis_client() -> Any:
    connection_string = get_settings().redis_url
    return redis.from_url(connection_string, decode_responses=True)


def _pending_key(sheet_id: str) -> str:
    return f"herbarium:pending:{sheet_id}"


def increment_pending(sheet_id: str) -> int:
    """One photo more waits; how many do now."""
    client = _get_sync_redis_client()
    count = int(client.incr(_pending_key(sheet_id)))
    client.expire(_pending_key(sheet_id), KEEP_SECONDS)
    return count


def decrement_pending(sheet_id: str) -> int:
    """One photo less waits; how many do now, never less than none."""
    client = _get_sync_redis_client()
    count = int(client.decr(_pending_key(sheet_id)))
    if count < 0:
        logger.warning("Sheet %s had no photo that waited", sheet_id)
        client.set(_pending_key(sheet_id), 0, ex=KEEP_SECONDS)
        return 0
    return count


def pending(sheet_id: str) -> int:
    client = _get_sync_redis_client()
    return int(client.get(_pending_key(sheet_id)) or 0)
