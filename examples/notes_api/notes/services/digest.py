"""The weekly digest: one text a user, written by a language model."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

import requests
from sqlalchemy import Connection, select

from notes.config import Settings
from notes.tables import notes, users

logger = logging.getLogger(__name__)

PROMPT = "Summarise what {name} wrote this week, in three sentences:\n{titles}"


class Writer(Protocol):
    """Whatever turns a prompt into a text."""

    async def complete(self, prompt: str) -> str: ...


class HttpWriter:
    """The partner's model, over HTTP."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def complete(self, prompt: str) -> str:
        return await asyncio.to_thread(self._post, prompt)

    def _post(self, prompt: str) -> str:
        timeout = self.settings.writer_timeout_seconds
        answer = requests.post(self.settings.writer_url, json={"prompt": prompt}, timeout=timeout)
        answer.raise_for_status()
        return str(answer.json()["text"])


async def digest_of(writer: Writer, name: str, titles: list[str]) -> str:
    """The text for one user; a plain list of titles where the model fails."""
    try:
        return await writer.complete(PROMPT.format(name=name, titles="\n".join(titles)))
    except Exception as e:
        print(f"Digest for {name} failed, sending titles only: {e}")
        return "\n".join(titles)


async def digests(connection: Connection, writer: Writer) -> dict[str, str]:
    """The texts of all users who wrote something."""
    titles: dict[str, list[str]] = {}
    query = select(users.c.name, notes.c.title).join(notes, notes.c.user_id == users.c.id)
    for name, title in connection.execute(query):
        titles.setdefault(name, []).append(title)
    texts = await asyncio.gather(*(digest_of(writer, name, titles[name]) for name in titles))
    return dict(zip(titles, texts, strict=True))
