"""The application: middleware, handlers of errors, routers."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from .api import health
from .background.runner import default_job_runner
from .config import settings
from .harvest.admin import router as harvest_admin
from .harvest.jobs.refresh import harvest_scheduler
from .routers import corrections, progress, saved, session, stages, trails
from .utils.migrations import run_migrations

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    if settings.run_migrations_at_startup:
        run_migrations()
    await default_job_runner.start()
    harvest_scheduler.start()
    yield
    await harvest_scheduler.stop()
    await default_job_runner.stop()


app = FastAPI(title=settings.app_name, debug=settings.debug, lifespan=lifespan)

app.add_middleware(
    CORSMiddleware,
    allow_origins=settings.cors_origins,
    allow_credentials=True,
    allow_methods=["GET", "POST", "DELETE", "OPTIONS"],
    allow_headers=["*"],
)


@app.middleware("http")
async def add_request_id(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    request_id = request.headers.get("x-request-id") or uuid.uuid4().hex
    response = await call_next(request)
    response.headers["X-Request-ID"] = request_id
    return response


@app.exception_handler(SQLAlchemyError)
async def database_error(request: Request, error: SQLAlchemyError) -> JSONResponse:
    logger.error("The database refused %s", request.url.path, exc_info=error)
    return JSONResponse(status_code=503, content={"error": {"code": "database"}})


app.include_router(health.router)
app.include_router(session.router)
app.include_router(trails.router)
app.include_router(stages.router)
app.include_router(corrections.router)
app.include_router(saved.router)
app.include_router(progress.router)
app.include_router(harvest_admin.router)
