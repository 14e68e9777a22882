"""Settings of all parts of the seed library."""

from __future__ import annotations

import os
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Environment(StrEnum):
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


def current_environment() -> Environment:
    return Environment(os.getenv("SEED_ENVIRONMENT", Environment.STAGING))


class Settings(BaseModel):
    """What can be set, with the values for a machine of one's own."""

    model_config = ConfigDict(extra="ignore")

    environment: Environment = Field(default_factory=current_environment)
    debug: bool = Field(default=False, description="Show tracebacks to clients")
    log_level: str = Field(default="INFO", description="Lowest level that is logged")

    # The vector index
    index_url: str = Field(default="http://localhost:6333", description="Where the index is")
    index_collection: str = Field(default="varieties", description="Collection of the varieties")
    index_payload_indexing: bool = Field(default=True, description="Index what is filtered by")
    index_distance: str = Field(default="cosine", description="cosine, dot or euclid")
    vector_size: int = Field(default=384, ge=1, description="Numbers in a text vector")

    # The cache of the registers' answers
    redis_url: str = Field(default="redis://localhost:6379/0", description="Where Redis is")
    redis_max_connections: int = Field(default=50, ge=1, description="Most connections of the pool")

    # Who may call the service from a browser
    allowed_origins: list[str] = Field(default=["*"], description="Origins that browsers may call from")
    allowed_methods: list[str] = Field(default=["*"], description="Methods that they may use")
    allowed_headers: list[str] = Field(default=["*"], description="Headers that they may send")

    def model_post_init(self, __context: Any) -> None:
        """Adjust what depends on the environment."""
        self.apply_environment()

    def apply_environment(self) -> None:
        """Fill in what nobody has set for this environment."""
        if self.environment == Environment.DEVELOPMENT:
            if os.getenv("DEBUG") is None:
                self.debug = True
            if os.getenv("LOG_LEVEL") is None:
                self.log_level = "DEBUG"
        elif self.environment == Environment.PRODUCTION:
            self.debug = False


@lru_cache
def get_settings() -> Settings:
    """The settings of this process."""
    return Settings()
