"""The routes, from outside."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

from fastapi.testclient import TestClient

from trailbook.database import engine

EDITOR = {"x-role": "editor"}


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_the_migrations_have_run_before_the_first_request(
    client: TestClient, migrations: list[str]
) -> None:
    assert migrations == ["head"]


def test_every_answer_names_its_request(client: TestClient) -> None:
    answer = client.get("/health", headers={"x-request-id": "r-1"})
    assert answer.headers["X-Request-ID"] == "r-1"


def test_the_site_may_send_credentials_and_json(client: TestClient) -> None:
    asked = {
        "Origin": "https://trailbook.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = client.options("/saved", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://trailbook.example"


def test_the_pool_checks_its_connections() -> None:
    assert engine.options["pool_pre_ping"] is True
    assert engine.options["pool_recycle"] == 1800


def test_trails_and_stages(client: TestClient, stores: SimpleNamespace) -> None:
    trails = client.get("/trails").json()
    assert [trail["title"] for trail in trails] == ["Ridge walk", "Valley path"]
    one = client.get(f"/trails/{trails[0]['id']}")
    assert one.json()["length_km"] == 14.5
    assert client.get(f"/trails/{uuid.uuid4()}").status_code == 404
    stages = client.get(f"/trails/{trails[0]['id']}/stages").json()
    assert stages == [{"number": 1, "title": "To the hut"}]


def test_a_trail_is_saved_once(
    client: TestClient, stores: SimpleNamespace, hiker: dict[str, str]
) -> None:
    body = {"trail_id": str(uuid.uuid4())}
    assert client.post("/saved", json=body).status_code == 401
    assert client.post("/saved", json=body, headers=hiker).json() == {"added": True}
    assert client.post("/saved", json=body, headers=hiker).json() == {"added": False}
    assert client.get("/saved", headers=hiker).json() == [body]
    assert client.delete(f"/saved/{body['trail_id']}", headers=hiker).status_code == 204
    assert client.delete(f"/saved/{body['trail_id']}", headers=hiker).status_code == 404


def test_progress_does_not_go_back(client: TestClient, hiker: dict[str, str]) -> None:
    trail = str(uuid.uuid4())

    def tell(stage: int, percent: int) -> dict[str, object]:
        body = {"trail_id": trail, "stage": stage, "percent": percent}
        answer: dict[str, object] = client.post("/progress", json=body, headers=hiker).json()
        return answer

    assert tell(1, 40)["percent"] == 40
    assert tell(2, 10)["stage"] == 2
    assert tell(1, 90)["stage"] == 2


def test_login_is_limited(client: TestClient) -> None:
    given = {"email": "ada@trailbook.example", "password": "correct horse"}
    assert client.post("/session/users", json=given).status_code == 201
    assert client.post("/session/users", json=given).status_code == 409
    assert client.post("/session", json=given).status_code == 200
    wrong = given | {"password": "wrong horse"}
    codes = [client.post("/session", json=wrong).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]


def test_corrections_wait(client: TestClient, hiker: dict[str, str]) -> None:
    body = {"trail_id": str(uuid.uuid4()), "text": "The bridge is gone"}
    assert client.post("/corrections", json=body, headers=hiker).json() == {"waiting": 1}
    assert client.get("/corrections", headers=hiker).json() == [body]


def test_editors_see_the_harvest(client: TestClient) -> None:
    assert client.get("/admin/harvest/report").status_code == 403
    assert client.get("/admin/harvest/report", headers=EDITOR).status_code == 404
    hut = client.get("/admin/harvest/huts/A-7", headers=EDITOR).json()
    assert hut == {"number": "A-7", "name": "Upper hut", "beds": 24}
    assert client.get("/admin/harvest/huts/B-1", headers=EDITOR).status_code == 404
    assert client.get("/admin/harvest/jobs/none", headers=EDITOR).status_code == 404
