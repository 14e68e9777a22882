"""Technicians and the keys of their badges."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from registry.db.types import GUID
from registry.models.base import Base, Keyed, SoftDelete, Timestamps


class Technician(Keyed, Timestamps, SoftDelete, Base):
    """Somebody who may service devices."""

    __tablename__ = "technicians"

    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320), unique=True)
    active: Mapped[bool] = mapped_column(default=True)


class BadgeKey(Keyed, Timestamps, Base):
    """The key on a technician's badge."""

    __tablename__ = "badge_keys"

    technician_id: Mapped[str] = mapped_column(GUID(), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime | None] = mapped_column(DateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime)
