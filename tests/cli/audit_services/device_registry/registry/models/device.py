"""Devices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from registry.db.types import JSONText
from registry.models.base import Base, Keyed, SoftDelete, Timestamps


class Device(Keyed, Timestamps, SoftDelete, Base):
    """One device, by its inventory number."""

    __tablename__ = "devices"

    inventory_number: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    ward: Mapped[str] = mapped_column(String(40), index=True)
    status: Mapped[str] = mapped_column(String(20), default="in_use")
    properties: Mapped[dict[str, Any] | None] = mapped_column(JSONText())

    def __repr__(self):
        return f"<Device {self.inventory_number} ({self.status})>"
