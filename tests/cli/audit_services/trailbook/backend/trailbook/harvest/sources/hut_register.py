"""The huts along a trail, from the register of the alpine clubs."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from ..ports import ExternalHut, ExternalTrail
from ._http import get_json, run_sync


class HutRegisterSource:
    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._transport = transport

    async def _fetch_huts(self, source_id: str) -> list[ExternalHut]:
        rows = await get_json(f"{self._base_url}/huts", {"trail": source_id}, self._transport)
        return [ExternalHut(row["number"], row["name"], int(row["beds"])) for row in rows]

    async def _fetch_hut(self, number: str) -> ExternalHut | None:
        rows = await get_json(f"{self._base_url}/huts", {"number": number}, self._transport)
        for row in rows:
            return ExternalHut(row["number"], row["name"], int(row["beds"]))
        return None

    def fetch_huts(self, trail: ExternalTrail) -> Sequence[ExternalHut]:
        return run_sync(self._fetch_huts(trail.source_id))

    def fetch_hut(self, number: str) -> ExternalHut | None:
        if not number:
            return None
        return run_sync(self._fetch_hut(number))
