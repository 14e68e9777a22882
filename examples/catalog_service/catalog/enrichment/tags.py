"""Tags for films, in the two languages of the web site."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from catalog.core import Settings
from catalog.models import Item

from .client import CompletionClient

PROMPT = "List up to five tags in {language} for the film {title!r}, separated by commas."


class Tagger:
    """Asks the model for tags, a few items at a time."""

    def __init__(self, client: CompletionClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    async def _ask(self, item: Item, language: str) -> list[str]:
        answer = await self._client.complete(PROMPT.format(language=language, title=item.title))
        return [tag.strip().lower() for tag in answer.split(",") if tag.strip()]

    async def tag(self, item: Item) -> list[str]:
        """English tags first, then the French ones that are not there yet."""
        english, french = await asyncio.gather(
            self._ask(item, "English"), self._ask(item, "French")
        )
        return list(dict.fromkeys(english + french))

    async def tag_all(self, items: Sequence[Item]) -> list[list[str]]:
        """Tags in the order of ``items``."""
        limit = asyncio.Semaphore(self._settings.llm_max_concurrent_calls)

        async def tag_one(item: Item) -> list[str]:
            async with limit:
                return await self.tag(item)

        return await asyncio.gather(*[tag_one(item) for item in items])
