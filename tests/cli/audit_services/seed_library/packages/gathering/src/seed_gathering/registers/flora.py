"""The flora register: a variety and all its recorded harvests."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from typing import Any

logger = logging.getLogger(__name__)

BASE_URL = "https://flora.example/api/v2"


class RateLimited(Exception):
    """The register asks for patience."""


class FloraHarvestFetcher:
    """Fetches the harvests of a taxon one by one, and goes on where it was broken off."""

    def __init__(self, session: Any, progress_file: str, pause: float = 1.0) -> None:
        self.session = session
        self.progress_file = progress_file
        self.pause = pause
        # What the register allows
        self.max_requests_per_second = 3
        self.max_requests_per_minute = 60
        self.requests_made = 0

    async def fetch_harvest(self, taxon: str, harvest: int, retries: int = 3) -> dict[str, Any] | None:
        """One harvest; None where the register does not give it."""
        for attempt in range(retries):
            await self._wait_for_turn()
            try:
                return await self._get(f"{BASE_URL}/taxa/{taxon}/harvests/{harvest}")
            except RateLimited:
                if attempt == retries - 1:
                    print(f"Max retries reached for harvest {harvest}, giving up")
                    return None
                print(f"Rate limit hit for harvest {harvest}. Waiting and retrying...")
                await asyncio.sleep(self.pause)
        return None

    async def fetch_all(self, taxon: str, harvests: list[int]) -> list[dict[str, Any]]:
        """All harvests, those of an earlier run from its progress file."""
        if os.path.exists(self.progress_file):
            with open(self.progress_file, encoding="utf-8") as f:
                found = json.load(f)
        else:
            found = []
        known = {entry["harvest"] for entry in found}
        for harvest in harvests:
            if harvest in known:
                continue
            entry = await self.fetch_harvest(taxon, harvest)
            if entry is not None:
                found.append(entry)
                self._save(found)
        logger.info("Gathered %s harvests of %s", len(found), taxon)
        return found

    async def close(self) -> None:
        """Close the session."""
        await self.session.close()

    async def _wait_for_turn(self) -> None:
        self.requests_made += 1
        if self.requests_made % self.max_requests_per_minute == 0:
            await asyncio.sleep(60 * self.pause)
        elif self.requests_made % self.max_requests_per_second == 0:
            await asyncio.sleep(self.pause)

    async def _get(self, url: str) -> dict[str, Any]:
        async with self.session.get(url) as response:
            if response.status == 429:
                raise RateLimited(url)
            answer: dict[str, Any] = await response.json()
            return answer

    def _save(self, found: list[dict[str, Any]]) -> None:
        with open(self.progress_file, "w", encoding="utf-8") as f:
            json.dump(found, f)
