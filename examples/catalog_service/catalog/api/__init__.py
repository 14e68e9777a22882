"""The HTTP interface."""

from .admin import router as admin_router
from .health import router as health_router
from .items import router as items_router

__all__ = ["admin_router", "health_router", "items_router"]
