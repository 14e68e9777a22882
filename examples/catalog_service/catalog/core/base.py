"""The part of the configuration that all our services share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict

ENV_PREFIX = "CATALOG_"


class CommonSettings(BaseModel):
    """Fields that every deployment has, whatever the service does."""

    model_config = ConfigDict(frozen=True)

    environment: str = "development"
    debug: bool = False
    log_level: str = "INFO"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Build settings from ``CATALOG_*`` variables; unset ones keep their defaults.

        Raises ``pydantic.ValidationError`` when a value does not fit its field.
        """
        values: dict[str, object] = {}
        for name, field in cls.model_fields.items():
            raw = environ.get(ENV_PREFIX + name.upper())
            if raw is None:
                continue
            if field.annotation == list[str]:
                values[name] = [part.strip() for part in raw.split(",") if part.strip()]
            else:
                values[name] = raw
        return cls.model_validate(values)
