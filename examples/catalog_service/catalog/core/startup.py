"""What the service says about its surroundings when it starts."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from catalog.core.config import Settings

logger = logging.getLogger(__name__)


def announce(settings: Settings) -> None:
    """Log what this process is connected to."""
    if settings.redis_url is None:
        logger.info("No Redis: the cache lives in this process")
        return
    logger.info(f"Cache in {settings.cache_namespace} at {settings.redis_url}")
    logger.debug("Redis runs on %s", urlsplit(settings.redis_url).hostname)
