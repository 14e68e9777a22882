"""Dependencies of the routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request

from catalog.cache import Cache
from catalog.core import Settings
from catalog.enrichment import Describer
from catalog.jobs import Jobs
from catalog.state import AppState
from catalog.storage import ItemRepository


def get_state(request: Request) -> AppState:
    """What the application was built with."""
    state = getattr(request.app.state, "catalog", None)
    if state is None:
        raise RuntimeError("The application has no state; was it built with create_app()?")
    return state


State = Annotated[AppState, Depends(get_state)]


def get_repository(state: State) -> ItemRepository:
    return state.repository


def get_cache(state: State) -> Cache:
    return state.cache


def get_jobs(state: State) -> Jobs:
    return state.jobs


def get_describer(state: State) -> Describer:
    return state.describer


def get_app_settings(state: State) -> Settings:
    return state.settings


def require_admin(state: State, x_admin_token: Annotated[str | None, Header()] = None) -> None:
    """Refuse requests without the admin token, if one is configured."""
    if state.admin_token and x_admin_token != state.admin_token:
        raise HTTPException(status_code=403, detail="Admin token missing or wrong")
