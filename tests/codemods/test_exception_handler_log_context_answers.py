"""The records of an application's exception handlers, with the request they are about."""

from __future__ import annotations

import logging

import pytest
from fastapi.testclient import TestClient
from rewritten_service import loaded, rewritten

from fixaudit_codemods.web.exception_handler_log_context import ExceptionHandlerLogContext

SERVICE = """\
import logging

from fastapi import FastAPI, HTTPException, Request, WebSocket
from starlette.responses import JSONResponse

logger = logging.getLogger("service")
app = FastAPI()


class Broken(Exception):
    pass


@app.exception_handler(Broken)
async def on_broken(request: Request, exc: Broken) -> JSONResponse:
    logger.error("broken: %s", exc, extra={"code": 7})
    return JSONResponse({"code": 7}, status_code=500)


@app.exception_handler(HTTPException)
async def on_http(request: Request, exc: HTTPException) -> JSONResponse | None:
    logger.warning("refused: %s", exc.detail)
    if request.scope["type"] == "websocket":
        return None
    return JSONResponse({"detail": exc.detail}, status_code=exc.status_code)


@app.post("/items/{item}")
def item(item: int) -> None:
    raise Broken(str(item))


@app.websocket("/live")
async def live(socket: WebSocket) -> None:
    await socket.accept()
    raise HTTPException(403, "no")
"""


def test_the_records_say_which_request_failed(caplog: pytest.LogCaptureFixture) -> None:
    client = TestClient(
        loaded(rewritten(SERVICE, ExceptionHandlerLogContext()))["app"],
        raise_server_exceptions=False,
    )
    with caplog.at_level(logging.WARNING, logger="service"):
        answer = client.post("/items/3")
        with client.websocket_connect("/live"):
            pass
    assert (answer.status_code, answer.json()) == (500, {"code": 7})
    said = [
        (vars(r)["request_path"], vars(r)["request_method"], r.getMessage(), vars(r).get("code"))
        for r in caplog.records
        if r.name == "service"
    ]
    assert said == [("/items/3", "POST", "broken: 3", 7), ("/live", None, "refused: no", None)]
