"""The catalogue of trails that Waymarks keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from ..ports import ExternalTrail
from ._http import get_json, run_sync

PAGE = 100


class WaymarksCatalogSource:
    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._base_url = base_url.rstrip("/")
        self._transport = transport

    async def _fetch_catalog(self) -> list[ExternalTrail]:
        trails: list[ExternalTrail] = []
        page = 1
        while True:
            rows = await get_json(
                f"{self._base_url}/trails",
                {"page": str(page), "size": str(PAGE)},
                self._transport,
            )
            trails.extend(_trail(row) for row in rows)
            if len(rows) < PAGE:
                return trails
            page += 1

    def fetch_catalog(self) -> Sequence[ExternalTrail]:
        return run_sync(self._fetch_catalog())


def _trail(row: dict[str, Any]) -> ExternalTrail:
    return ExternalTrail(str(row["id"]), row["name"].strip(), float(row["length"]) / 1000)
