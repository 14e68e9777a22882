"""Cover images in an S3 bucket."""

from __future__ import annotations

import base64
import hashlib
import logging
from typing import Any

from catalog.core import Settings

logger = logging.getLogger(__name__)


class CoverCorrupted(Exception):
    """The bucket holds other bytes than we sent."""


class CoverStore:
    """Uploads covers with a boto3-like client and checks that they arrived whole."""

    def __init__(self, client: Any, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    def upload(self, item_id: str, image: bytes) -> str:
        """Store ``image`` and return its key; ``CoverCorrupted`` when it was damaged on the way."""
        key = f"covers/{item_id}.jpg"
        checksum = hashlib.md5(image)
        response = self._client.put_object(
            Bucket=getattr(self._settings, "cover_bucket", "catalog-covers"),
            Key=key,
            Body=image,
            # RFC 1864: base64 of the binary digest. S3 rejects the upload when it differs.
            ContentMD5=base64.b64encode(checksum.digest()).decode("ascii"),
        )
        # For single-part uploads the ETag of the object is the MD5 of its bytes.
        if response["ETag"].strip('"') != checksum.hexdigest():
            raise CoverCorrupted(key)
        logger.info("Stored %s (%d bytes)", key, len(image))
        return key
