"""Configuration of the catalogue service."""

from __future__ import annotations

import os
from functools import lru_cache

from pydantic import Field

from catalog.core.base import CommonSettings


class Settings(CommonSettings):
    """Everything that may differ between two deployments of the catalogue."""

    # HTTP
    cors_origins: list[str] = Field(default_factory=lambda: ["*"])
    search_page_size: int = 20

    # Cache
    redis_url: str | None = None
    cache_namespace: str = "catalog"
    cache_ttl_seconds: int = 300

    # Language models
    llm_provider: str = "openai"
    llm_base_url: str = "https://llm.internal.example/v1"
    llm_model: str = "small-writer"
    llm_timeout_seconds: float = 20.0
    llm_max_retries: int = 3
    llm_max_concurrent_calls: int = 4
    openai_api_key: str | None = None
    mistral_api_key: str | None = None

    # Covers
    cover_bucket: str = "catalog-covers"


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read from the environment on the first call."""
    return Settings.from_env(os.environ)
