"""A small service with what audits say of web services: each finding is answered, in several words."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import only, planned, write

SERVICE = {
    "service/__init__.py": "",
    "service/main.py": """\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from service.db import Item, get_session

app = FastAPI(title="items")
app.add_middleware(CORSMiddleware, allow_origins=["https://example.com"])


@app.get("/ready")
def ready() -> bool:
    return True
""",
    "service/db.py": """\
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)


def get_session() -> Session:
    return Session()
""",
    "service/admin.py": """\
from fastapi import APIRouter, Depends
from fastapi_cache.decorator import cache
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.db import Item, get_session

router = APIRouter(prefix="/admin")


class ItemCreate(BaseModel):
    prompt: str
    tags: list[str] = []


@router.delete("/vectors/{anime_id}")
async def delete_vector(anime_id: str):
    return {"deleted": anime_id}


@cache(expire=60)
@router.get("/leaderboard")
async def leaderboard():
    return []


@router.post("/items")
def create(body: ItemCreate, session: Session = Depends(get_session)):
    return session.scalars(select(Item)).all()
""",
    "tests/test_ready.py": """\
def test_ready(client):
    assert client.get("/ready").json() is True
""",
}

SAID = {
    "path-parameter-pattern": (
        "service/admin.py:17",
        (
            ("No Input Validation on Search Endpoints", "No validation on `anime_id` format. Should validate it's a valid ID format."),
            ("Path parameters are not validated", "Any string is taken."),
            ("Unvalidated path parameter", "Add a regex pattern."),
        ),
    ),
    "field-length-limits": (
        "service/admin.py:12",
        (
            ("Missing Input Validation", "DoS via large prompts: add Field validators with length limits."),
            ("No length limit on prompt", "The field is unbounded."),
            ("Request models lack max_length", "Strings of any size are taken."),
        ),
    ),
    "security-headers": (
        "service/main.py:6",
        (
            ("Security Headers Missing", "XSS and clickjacking are possible."),
            ("No Strict-Transport-Security", "Responses carry no HSTS header."),
            ("Clickjacking", "X-Frame-Options is not set."),
        ),
    ),
    "route-dependencies": (
        "service/admin.py:9",
        (
            ("Missing authentication on admin routes", "Anyone can call them."),
            ("Inconsistent permission checks", "Routers have no auth."),
            ("Unprotected endpoints", "The router has no Depends."),
        ),
    ),
    "fastapi-rate-limit": (
        "service/main.py:6",
        (
            ("Missing Rate Limiting on API Endpoints", "No rate limiting middleware is configured."),
            ("No throttling", "Requests to the API are not throttled."),
            ("Add slowapi", "Clients may call as often as they like."),
        ),
    ),
    "cache-above-route": (
        "service/admin.py:22",
        (
            ("Cache decorator has no effect on the route", "It stands above the route."),
            ("Wrong decorator order", "The decorator is ineffective."),
        ),
    ),
    "untested-route": (
        "service/admin.py:18",
        (
            ("Missing Tests Observed", "No tests found for the routes."),
            ("Untested endpoints", "The admin endpoints lack tests."),
        ),
    ),
    "query-in-route": (
        "service/admin.py:29",
        (
            ("Repository Pattern", "Database queries scattered across route handlers."),
            ("Business logic in route handlers", "Queries are embedded in the routes."),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "place", "title", "problem"),
    [(name, place, *said) for name, (place, each) in SAID.items() for said in each],
)
def test_words_of_reports_find_their_answer(
    tmp_path: Path, name: str, place: str, title: str, problem: str
) -> None:
    report = f"# Audit\n\n### 1.1 {title}\n\n**File:** `{place}`\n\n**Problem:** {problem}\n"
    entry = only(planned(write(tmp_path, SERVICE), report))
    assert name in entry.codemods
    here = [site for site in entry.here if site.finding.codemod == name]
    assert [str(site.finding.verdict) for site in here] == ["review"]
    assert entry.verdict != "manual"


def test_values_of_the_report_become_lines_of_configuration(tmp_path: Path) -> None:
    root = write(tmp_path, SERVICE)
    headers = "X-Content-Type-Options: nosniff and X-Frame-Options: DENY are missing."
    for place, title, words, line in (
        ("service/main.py:6", "Security headers missing", headers, 'headers = ["X-Content-Type-Options: nosniff", "X-Frame-Options: DENY"]'),
        ("service/main.py:6", "No rate limiting on the API", "Allow 60/minute.", 'limits = ["60/minute"]'),
        ("service/admin.py:12", "No length limit on prompt", "Use max_length=4000.", "max-length = 4000"),
        ("service/admin.py:17", "Path parameters are not validated", 'Use `pattern=r"^[A-Z0-9]+$"`.', 'patterns = { "anime_id" = "^[A-Z0-9]+$" }'),
        ("service/admin.py:9", "Routes without authentication", "Add `Depends(get_current_user)`.", 'dependency = "get_current_user"'),
    ):  # fmt: skip
        report = f"# Audit\n\n### 1.1 {title}\n\n**File:** `{place}`\n\n**Problem:** {words}\n"
        assert line in only(planned(root, report)).settings, title
