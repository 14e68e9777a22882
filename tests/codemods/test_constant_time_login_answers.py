"""A login that hashes as often for a name nobody has, and answers as before."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from rewritten_service import loaded, rewritten

from fixaudit_codemods.security.constant_time_login.codemod import ConstantTimeLogin

SERVICE = """\
import hashlib

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()
verifications: list[str] = []


class User(BaseModel):
    name: str
    password_hash: str


class Body(BaseModel):
    name: str
    password: str


def hash_password(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def verify_password(password: str, hashed: str) -> bool:
    verifications.append(hashed)
    return hash_password(password) == hashed


USERS = {"ada": User(name="ada", password_hash=hash_password("right"))}


def find(name: str) -> User | None:
    return USERS.get(name)


@app.post("/login")
def login(body: Body) -> dict[str, str]:
    user = find(body.name)
    if not user or not verify_password(body.password, user.password_hash):
        raise HTTPException(401, "wrong name or password")
    return {"name": user.name}
"""


@pytest.mark.parametrize(("is_rewritten", "hashed"), [(False, 3), (True, 5)])
def test_a_login_takes_the_same_path_for_an_unknown_name(is_rewritten: bool, hashed: int) -> None:
    text = rewritten(SERVICE, ConstantTimeLogin()) if is_rewritten else SERVICE
    names = loaded(text)
    client = TestClient(names["app"], raise_server_exceptions=False)
    asked = [("ada", "right"), ("ada", "wrong"), ("bob", "right"), ("bob", ""), ("ada", "right")]
    answers = [
        client.post("/login", json={"name": name, "password": password}).status_code
        for name, password in asked
    ]
    assert answers == [200, 401, 401, 401, 200]
    assert len(names["verifications"]) == hashed
