from __future__ import annotations

from fastapi.testclient import TestClient

from desk import security


def test_unknown_and_wrong_answer_alike(ada: TestClient) -> None:
    for email in ("ada@example.org", "nobody@example.org"):
        refused = ada.post("/auth/login", json={"email": email, "password": "wrong horse"})
        assert refused.status_code == 401
        assert refused.json() == {"detail": "Wrong address or password."}


def test_an_address_has_one_account(ada: TestClient) -> None:
    again = {"email": "ada@example.org", "password": "another horse"}
    assert ada.post("/auth/register", json=again).status_code == 409


def test_logout_forgets_the_session(ada: TestClient) -> None:
    assert ada.get("/stats/activity").status_code == 200
    assert ada.post("/auth/logout").status_code == 204
    assert ada.get("/stats/activity").status_code == 401


def test_a_password_is_hashed_with_a_salt() -> None:
    first, second = (security.hash_password("correct horse") for _ in range(2))
    assert first != second
    assert security.verify_password("correct horse", first)
    assert not security.verify_password("wrong horse", first)
