from __future__ import annotations

from conftest import ANSWERS, CALLS
from fastapi.testclient import TestClient

JOB = {"title": "Letter", "source_text": "Hello, write to eve@example.org", "glossary": ["desk"]}


def test_a_job_is_drafted_and_scored(ada: TestClient) -> None:
    made = ada.post("/jobs", json=JOB)
    assert made.status_code == 202
    drafts = ada.get(f"/jobs/{made.json()['id']}/drafts").json()
    assert {draft["model"] for draft in drafts} == {"gpt-4o-mini", "claude-haiku", "gemini-flash"}
    assert {draft["score"] for draft in drafts} == {9.0}
    assert [job["title"] for job in ada.get("/jobs").json()] == ["Letter"]
    assert ada.get("/jobs").json()[0]["owner"] == "ada@example.org"
    assert "eve@" not in CALLS[0]["messages"][1]["content"]


def test_a_model_that_is_away_costs_its_draft_only(ada: TestClient) -> None:
    ANSWERS["claude-haiku"] = "away"
    made = ada.post("/jobs", json=JOB).json()
    drafts = ada.get(f"/jobs/{made['id']}/drafts").json()
    assert {draft["model"] for draft in drafts} == {"gpt-4o-mini", "gemini-flash"}


def test_low_scores_lead_to_all_rounds(ada: TestClient) -> None:
    ANSWERS["gpt-4o"] = "3"
    made = ada.post("/jobs", json=JOB).json()
    drafts = ada.get(f"/jobs/{made['id']}/drafts").json()
    assert [draft["round"] for draft in drafts] == [1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_a_job_without_any_draft_fails(ada: TestClient) -> None:
    for model in ("gpt-4o-mini", "claude-haiku", "gemini-flash"):
        ANSWERS[model] = "away"
    ada.post("/jobs", json=JOB)
    assert len(ada.get("/jobs", params={"status": "failed"}).json()) == 1
    actions = [entry["action"] for entry in ada.get("/stats/activity").json()]
    assert sorted(actions) == ["job created", "login", "round 1"]


def test_a_job_needs_the_csrf_token(ada: TestClient) -> None:
    for wrong in ("", "other"):
        refused = ada.post("/jobs", json=JOB, headers={"X-CSRF-Token": wrong})
        assert refused.status_code == 403


def test_others_jobs_are_not_found(ada: TestClient) -> None:
    refused = ada.get("/jobs/unknown/drafts")
    assert refused.status_code == 404
    assert refused.json() == {"code": "job.not_found", "message": "There is no such job."}


def test_the_models_are_ranked(ada: TestClient) -> None:
    ada.post("/jobs", json=JOB)
    ranked = ada.get("/stats/ranking").json()
    assert {entry["score"] for entry in ranked} == {9.0}
