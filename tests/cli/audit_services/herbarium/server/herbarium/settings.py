"""Settings, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True)
class Settings:
    redis_url: str = field(default_factory=lambda: os.environ.get("REDIS_URL", "redis://localhost:6379/1"))
    catalog_url: str = field(default_factory=lambda: os.environ.get("CATALOG_URL", "https://catalog.internal"))
    catalog_token: str = field(default_factory=lambda: os.environ.get("CATALOG_TOKEN", ""))
    bucket: str = field(default_factory=lambda: os.environ.get("SHEET_BUCKET", "sheets"))
    model: str = field(default_factory=lambda: os.environ.get("LABEL_MODEL", "vision-small"))
    disable_cors: bool = field(default_factory=lambda: os.environ.get("DISABLE_CORS") == "1")
    portal_origin: str = field(
        default_factory=lambda: os.environ.get("PORTAL_ORIGIN", "https://portal.herbarium.example")
    )


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    return Settings()
