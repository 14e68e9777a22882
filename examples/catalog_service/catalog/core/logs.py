"""Logging set-up, called once by the application factory's lifespan."""

from __future__ import annotations

import logging

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def configure_logging(level: str) -> None:
    """Send the service's own loggers to stderr at ``level``; other libraries stay at WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    root = logging.getLogger("catalog")
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
