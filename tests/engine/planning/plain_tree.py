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
}

RIGHT = (
    "tls-verify",
    "request-timeout",
    "sql-fstring",
    "cors-wildcard",
    "md5-to-sha256",
    "print-to-logger",
    "logger-exception-cleanup",
    "bounded-gather",
    "not-implemented-501",
    "missing-await",
    "blocking-call-in-async",
    "redact-url-in-logs",
    "utcnow-to-aware",
    "raise-from",
    "reraise-http-exception",
    "keep-task-reference",
    "redact-url-in-logs",
    "tls-verify",
)
"""The codemod that answers the finding of each number, from 1."""
