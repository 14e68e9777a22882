"""The functions that make an engine of SQLAlchemy, by its own documentation and SQLModel's."""

from __future__ import annotations

ENGINE_FACTORIES = frozenset(
    {
        "sqlalchemy.create_engine",
        "sqlalchemy.engine.create_engine",
        "sqlalchemy.engine.create.create_engine",
        "sqlalchemy.ext.asyncio.create_async_engine",
        "sqlalchemy.ext.asyncio.engine.create_async_engine",
        "sqlmodel.create_engine",
    }
)
ENGINE_NAMES = frozenset({"create_engine", "create_async_engine"})
