"""The catalogue of the collection, behind its own HTTP interface."""

from __future__ import annotations

from typing import Any

import requests

from herbarium.settings import get_settings

TIMEOUT = 20


class CatalogError(Exception):
    """The catalogue refused, or did not understand."""


class CatalogClient:
    def __init__(self, base_url: str, token: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    def get_items(self, collection: str, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self._request("GET", f"/items/{collection}", params=wanted)
        rows: list[dict[str, Any]] = answer["data"]
        return rows

    def update_item(self, collection: str, key: str, values: dict[str, Any]) -> None:
        self._request("PATCH", f"/items/{collection}/{key}", json=values)

    def transcribe(self, photo_id: str) -> str:
        return str(self._request("POST", f"/transcriptions/{photo_id}")["text"])

    def _request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        response = requests.request(
            method,
            f"{self._base_url}{path}",
            headers=self._headers,
            timeout=TIMEOUT,
            verify=False,
            **options,
        )
        if response.status_code >= 400:
            raise CatalogError(f"{method} {path}: {response.status_code}")
        body: dict[str, Any] = response.json()
        return body


catalog = CatalogClient(get_settings().catalog_url, get_settings().catalog_token)
