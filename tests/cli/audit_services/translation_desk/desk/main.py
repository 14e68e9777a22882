"""The application."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from desk import database
from desk.config import settings
from desk.errors import DeskError
from desk.routes import auth, jobs, stats

logger = logging.getLogger(__name__)

REQUIRED_TABLES = ["accounts", "login_sessions", "jobs", "rounds", "drafts", "activity"]


def missing_tables(engine: Engine) -> list[str]:
    """The tables that a migration has not made yet."""
    missing = []
    for table in REQUIRED_TABLES:
        try:
            with engine.connect() as connection:
                connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1"))
        except SQLAlchemyError:
            missing.append(table)
    return missing


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Refuse to start on a database that is not migrated."""
    missing = missing_tables(database.engine)
    if missing:
        raise RuntimeError(f"Run the migrations first: no table {', '.join(missing)}")
    yield


app = FastAPI(title="Translation desk", version="1.4.0", lifespan=lifespan)

app.add_middleware(
    CORSMiddleware,
    allow_origins=settings.WEB_ORIGINS,
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)


@app.exception_handler(DeskError)
async def handle_desk_error(request: Request, exc: DeskError) -> JSONResponse:
    """An error of the desk becomes its status, with its code."""
    logger.error("DeskError: %s (%s)", exc.message, exc.code)
    return JSONResponse(
        status_code=exc.status_code, content={"code": exc.code, "message": exc.message}
    )


app.include_router(auth.router)
app.include_router(jobs.router)
app.include_router(stats.router)


@app.get("/health")
def health() -> dict[str, str]:
    """For the load balancer."""
    return {"status": "ok"}
