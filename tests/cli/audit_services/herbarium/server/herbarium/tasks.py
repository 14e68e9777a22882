"""What the workers do: photos are transcribed, sheets are finished."""

from __future__ import annotations

import logging

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from herbarium.catalog_client import catalog
from herbarium.coordination import decrement_pending
from herbarium.settings import get_settings

logger = logging.getLogger(__name__)

broker = RedisBroker(url=get_settings().redis_url)
dramatiq.set_broker(broker)


@dramatiq.actor(max_retries=2)
def task_transcribe_photo(photo_id: str, sheet_id: str) -> None:
    """Transcribes one photo; the last one of a sheet finishes it."""
    text = catalog.transcribe(photo_id)
    catalog.update_item("photo", photo_id, {"text": text})
    if decrement_pending(sheet_id) == 0:
        task_finish_sheet.send(sheet_id)


@dramatiq.actor(max_retries=2)
def task_finish_sheet(sheet_id: str) -> None:
    photos = catalog.get_items("photo", {"sheet_id": sheet_id})
    label = "\n".join(photo["text"] for photo in photos if photo["text"])
    catalog.update_item("sheet", sheet_id, {"label": label, "is_transcribed": True})
    logger.info("Sheet %s is finished, with %s photos", sheet_id, len(photos))
