"""Settings, read from `NOTES_*` variables."""

from __future__ import annotations

import os

from pydantic import BaseModel, Field


class Settings(BaseModel):
    """What differs between machines."""

    database_url: str = "sqlite://"
    redis_url: str | None = None
    admin_token: str = "change-me"
    token_hours: int = 12
    page_size: int = 20
    cors_origins: list[str] = Field(default_factory=lambda: ["*"])
    writer_url: str = "https://writer.partner.example/v1/complete"
    writer_timeout_seconds: float = 25.0


def load() -> Settings:
    """Settings with what the environment says in place of the defaults."""
    given = {
        name: os.environ[f"NOTES_{name.upper()}"]
        for name in Settings.model_fields
        if f"NOTES_{name.upper()}" in os.environ and name != "cors_origins"
    }
    settings = Settings.model_validate(given)
    if origins := os.environ.get("NOTES_CORS_ORIGINS"):
        settings.cors_origins = origins.split(",")
    return settings
