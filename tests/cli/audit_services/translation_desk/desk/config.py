"""Settings: the defaults below, or environment variables of the same names."""

from __future__ import annotations

import os
from functools import lru_cache

from pydantic import BaseModel


class Settings(BaseModel):
    """What a deployment may choose."""

    DATABASE_URL: str = "postgresql+psycopg://desk:desk@localhost:5432/desk"
    DB_POOL_SIZE: int = 10
    DB_MAX_OVERFLOW: int = 20

    REDIS_URL: str | None = None
    EVENTS_TTL_SECONDS: int = 900

    SESSION_DAYS: int = 14
    WEB_ORIGINS: list[str] = ["*"]

    DRAFT_MODELS: list[str] = ["gpt-4o-mini", "claude-haiku", "gemini-flash"]
    SCORE_MODELS: list[str] = ["gpt-4o"]
    MAX_ROUNDS: int = 3


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    given = {name: os.environ[name] for name in Settings.model_fields if name in os.environ}
    return Settings.model_validate(given)


settings = get_settings()
