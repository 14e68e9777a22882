"""The HTTP interface."""

from .admin import router as admin_router
from .backups import router as backups_router
from .health import router as health_router
from .items import router as items_router

__all__ = ["admin_router", "backups_router", "health_router", "items_router"]
