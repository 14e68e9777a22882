"""Settings of the backend, from the environment."""

from __future__ import annotations

import os
from functools import lru_cache

from pydantic import BaseModel, Field


class Settings(BaseModel):
    app_name: str = "Trailbook"
    debug: bool = False

    # PostgreSQL; one pool for each worker process.
    database_url: str = "postgresql+asyncpg://trailbook:trailbook@localhost:5432/trailbook"
    db_pool_size: int = Field(default=5, ge=1)
    db_max_overflow: int = Field(default=10, ge=0)
    db_pool_recycle: int = Field(default=1800, ge=60)

    cors_origins: list[str] = Field(default_factory=lambda: ["https://trailbook.example"])

    secret_key: str = "development-only"
    access_token_minutes: int = Field(default=15, ge=1)

    waymarks_url: str = "https://api.waymarks.example"
    huts_url: str = "https://huts.example/v2"
    harvest_interval_seconds: float = Field(default=3600.0, gt=0)
    run_migrations_at_startup: bool = True


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    given = {
        name: os.environ[f"TRAILBOOK_{name.upper()}"]
        for name in Settings.model_fields
        if f"TRAILBOOK_{name.upper()}" in os.environ
    }
    return Settings.model_validate(given)


settings = get_settings()
