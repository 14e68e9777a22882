"""The public routes."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from catalog.api import items_router
from catalog.enrichment import ProviderError, RateLimited
from fakes import FakeTransport, add


def test_the_same_film_keeps_its_id(client: TestClient) -> None:
    first = add(client, "Stalker", 1979)
    again = client.post(
        "/items", json={"source": " ACME ", "external_id": "Stalker", "title": "Stalker (restored)"}
    ).json()
    assert re.fullmatch(r"[0-9a-f]{32}", first["id"])
    assert again["id"] == first["id"]
    assert client.get(f"/items/{first['id']}").json()["title"] == "Stalker (restored)"


def test_search_orders_and_limits(client: TestClient) -> None:
    for title, year in [("Ran", 1985), ("Playtime", 1967), ("Unknown", None), ("Alien", 1979)]:
        add(client, title, year, tags=["shelf"])

    def titles(**params: Any) -> list[str]:
        return [item["title"] for item in client.get("/items", params=params).json()]

    assert titles(query="SHELF") == ["Alien", "Playtime", "Ran", "Unknown"]
    assert titles(order="year") == ["Playtime", "Alien", "Ran", "Unknown"]
    assert titles(order="newest", limit=1) == ["Alien"]
    assert titles(query="nothing like it") == []


def test_search_results_are_cached_per_query(client: TestClient) -> None:
    add(client, "Ran")
    assert len(client.get("/items").json()) == 1
    add(client, "Kagemusha")
    assert len(client.get("/items").json()) == 1
    assert len(client.get("/items", params={"limit": 5}).json()) == 2


def test_etag_is_the_md5_the_cdn_expects(client: TestClient) -> None:
    url = f"/items/{add(client, 'Ran')['id']}"
    response = client.get(url)
    etag = response.headers["ETag"]
    assert etag == f'"{hashlib.md5(response.content).hexdigest()}"'
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_unknown_item(client: TestClient) -> None:
    assert client.get("/items/nope").status_code == 404
    assert client.get("/items/nope/label").json() == {"label": "Unknown film"}


def test_label_of_a_known_item(client: TestClient) -> None:
    item = add(client, "Ran", 1985)
    labels = {
        client.get(f"/items/{item['id']}/label", params={"visitor": f"v{n}"}).json()["label"]
        for n in range(30)
    }
    assert labels == {"Ran", "Ran (1985)"}


def test_decades_skip_items_without_a_year(client: TestClient) -> None:
    for title, year in [("Ran", 1985), ("Brazil", 1985), ("Alien", 1979), ("Unknown", None)]:
        add(client, title, year)
    assert client.get("/items/decades").json() == {"1980": 2, "1970": 1}


def test_describe_keeps_the_order_and_uses_the_cache(
    client: TestClient, transport: FakeTransport
) -> None:
    ids = [add(client, f"Film {number}")["id"] for number in range(12)]
    answers = client.post("/items/describe", json=ids).json()
    assert [answer["item_id"] for answer in answers] == ids
    assert all(f"FILM {number}" in answers[number]["text"] for number in range(12))
    assert not any(answer["cached"] for answer in answers)

    again = client.post("/items/describe", json=ids).json()
    assert all(answer["cached"] for answer in again)
    assert len(transport.calls) == 12


def test_describe_refuses_unknown_ids(client: TestClient) -> None:
    response = client.post("/items/describe", json=["nope"])
    assert response.status_code == 404
    assert response.json()["detail"] == "1 unknown items"


def test_a_busy_provider_is_a_503(client: TestClient, transport: FakeTransport) -> None:
    item = add(client, "Ran")
    transport.failures = [RateLimited("slow down", retry_after=0.0) for _ in range(9)]
    response = client.post("/items/describe", json=[item["id"]])
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "1"


def test_a_failing_provider_is_a_502(client: TestClient, transport: FakeTransport) -> None:
    item = add(client, "Ran")
    transport.failures = [ProviderError("HTTP 500", body="oops")]
    response = client.post("/items/describe", json=[item["id"]])
    assert response.status_code == 502
    assert response.json() == {"detail": "The language model failed"}


def test_routers_need_an_application_with_state() -> None:
    app = FastAPI()
    app.include_router(items_router)
    with pytest.raises(RuntimeError, match="create_app"), TestClient(app) as client:
        client.get("/items")
