"""The application factory: ``uvicorn --factory catalog.main:create_app``."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from catalog import __version__
from catalog.api import admin_router, backups_router, health_router, items_router
from catalog.api.errors import install_error_handlers
from catalog.cache import open_cache
from catalog.core import Settings, configure_logging, get_settings
from catalog.enrichment.transport import UrllibTransport
from catalog.state import AppState, build_state

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect on the way up unless a ready state was handed in; clean up on the way down."""
    settings: Settings = app.state.settings
    configure_logging(settings.log_level)
    if app.state.catalog is None:
        cache = await open_cache(settings)
        token = os.environ.get("CATALOG_ADMIN_TOKEN")
        app.state.catalog = build_state(settings, cache, UrllibTransport(), admin_token=token)
    print(f"Catalogue {__version__} is up in {settings.environment}")
    try:
        yield
    finally:
        state: AppState = app.state.catalog
        await state.jobs.shutdown()
        try:
            await state.cache.close()
        except Exception as e:
            # The process is about to end anyway; Redis notices by itself.
            logger.exception(e)


def create_app(settings: Settings | None = None, state: AppState | None = None) -> FastAPI:
    """Build the application; tests pass a ``state`` with fakes in it."""
    if settings is None:
        settings = state.settings if state else get_settings()
    app = FastAPI(title="Catalogue", version=__version__, lifespan=lifespan)
    app.state.settings = settings
    app.state.catalog = state
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_credentials=True,
        allow_methods=["*"],
        allow_headers=["*"],
    )
    install_error_handlers(app)
    app.include_router(health_router)
    app.include_router(items_router)
    app.include_router(admin_router)
    app.include_router(backups_router)
    return app
