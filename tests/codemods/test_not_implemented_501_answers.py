"""What a rewritten service answers, asked over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.web.not_implemented_501.codemod import NotImplemented501

SERVICE = """\
from fastapi import APIRouter, FastAPI, HTTPException

app = FastAPI()
router = APIRouter(prefix="/v1")


@router.delete("/items/{item_id}")
def delete_item(item_id: str) -> dict[str, str]:
    return {"item_id": item_id, "message": f"Deleting {item_id} is not yet implemented"}


@router.post("/items")
def add_item(name: str) -> dict[str, str]:
    try:
        if name == "bad":
            raise HTTPException(status_code=400, detail="Bad name")
        return {"message": "Adding is not implemented"}
    except Exception as error:
        raise HTTPException(status_code=500, detail="Failed") from error


@router.put("/items")
def put_items():
    raise NotImplementedError("bulk updates")


app.include_router(router)
"""


def client_of(*, unsafe: bool) -> TestClient:
    outcome = process(
        Source("pkg/api.py", SERVICE.encode()), Plan([NotImplemented501()], unsafe=unsafe)
    )
    assert isinstance(outcome, Changed)
    names: dict[str, Any] = {"__name__": "pkg.api"}
    exec(compile(outcome.after, "pkg/api.py", "exec", dont_inherit=True), names)
    return TestClient(names["app"], raise_server_exceptions=False)


def test_the_default_run_changes_only_what_no_handler_catches() -> None:
    client = client_of(unsafe=False)
    answer = client.delete("/v1/items/7")
    assert (answer.status_code, answer.json()) == (
        501,
        {"detail": "Deleting 7 is not yet implemented"},
    )
    assert client.post("/v1/items?name=good").status_code == 200
    assert client.put("/v1/items").status_code == 500


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("POST", "/v1/items?name=good", 501, "Adding is not implemented"),
        ("POST", "/v1/items?name=bad", 400, "Bad name"),
        ("PUT", "/v1/items", 501, "bulk updates"),
    ],
)
def test_with_unsafe_the_handlers_let_it_pass(
    method: str, path: str, status: int, detail: str
) -> None:
    answer = client_of(unsafe=True).request(method, path)
    assert (answer.status_code, answer.json()["detail"]) == (status, detail)
