"""What a request has brought, and whether a value is text or bytes: one question for many codemods."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixaudit import Source
from fixaudit.authoring import false_values, handled_exceptions, received, text_kind
from fixaudit.semantics.project import Project

HEAD = """\
import hashlib
import hmac
import os
from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from flask import request as flask_request
from pydantic import BaseModel

router = APIRouter()
bearer = HTTPBearer()
SECRET = os.getenv("SECRET")
if not SECRET:
    raise RuntimeError


class Body(BaseModel):
    token: str


def maybe(flag: str | None, anything=None): ...


@router.post("/items/{item}")
async def route(
    request: Request,
    item: str,
    search: str,
    body: Body,
    service: Body = Depends(),
    key: Annotated[str, Header()] = "",
    csrf: str | None = Cookie(None),
    login: HTTPAuthorizationCredentials = Depends(bearer),
    untyped=None,
):
    data = await request.json()
    raw = await request.body()
    stamp, signature = request.headers["X-Signature"].split(",")
    cookie = request.cookies.get("csrf")
    stripped = request.headers.get("X-Sig", "").removeprefix("sha256=")
    mixed = "a" if raw else 1
    parts = csrf.split(" ", 1)
    return EXPRESSION
"""
CASES = {
    "request.headers.get('X')": ("header X", "str?"),
    "parts[1]": ("cookie csrf", "str"),
    "csrf.split()[0]": ("cookie csrf", "str"),
    "request.headers['X']": ("header X", "str"),
    "request.query_params.get('q', '')": ("query q", "str"),
    "cookie": ("cookie csrf", "str?"),
    "(cookie or '')": ("cookie csrf", "str"),
    "cookie and cookie": ("nothing", "unknown"),
    "stripped": ("header X-Sig", "str"),
    "signature": ("header X-Signature", "str"),
    "raw": ("body ", "bytes"),
    "data['token']": ("body token", "unknown"),
    "data.get('token')": ("body token", "unknown"),
    "item": ("path item", "str"),
    "search": ("query search", "str"),
    "body.token": ("body token", "str"),
    "service.token": ("nothing", "str"),
    "key": ("header key", "str"),
    "csrf": ("cookie csrf", "str?"),
    "login.credentials": ("credentials credentials", "str"),
    "flask_request.form['csrf']": ("form csrf", "str"),
    "hmac.new(raw, raw, 'sha256').hexdigest()": ("nothing", "str"),
    "hashlib.sha256(raw).digest()": ("nothing", "bytes"),
    "key.encode()": ("header key", "bytes"),
    "f'{key}'": ("nothing", "str"),
    "SECRET": ("nothing", "str"),
    "os.environ['A']": ("nothing", "str"),
    "os.environ.get('A')": ("nothing", "str?"),
    "untyped": ("nothing", "unknown"),
    "mixed": ("nothing", "unknown"),
}


def returned(folder: Path, text: str) -> tuple[Source, ast.expr]:
    path = folder / "app.py"
    path.write_text(text)
    source = Source(
        "app.py", path.read_bytes(), project=Project(folder), module="app", location=path
    )
    found = [node.value for node in source.nodes(ast.Return) if isinstance(node, ast.Return)]
    assert found
    assert found[-1] is not None
    return source, found[-1]


@pytest.mark.parametrize("expression", CASES)
def test_what_a_request_brought_and_what_is_text(tmp_path: Path, expression: str) -> None:
    source, node = returned(tmp_path, HEAD.replace("EXPRESSION", expression))
    part, kind = received(source, node), text_kind(source, node)
    said = "nothing" if part is None else f"{part.part} {part.name}"
    text = "unknown" if kind is None else f"{kind.kind}{'?' if kind.optional else ''}"
    assert (said, text) == CASES[expression]


def test_a_parameter_named_request_is_a_hint_only(tmp_path: Path) -> None:
    text = "def view(request):\n    return request.headers.get('X-Token')\n"
    source, node = returned(tmp_path, text)
    part = received(source, node)
    assert part is not None
    assert part.part == "header"
    assert not part.is_proof


def test_a_test_before_it_shows_that_a_header_is_there(tmp_path: Path) -> None:
    text = (
        "from fastapi import Request\n\n\ndef check(request: Request):\n"
        "    given = request.headers.get('X-Token')\n    if not given:\n        return None\n"
        "    return given\n"
    )
    source, node = returned(tmp_path, text)
    kind = text_kind(source, node)
    assert kind is not None
    assert not kind.optional


MODELS = """\
from sqlalchemy import Column, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "users"
    password: Mapped[str] = mapped_column(String)
    phone: Mapped[str | None]
    hashed = Column(String(80), nullable=False)
    nickname = Column(String)
    nullable: Mapped[str] = mapped_column(nullable=True)
    age: Mapped[int]


def by_name(session) -> User | None: ...


async def login(session, name):
    legacy = session.query(User).filter(User.password == name).first()
    statement = select(User).where(User.hashed == name)
    result = await session.execute(statement)
    modern = result.scalar_one_or_none()
    pair = session.execute(select(User, Base)).first()
    called = by_name(session)
    return EXPRESSION
"""
COLUMNS = {
    "legacy.password": "str",
    "modern.password": "str",
    "called.hashed": "str",
    "legacy.phone": "str?",
    "legacy.nickname": "str?",
    "legacy.nullable": "str?",
    "legacy.age": "unknown",
    "legacy.other": "unknown",
    "pair.password": "unknown",
    "session.get(User, name).password": "str",
}


@pytest.mark.parametrize("expression", COLUMNS)
def test_what_the_columns_of_a_row_hold(tmp_path: Path, expression: str) -> None:
    source, node = returned(tmp_path, MODELS.replace("EXPRESSION", expression))
    kind = text_kind(source, node)
    text = "unknown" if kind is None else f"{kind.kind}{'?' if kind.optional else ''}"
    assert text == COLUMNS[expression]


HANDLERS = """\
from app import Broken, app


@app.exception_handler(Broken)
async def decorated(request, exc): ...


def added(request, exc): ...


@app.get("/")
def route(): ...


app.add_exception_handler(404, added)
"""


def test_which_function_handles_which_exceptions(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(HANDLERS)
    source = Source("app.py", path.read_bytes(), project=Project(tmp_path), location=path)
    found: dict[str, list[str] | None] = {}
    for kind in (ast.FunctionDef, ast.AsyncFunctionDef):
        for node in source.nodes(kind):
            assert isinstance(node, kind)
            handled = handled_exceptions(source, node)
            found[node.name] = None if handled is None else list(map(ast.unparse, handled))
    assert found == {"decorated": ["Broken"], "added": ["404"], "route": None}


TRUTH = """\
import requests


class Always: ...


class Sized:
    def __len__(self) -> int: ...


def one(a: int | None, b: str, c: dict[str, int] | None, d: Always | None, e: Sized, f, g: list):
    response = requests.get(b)
    return EXPRESSION
"""
FALSE = {
    "a": "None, 0",
    "b": "the empty text",
    "c": "None, an empty dictionary",
    "d": "None",
    "e": "a `Sized` whose `__len__` gives 0",
    "f": "unknown",
    "g": "an empty list",
    "response": "a response with status 400 and above",
}


@pytest.mark.parametrize("expression", FALSE)
def test_what_a_plain_test_takes_for_false(tmp_path: Path, expression: str) -> None:
    source, node = returned(tmp_path, TRUTH.replace("EXPRESSION", expression))
    found = false_values(source, node)
    said = "unknown" if found is None else ", ".join(["None"] * found.none + list(found.values))
    assert said == FALSE[expression]
