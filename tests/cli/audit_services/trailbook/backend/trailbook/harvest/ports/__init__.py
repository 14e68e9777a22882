"""What the harvest asks of the sources of trails, conditions and huts."""

from .sources import CatalogSource, ConditionsSource, ExternalHut, ExternalTrail, HutSource

__all__ = ["CatalogSource", "ConditionsSource", "ExternalHut", "ExternalTrail", "HutSource"]
