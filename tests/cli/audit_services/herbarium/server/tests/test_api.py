"""The routes, from outside."""

from __future__ import annotations

from fastapi.testclient import TestClient

from herbarium.storage import MemoryStorage

PHOTO = {"file_name": "sheet.jpg", "content_type": "image/jpeg"}


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_the_portal_may_send_credentials(client: TestClient) -> None:
    asked = {
        "Origin": "https://portal.herbarium.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = client.options("/api/sheets/s1/get-upload-url", headers=asked)
    assert answer.headers["access-control-allow-origin"] == asked["Origin"]
    stranger = client.options("/api/sheets/s1/get-upload-url", headers=asked | {"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in stranger.headers


def test_upload_urls_are_limited_for_each_sheet(client: TestClient) -> None:
    codes = [client.post("/api/sheets/s2/get-upload-url", json=PHOTO).status_code for _ in range(41)]
    assert codes == [200] * 40 + [429]
    assert client.post("/api/sheets/s3/get-upload-url", json=PHOTO).status_code == 200
    text = PHOTO | {"content_type": "text/plain"}
    assert client.post("/api/sheets/s3/get-upload-url", json=text).status_code == 415


def test_a_photo_that_has_arrived_is_confirmed(client: TestClient, storage: MemoryStorage) -> None:
    photo = client.post("/api/sheets/s4/get-upload-url", json=PHOTO).json()
    storage.sizes[f"sheets/s4/{photo['photo_id']}"] = 1200
    answer = client.post("/api/sheets/s4/confirm-upload", json={"photo_id": photo["photo_id"]})
    assert answer.json() == {"status": "stored", "size": 1200}


def test_a_photo_that_does_not_arrive(client: TestClient, monkeypatch) -> None:
    async def no_pause(seconds: float) -> None:
        return None

    monkeypatch.setattr("herbarium.api.volunteer.asyncio.sleep", no_pause)
    answer = client.post("/api/sheets/s5/confirm-upload", json={"photo_id": "none"})
    assert answer.status_code == 404


def test_questions_are_limited(client: TestClient) -> None:
    question = {"text": "Which are from 1887?", "sheets": [{"id": "a", "label": "Tirol 1887"}]}
    codes = [client.post("/api/collections/c1/select", json=question).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
