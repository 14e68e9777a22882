"""What volunteers do: ask where to upload a photo, upload it, confirm it."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from herbarium.storage import Storage, get_storage

logger = logging.getLogger(__name__)

VolunteerRouter = APIRouter(tags=["volunteer"])

PHOTO_TYPES = ("image/jpeg", "image/tiff")


class UploadRequest(BaseModel):
    file_name: str = Field(min_length=1, max_length=200)
    content_type: str = Field(max_length=100)


class UploadAnswer(BaseModel):
    photo_id: str
    url: str


class ConfirmRequest(BaseModel):
    photo_id: str = Field(max_length=64)


# Simple limiter of requests for upload URLs.
# NOTE: it is of this process only; other workers and pods have their own.
_rate_limit_cache: dict[str, list[float]] = {}

RATE_LIMIT_WINDOW = 60
RATE_LIMIT_MAX = 40


def check_rate_limit(sheet_id: str) -> bool:
    """False where the sheet has had its requests of the last minute."""
    now = time.time()
    cutoff = now - RATE_LIMIT_WINDOW
    recent = [at for at in _rate_limit_cache.get(sheet_id, []) if at > cutoff]
    if len(recent) >= RATE_LIMIT_MAX:
        _rate_limit_cache[sheet_id] = recent
        return False
    recent.append(now)
    _rate_limit_cache[sheet_id] = recent
    return True


def _key(sheet_id: str, photo_id: str) -> str:
    return f"sheets/{sheet_id}/{photo_id}"


@VolunteerRouter.post("/sheets/{sheet_id}/get-upload-url")
async def get_upload_url(
    sheet_id: str, body: UploadRequest, storage: Annotated[Storage, Depends(get_storage)]
) -> UploadAnswer:
    if not check_rate_limit(sheet_id):
        raise HTTPException(status_code=429, detail="Too many upload URLs for this sheet")
    if body.content_type not in PHOTO_TYPES:
        raise HTTPException(status_code=415, detail="JPEG or TIFF only")
    photo_id = uuid.uuid4().hex
    return UploadAnswer(photo_id=photo_id, url=storage.upload_url(_key(sheet_id, photo_id)))


@VolunteerRouter.post("/sheets/{sheet_id}/confirm-upload")
async def confirm_upload(
    sheet_id: str, body: ConfirmRequest, storage: Annotated[Storage, Depends(get_storage)]
) -> dict[str, int | str]:
    """Waits until the storage knows the photo."""
    key = _key(sheet_id, body.photo_id)
    max_retries = 3
    retry_delays = [0.1, 0.5, 2.0]
    for attempt in range(max_retries):
        size = storage.size_of(key)
        if size is not None:
            logger.info("Photo %s of sheet %s has %s bytes", body.photo_id, sheet_id, size)
            return {"status": "stored", "size": size}
        if attempt < max_retries - 1:
            await asyncio.sleep(retry_delays[attempt])
    raise HTTPException(status_code=404, detail="The photo has not arrived")
