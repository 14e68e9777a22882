"""Takes over what the sources know: trails, conditions, huts."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ...config import settings
from ..ports import CatalogSource, ConditionsSource, ExternalTrail, HutSource
from ..sources import HutRegisterSource, WaymarksCatalogSource, WaymarksConditionsSource

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RefreshReport:
    trails: int
    closed: int
    huts: int


class RefreshService:
    def __init__(
        self, catalog: CatalogSource, conditions: ConditionsSource, huts: HutSource
    ) -> None:
        self._catalog = catalog
        self._conditions = conditions
        self._huts = huts
        self._known: dict[str, ExternalTrail] = {}

    async def refresh(self) -> RefreshReport:
        trails = self._catalog.fetch_catalog()
        conditions = self._conditions.fetch_conditions()
        self._known = {trail.source_id: trail for trail in trails}
        closed = sum(not condition.open for condition in conditions)
        huts = self._count_huts(trails)
        logger.info("Harvest: %s trails, %s closed, %s huts", len(trails), closed, huts)
        return RefreshReport(len(trails), closed, huts)

    def _count_huts(self, trails: Sequence[ExternalTrail]) -> int:
        return sum(len(self._huts.fetch_huts(trail)) for trail in trails)

    def known(self, source_id: str) -> ExternalTrail | None:
        return self._known.get(source_id)


def default_refresh_service() -> RefreshService:
    return RefreshService(
        WaymarksCatalogSource(settings.waymarks_url),
        WaymarksConditionsSource(settings.waymarks_url),
        HutRegisterSource(settings.huts_url),
    )
