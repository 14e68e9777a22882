"""The engine and sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from desk.config import settings


def build_engine(url: str) -> Engine:
    """An engine; a database in memory lives in one connection."""
    options: dict[str, Any] = {"pool_pre_ping": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"check_same_thread": False}
        options["poolclass"] = StaticPool
    else:
        options["pool_size"] = settings.DB_POOL_SIZE
        options["max_overflow"] = settings.DB_MAX_OVERFLOW
    return create_engine(url, **options)


engine = build_engine(settings.DATABASE_URL)
SessionLocal = sessionmaker(bind=engine, expire_on_commit=False)


@contextmanager
def session_scope() -> Iterator[Session]:
    """A session that commits when its block ends, and rolls back on errors."""
    session = SessionLocal()
    try:
        yield session
        session.commit()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


def get_session() -> Iterator[Session]:
    """The session of a request."""
    session = SessionLocal()
    try:
        yield session
    finally:
        session.close()
