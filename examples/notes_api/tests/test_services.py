"""Services without HTTP."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select, update

from notes import auth
from notes.cache import LocalCache, open_cache
from notes.config import Settings, load
from notes.db import open_engine
from notes.services import attachments, links
from notes.tables import tokens


def test_tokens_expire() -> None:
    settings = Settings()
    with open_engine(settings).begin() as connection:
        value = auth.issue_token(connection, 7, settings)
        assert auth.user_of_token(connection, value) == 7
        assert auth.user_of_token(connection, "other") is None
        past = datetime(2026, 1, 1) - timedelta(hours=1)
        connection.execute(update(tokens).values(expires_at=past))
        assert auth.user_of_token(connection, value) is None
        assert connection.execute(select(tokens)).first() is None


def test_attachments(tmp_path: Path) -> None:
    with open_engine(Settings()).begin() as connection:
        digest = attachments.keep(connection, tmp_path, 1, "a.txt", b"text")
        assert attachments.keep(connection, tmp_path, 1, "a.txt", b"text") == digest
    assert len(digest) == 32
    assert attachments.read(tmp_path, digest) == b"text"
    with pytest.raises(attachments.AttachmentError):
        attachments.read(tmp_path, "0" * 32)


def test_titles_of_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(url: str, **options: object) -> requests.Response:
        if "gone" in url:
            raise requests.ConnectionError(url)
        page = requests.Response()
        page._content = b"<title> Page </title>"
        return page

    monkeypatch.setattr(requests, "get", get)
    assert asyncio.run(links.look_at("https://a.example https://gone.example")) == 2
    assert links.titles == {"https://a.example": "Page"}


def test_the_cache_forgets_by_prefix() -> None:
    async def scenario() -> list[str]:
        cache = LocalCache()
        await cache.put("a:1", [1])
        await cache.put("b:1", [2])
        await cache.forget("a:")
        assert await cache.get("b:1") == [2]
        return list(cache.values)

    assert asyncio.run(scenario()) == ["b:1"]
    assert isinstance(open_cache(Settings()), LocalCache)


def test_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTES_PAGE_SIZE", "5")
    monkeypatch.setenv("NOTES_CORS_ORIGINS", "https://a.example,https://b.example")
    settings = load()
    assert (settings.page_size, settings.cors_origins[1]) == (5, "https://b.example")
