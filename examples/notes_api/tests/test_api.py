"""The service as its clients see it."""

from __future__ import annotations

import pytest
from conftest import FakeWriter, log_in
from fastapi.testclient import TestClient

ADMIN = {"X-Admin-Token": "secret"}


def write(client: TestClient, headers: dict[str, str], title: str, *tags: str) -> int:
    answer = client.post("/notes", json={"title": title, "tags": tags}, headers=headers)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def test_strangers_get_nothing(client: TestClient) -> None:
    assert client.get("/notes").status_code == 401
    given = {"name": "ada", "password": "wrong"}
    assert client.post("/session", json=given).status_code == 401
    log_in(client)
    assert client.post("/session/users", json=given).status_code == 409
    assert client.post("/session", json=given).status_code == 401


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_notes_are_listed_until_they_are_archived(client: TestClient) -> None:
    headers = log_in(client)
    first = write(client, headers, "First")
    second = write(client, headers, "Second")
    answer = client.get("/notes", headers=headers)
    assert [note["id"] for note in answer.json()] == [second, first]
    again = client.get("/notes", headers={**headers, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.put(f"/notes/{first}/archive", headers=headers).json()["archived"]
    assert client.put("/notes/99/archive", headers=headers).status_code == 404
    assert [note["id"] for note in client.get("/notes", headers=headers).json()] == [second]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_tags(client: TestClient) -> None:
    headers = log_in(client)
    note = write(client, headers, "First", "work", "work", "ideas")
    assert client.get("/tags", headers=headers).json() == {"work": 1, "ideas": 1}
    assert client.get("/tags/work", headers=headers).json() == [{"id": note, "title": "First"}]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_search(client: TestClient) -> None:
    headers = log_in(client)
    note = write(client, headers, "Shopping list")
    write(client, log_in(client, "bob"), "Shopping of Bob")
    found = client.get("/search", params={"words": "shop"}, headers=headers).json()
    assert found == [{"id": note, "title": "Shopping list"}]
    assert client.get("/search", params={"words": "x"}, headers=headers).status_code == 422


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_administrators(client: TestClient, writer: FakeWriter) -> None:
    for name in ("ada", "bob", "Broken", "dee", "eve", "fay"):
        write(client, log_in(client, name), f"Of {name}", "work")
    assert client.get("/admin/counts").status_code == 403
    assert client.get("/admin/counts", headers=ADMIN).json() == {"users": 6, "notes": 6}
    export = client.get("/admin/export/1", headers=ADMIN).json()
    assert export["name"] == "ada"
    assert export["notes"][0]["tags"] == ["work"]
    assert client.get("/admin/export/77", headers=ADMIN).status_code == 404
    assert client.post("/admin/digest", headers=ADMIN).json() == {"digests": 6}
    assert writer.peak > 1


def test_origins(client: TestClient) -> None:
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    assert client.options("/notes", headers=asked).status_code in (200, 400)
