"""What clients read and what the log keeps, before and after."""

from __future__ import annotations

import logging

import pytest
from fastapi.testclient import TestClient
from rewritten_service import loaded, rewritten

from fixaudit_codemods.logs.http_detail_leak.codemod import HttpDetailLeak

SERVICE = """\
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse

app = FastAPI()


def ask(name: str) -> str:
    if name == "missing":
        raise LookupError("no such row")
    raise OSError("password=hunter2 host=db.internal")


@app.get("/detail")
def detail(name: str = "") -> str:
    try:
        return ask(name)
    except LookupError as e:
        raise HTTPException(404, f"not found: {e}") from e
    except Exception as e:
        raise HTTPException(500, detail=f"Query failed: {e}")


@app.get("/body")
def body() -> object:
    try:
        return ask("")
    except Exception as e:
        return JSONResponse({"ok": False, "error": str(e)}, status_code=503)
"""


@pytest.mark.parametrize("is_rewritten", [False, True])
def test_the_log_keeps_what_clients_are_not_told(
    caplog: pytest.LogCaptureFixture, is_rewritten: bool
) -> None:
    text = rewritten(SERVICE, HttpDetailLeak()) if is_rewritten else SERVICE
    client = TestClient(loaded(text)["app"], raise_server_exceptions=False)
    with caplog.at_level(logging.ERROR):
        detail, body = client.get("/detail"), client.get("/body")
    missing = client.get("/detail", params={"name": "missing"})
    assert (detail.status_code, body.status_code, missing.status_code) == (500, 503, 404)
    assert missing.json() == {"detail": "not found: no such row"}
    assert ("hunter2" in detail.text + body.text) is not is_rewritten
    assert (caplog.text.count("hunter2") >= 2) is is_rewritten
    if is_rewritten:
        assert detail.json() == {"detail": "Query failed"}
        assert body.json() == {"ok": False, "error": "Service Unavailable"}
