"""The engine and its sessions, behind a circuit breaker."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from registry.core.circuit import CircuitBreaker, CircuitConfig

logger = logging.getLogger(__name__)

DATABASE_URL = "postgresql+asyncpg://registry@localhost/registry"

_engine: AsyncEngine | None = None
_factory: async_sessionmaker[AsyncSession] | None = None

breaker = CircuitBreaker("database", CircuitConfig(failure_threshold=3, recovery_timeout=20.0))


def get_engine() -> AsyncEngine:
    """The engine of this process."""
    global _engine
    if _engine is None:
        _engine = create_async_engine(DATABASE_URL, pool_size=8, max_overflow=4, pool_pre_ping=True)
    return _engine


def get_factory() -> async_sessionmaker[AsyncSession]:
    """Makes sessions of the engine."""
    global _factory
    if _factory is None:
        _factory = async_sessionmaker(get_engine(), expire_on_commit=False)
    return _factory


@asynccontextmanager
async def open_session() -> AsyncIterator[AsyncSession]:
    """A session that commits at the end; the breaker counts what fails."""
    session = await breaker.call(_connected)
    try:
        yield session
        await session.commit()
    except SQLAlchemyError:
        await session.rollback()
        raise
    finally:
        await session.close()


async def _connected() -> AsyncSession:
    session = get_factory()()
    await session.execute(text("SELECT 1"))
    return session


async def check_health() -> dict[str, Any]:
    """Whether the database answers, and how fast, in milliseconds."""
    started = time.time()
    try:
        async with get_engine().connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception as e:
        logger.error(f"health check failed: {e}")
        return {"status": "down", "error": type(e).__name__}
    return {"status": "up", "milliseconds": round((time.time() - started) * 1000, 1)}


def pool_statistics() -> dict[str, Any]:
    """How the pool is used."""
    pool = get_engine().pool
    return {
        "size": pool.size(),
        "checked_in": pool.checkedin(),
        "checked_out": pool.checkedout(),
        "overflow": pool.overflow(),
    }


async def recover(attempts: int = 3, delay: float = 1.0) -> bool:
    """Try to get the database back; True when it answers."""
    for attempt in range(attempts):
        if (await check_health())["status"] == "up":
            return True
        await asyncio.sleep(delay * 2**attempt)
    return False


async def close_database() -> None:
    """Give back all connections."""
    global _engine, _factory
    if _engine is not None:
        await _engine.dispose()
    _engine = None
    _factory = None


async def shutdown() -> None:
    """What the server calls at its end."""
    logger.info("closing the database")
    close_database()
    logger.info("the database is closed")
