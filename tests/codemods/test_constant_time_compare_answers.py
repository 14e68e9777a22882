"""Services that compare secrets refuse and let in whom they did before."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from fastapi.testclient import TestClient
from rewritten_service import loaded, rewritten

from fixaudit_codemods.security.constant_time_compare.codemod import ConstantTimeCompare

SERVICE = """\
import hashlib
import hmac

from fastapi import FastAPI, Header, HTTPException, Request

app = FastAPI()
ADMIN_KEY: str = "klüngel"
SECRET = b"whsec"


@app.get("/admin")
def admin(api_key: str | None = None) -> dict[str, bool]:
    if api_key != ADMIN_KEY:
        raise HTTPException(403)
    return {"ok": True}


@app.post("/hook")
async def hook(request: Request, x_signature: str = Header("")) -> dict[str, bool]:
    expected = hmac.new(SECRET, await request.body(), hashlib.sha256).hexdigest()
    if x_signature == f"sha256={expected}":
        return {"ok": True}
    raise HTTPException(401)
"""


def signed(body: bytes) -> str:
    return f"sha256={hmac.new(b'whsec', body, hashlib.sha256).hexdigest()}"


@pytest.mark.parametrize("is_rewritten", [False, True])
def test_the_same_requests_are_refused(is_rewritten: bool) -> None:
    text = rewritten(SERVICE, ConstantTimeCompare()) if is_rewritten else SERVICE
    assert text.count("compare_digest") == (2 if is_rewritten else 0)
    client = TestClient(loaded(text)["app"], raise_server_exceptions=False)
    assert client.get("/admin", params={"api_key": "klüngel"}).status_code == 200
    assert client.get("/admin", params={"api_key": "no"}).status_code == 403
    assert client.get("/admin").status_code == 403
    good, bad = {"X-Signature": signed(b"{}")}, {"X-Signature": signed(b"[]")}
    assert client.post("/hook", content=b"{}", headers=good).status_code == 200
    assert client.post("/hook", content=b"{}", headers=bad).status_code == 401
    assert client.post("/hook", content=b"{}").status_code == 401
