"""What the rest of the service needs from its core: settings and logging."""

from catalog.core.config import Settings, get_settings
from catalog.core.logs import configure_logging

__all__ = ["Settings", "configure_logging", "get_settings"]
