"""The application."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from herbarium.api.labels import LabelRouter
from herbarium.api.volunteer import VolunteerRouter
from herbarium.redis_async import close_redis_client
from herbarium.settings import get_settings

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    logger.info("The herbarium is open")
    yield
    await close_redis_client()


app = FastAPI(title="Herbarium", lifespan=lifespan)

settings = get_settings()

origins = [settings.portal_origin]
if settings.disable_cors:
    origins = ["*"]

app.add_middleware(
    CORSMiddleware,
    allow_origins=origins,
    allow_credentials=True,
    allow_methods=["GET", "POST", "OPTIONS"],
    allow_headers=["authorization", "content-type"],
)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


app.include_router(VolunteerRouter, prefix="/api")
app.include_router(LabelRouter, prefix="/api")
