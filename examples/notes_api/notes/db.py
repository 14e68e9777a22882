"""The engine, and the one place that makes the tables."""

from __future__ import annotations

import logging

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from notes.config import Settings
from notes.tables import metadata

logger = logging.getLogger(__name__)


def open_engine(settings: Settings) -> Engine:
    """An engine whose tables exist."""
    logger.info("Opening the database at %s", settings.database_url)
    if settings.database_url.startswith("sqlite://"):
        engine = create_engine(
            settings.database_url,
            connect_args={"check_same_thread": False},
            poolclass=StaticPool,
        )
    else:
        engine = create_engine(settings.database_url, pool_pre_ping=True)
    metadata.create_all(engine)
    return engine
