from .hut_register import HutRegisterSource
from .waymarks_catalog import WaymarksCatalogSource
from .waymarks_conditions import WaymarksConditionsSource

__all__ = ["HutRegisterSource", "WaymarksCatalogSource", "WaymarksConditionsSource"]
