"""The HTTP service of the seed library."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

# The encoders are to run on the CPU
os.environ["CUDA_VISIBLE_DEVICES"] = ""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from seed_api.backends import LetterModel, MemoryBackend
from seed_api.routes import admin, search
from seed_embedding.embedder import ImageEncoder, VarietyEmbedder
from seed_embedding.text_encoder import TextEncoder
from seed_embedding.traits import TraitMapper
from seed_httpcache.sessions import http_sessions
from seed_index.store import VarietyStore
from seed_shared.settings import get_settings

logger = logging.getLogger(__name__)

settings = get_settings()


async def warm_up(embedder: VarietyEmbedder) -> None:
    """Encode something once, so that the first question is not the slow one."""
    embedder.embed({"name": "Solanum lycopersicum"})
    logger.info("The encoders are warm")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Make what the routes share, and close it at the end."""
    store = VarietyStore(MemoryBackend(), settings)
    await store.prepare()

    trait_mapper = TraitMapper()
    embedder = VarietyEmbedder(
        text_encoder=TextEncoder(LetterModel()),
        image_encoder=ImageEncoder(),
        trait_mapper=trait_mapper,
        settings=settings,
    )
    app.state.store = store
    app.state.embedder = embedder
    asyncio.create_task(warm_up(embedder))
    logger.info("The seed library is open")

    yield

    logger.info("The seed library closes")
    app.state.store = None
    app.state.embedder = None
    try:
        await http_sessions.close()
    except Exception:
        logger.exception("Sessions of the registers could not be closed")


app = FastAPI(title="Seed library", version="0.9.0", lifespan=lifespan)

app.add_middleware(
    CORSMiddleware,
    allow_origins=settings.allowed_origins,
    allow_methods=settings.allowed_methods,
    allow_headers=settings.allowed_headers,
)

app.include_router(admin.router, prefix="/api/v1")
app.include_router(search.router, prefix="/api/v1")


@app.get("/health")
async def health() -> dict[str, Any]:
    """Whether the process is alive."""
    return {"status": "ok"}
