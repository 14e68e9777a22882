"""Logging of the worker: one line an event, to stderr."""

from __future__ import annotations

import logging

from invoices.settings import Settings

logger = logging.getLogger(__name__)

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def set_up(settings: Settings, verbose: bool = False) -> None:
    """Called once, by the command line."""
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, format=FORMAT)
    logger.info("Database %s, documents in %s", settings.database, settings.archive_folder)
    if settings.queue_url:
        logger.info("Taking orders from %s", settings.queue_url)
    else:
        logger.warning("INVOICES_QUEUE_URL is not set, the queue lives in this process")
