"""Which trails are open today."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from ..ports.sources import ExternalCondition
from ._http import get_json, run_sync


class WaymarksConditionsSource:
    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._transport = transport

    async def _fetch_conditions(self) -> list[ExternalCondition]:
        rows = await get_json(f"{self._base_url}/conditions", None, self._transport)
        return [ExternalCondition(str(row["id"]), row["state"] == "open") for row in rows]

    def fetch_conditions(self) -> Sequence[ExternalCondition]:
        return run_sync(self._fetch_conditions())
