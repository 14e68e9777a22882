"""A small service with one flaw a module, for reports that tell of them in a person's words."""

from __future__ import annotations

FILES = {
    "app/tls_client.py": """\
import requests


def pay(body):
    return requests.post("https://partner.example/pay", json=body, timeout=5, verify=False)
""",
    "app/weather.py": """\
import requests


def forecast(city):
    return requests.get(f"https://weather.example/{city}").json()
""",
    "app/search.py": """\
from sqlalchemy import text
from sqlalchemy.orm import Session


def search(session: Session, words: str):
    return session.execute(
        text(f"SELECT id FROM books WHERE title = '{words}'")
    ).all()
""",
    "app/main.py": """\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware, allow_origins=["*"], allow_credentials=True, allow_methods=["*"], allow_headers=["*"]
)
""",
    "app/cache.py": """\
import hashlib


def cache_key(name: str) -> str:
    return hashlib.md5(name.encode()).hexdigest()
""",
    "app/importer.py": """\
def run(rows):
    total = 0
    for row in rows:
        total += row.amount
        print(f"imported row {row.id}")
    return total
""",
    "app/loader.py": """\
import logging

logger = logging.getLogger(__name__)


def load(path):
    try:
        return path.read_text()
    except OSError as error:
        logger.exception(f"Loading failed: {error}")
        return None
""",
    "app/crawl.py": """\
import asyncio

from app.pages import fetch


async def crawl(urls: list[str]) -> list[str]:
    return await asyncio.gather(*[fetch(url) for url in urls])
""",
    "app/pages.py": """\
async def fetch(url: str) -> str:
    return url
""",
    "app/routes.py": """\
from fastapi import APIRouter

router = APIRouter()


@router.post("/export")
async def export() -> dict[str, str]:
    return {"status": "ok", "message": "Export is not yet implemented"}
""",
    "app/mail.py": '''\
async def send(address: str) -> None:
    """Send a mail."""
    await connection().push(address)


async def welcome(address: str) -> None:
    """Greet a new user."""
    send(address)


def connection():
    """The mail server."""
''',
    "app/reports.py": '''\
import time


async def fetch_report(ready):
    """Wait for the report of the other house."""
    while not ready():
        time.sleep(5)
''',
    "app/db.py": """\
import logging
import os

logger = logging.getLogger(__name__)
DATABASE_URL = os.environ["DATABASE_URL"]


def connect():
    logger.info(f"Connecting to {DATABASE_URL}")
    return DATABASE_URL
""",
    "app/clock.py": """\
from datetime import datetime


def now():
    return datetime.utcnow()
""",
    "app/convert.py": """\
class ImportFailed(Exception): ...


def convert(text):
    try:
        return int(text)
    except ValueError:
        raise ImportFailed("not a number")
""",
    "app/items.py": """\
from fastapi import APIRouter, HTTPException

router = APIRouter()


@router.get("/items/{key}")
def item(key: str, store: dict[str, str]) -> str:
    try:
        if key not in store:
            raise HTTPException(status_code=404, detail="no such item")
        return store[key]
    except Exception as error:
        raise HTTPException(status_code=500, detail="internal error") from error
""",
    "app/jobs.py": '''\
import asyncio

from app.pages import fetch


async def start(url: str) -> None:
    """Begin a download and go on."""
    asyncio.create_task(fetch(url))
''',
    "app/options.py": '''\
class Options:
    """What may be set."""

    def __init__(self) -> None:
        self.limit = 10


def limit_of(options: Options) -> int:
    return getattr(options, "limit", 5)
''',
    "app/shape.py": '''\
class Shape:
    """Something to draw."""

    def __init__(self) -> None:
        self.colour = "red"


def colour_of(shape: Shape) -> str:
    return shape.colour if hasattr(shape, "colour") else "black"
''',
    "app/store.py": """\
import redis

client = redis.Redis(host="cache", port=6379)
""",
    "app/again.py": """\
def number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise error
""",
    "app/sync.py": """\
import logging

logger = logging.getLogger(__name__)


def sync(work):
    try:
        work()
    except Exception as error:
        logger.error(f"Sync failed: {error}")
""",
    "app/state.py": """\
import json
import os


def load(path: str) -> list[str]:
    if os.path.exists(path):
        with open(path) as file:
            state = json.load(file)
    else:
        state = []
    return state
""",
    "app/point.py": """\
class Point:
    def __init__(self, x: int, y: int):
        self.x, self.y = x, y
""",
    "app/caller.py": """\
from app.callee import save


def keep(text: str) -> None:
    save(text, backup=True)
""",
    "app/callee.py": '''\
def save(text: str) -> None:
    """Keep it."""
''',
    "app/limits.py": """\
LIMIT = 10
NAME = "limits"
LIMIT = 10
""",
    "app/rows.py": '''\
from sqlalchemy import Boolean, Integer, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


class Row(Base):
    __tablename__ = "rows"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    gone: Mapped[bool] = mapped_column(Boolean)


def gone_rows():
    """Those that were deleted."""
    return select(Row).where(Row.gone == True)
''',
    "app/noisy.py": """\
import logging

logger = logging.getLogger(__name__)


def noisy(work):
    try:
        work()
    except OSError:
        logger.exception("work failed", exc_info=True)
""",
    "app/endless.py": '''\
def ask(reader) -> str:
    """Ask until there is an answer."""
    while True:
        line = reader.readline()
        if line:
            return line
    # unreachable
    raise RuntimeError("unreachable")
''',
    "app/looped.py": """\
import asyncio


async def now() -> float:
    return asyncio.get_event_loop().time()
""",
}

RIGHT = {
    "app/tls_client.py": "tls-verify",
    "app/weather.py": "request-timeout",
    "app/search.py": "sql-fstring",
    "app/main.py": "cors-wildcard",
    "app/cache.py": "md5-to-sha256",
    "app/importer.py": "print-to-logger",
    "app/loader.py": "logger-exception-cleanup",
    "app/crawl.py": "bounded-gather",
    "app/routes.py": "not-implemented-501",
    "app/mail.py": "missing-await",
    "app/reports.py": "blocking-call-in-async",
    "app/db.py": "redact-url-in-logs",
    "app/clock.py": "utcnow-to-aware",
    "app/convert.py": "raise-from",
    "app/items.py": "reraise-http-exception",
    "app/jobs.py": "keep-task-reference",
    "app/options.py": "getattr-default-removal",
    "app/shape.py": "hasattr-declared",
    "app/store.py": "redis-client-options",
    "app/again.py": "bare-reraise",
    "app/sync.py": "logger-error-to-exception",
    "app/state.py": "exists-open-to-eafp",
    "app/point.py": "annotate-special-methods",
    "app/caller.py": "drop-unexpected-keyword",
    "app/limits.py": "duplicate-assignment",
    "app/rows.py": "sqlalchemy-bool-compare",
    "app/noisy.py": "redundant-exc-info",
    "app/endless.py": "runtimeerror-to-assertion",
    "app/looped.py": "get-running-loop",
}
"""The codemod that answers a finding, by the file it cites."""
