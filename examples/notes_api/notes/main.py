"""The application."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from notes.api import admin, notes, search, session, tags
from notes.api.deps import State
from notes.cache import open_cache
from notes.config import Settings, load
from notes.db import open_engine
from notes.services.digest import HttpWriter


def create_app(settings: Settings | None = None) -> FastAPI:
    """An application of its own database and cache."""
    settings = settings or load()
    app = FastAPI(title="Notes", version="2.3.0")
    app.state.notes = State(
        settings=settings,
        engine=open_engine(settings),
        cache=open_cache(settings),
        writer=HttpWriter(settings),
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["*"],
    )
    for module in (session, notes, tags, search, admin):
        app.include_router(module.router)
    return app
