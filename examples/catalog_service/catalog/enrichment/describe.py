"""Descriptions of films, one model call each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from catalog.cache import Cache
from catalog.cache.keys import description_key
from catalog.core import Settings
from catalog.models import Description, Item

from .client import CompletionClient, ProviderError

logger = logging.getLogger(__name__)

PROMPT = "Describe the film {title!r} ({year}) in two sentences, without spoilers."
SUMMARY_PROMPT = "Name in one sentence what these films have in common:\n{titles}"


class Describer:
    """Writes descriptions and remembers them in the cache."""

    def __init__(self, client: CompletionClient, cache: Cache, settings: Settings) -> None:
        self._client = client
        self._cache = cache
        self._settings = settings

    async def describe(self, item: Item) -> Description:
        """The description of one item, from the cache when it is there."""
        key = description_key(item.id, self._settings.llm_model)
        known = await self._cache.get(key)
        if known is not None:
            return Description(item_id=item.id, text=known, cached=True)
        try:
            text = await self._client.complete(
                PROMPT.format(title=item.title, year=item.year or "year unknown")
            )
        except ProviderError as e:
            logger.exception(f"Could not describe {item.id}: {e}")
            raise
        await self._cache.set(key, text)
        return Description(item_id=item.id, text=text)

    async def describe_all(self, items: Sequence[Item]) -> list[Description]:
        """Descriptions in the order of ``items``; the first failure fails the whole request."""
        return await asyncio.gather(*[self.describe(item) for item in items])

    async def summarise(self, batches: Sequence[Sequence[Item]]) -> tuple[list[str], int]:
        """One sentence per batch, and the number of batches for which there is none."""
        calls = []
        for batch in batches:
            titles = "\n".join(f"- {item.title}" for item in batch)
            calls.append(self._client.complete(SUMMARY_PROMPT.format(titles=titles)))
        # A failed batch must not take the others down with it.
        results = await asyncio.gather(*calls, return_exceptions=True)

        sentences = [result for result in results if isinstance(result, str)]
        failed = len(results) - len(sentences)
        if failed:
            print("Warning:", failed, "of", len(results), "batches have no summary")
        return sentences, failed
