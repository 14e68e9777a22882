"""What was done to devices: rows are written once and never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.db.types import GUID, JSONText
from registry.models.base import Base, Keyed, Timestamps


class MaintenanceEvent(Keyed, Timestamps, Base):
    """One inspection, repair or calibration."""

    __tablename__ = "maintenance_events"

    device_id: Mapped[str] = mapped_column(GUID(), index=True)
    technician_id: Mapped[str | None] = mapped_column(GUID(), index=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    outcome: Mapped[str] = mapped_column(String(20), index=True)
    ward: Mapped[str | None] = mapped_column(String(40), index=True)
    order_number: Mapped[str | None] = mapped_column(String(40), index=True)
    reading: Mapped[float | None] = mapped_column(index=True)
    notes: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any] | None] = mapped_column(JSONText())

    __table_args__ = (
        Index("ix_maintenance_device_created", "device_id", "created_at"),
        Index("ix_maintenance_technician_created", "technician_id", "created_at"),
        Index("ix_maintenance_kind_created", "kind", "created_at"),
        Index("ix_maintenance_outcome_created", "outcome", "created_at"),
        Index("ix_maintenance_ward_kind", "ward", "kind"),
    )
