"""The tables."""

from registry.models.base import Base, SoftDelete, Timestamps
from registry.models.device import Device
from registry.models.maintenance import MaintenanceEvent
from registry.models.technician import BadgeKey, Technician

__all__ = [
    "BadgeKey",
    "Base",
    "Device",
    "MaintenanceEvent",
    "SoftDelete",
    "Technician",
    "Timestamps",
]
