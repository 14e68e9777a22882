"""What the public registers say of a variety, asked side by side."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# So that the registers are found
sys.path.append(str(Path(__file__).parent.parent.parent))

from seed_gathering.registers.flora import FloraHarvestFetcher
from seed_httpcache.sessions import http_sessions

logger = logging.getLogger(__name__)

WIKI_URL = "https://wiki.example/rest"
ARBOR_URL = "https://arbor.example/api"


@dataclass(frozen=True)
class GatheringConfig:
    """How registers are asked."""

    register_timeout: int = 30
    total_timeout: int = 120


class RegisterGatherer:
    """Asks all registers about a variety and puts together what they say."""

    def __init__(self, wiki_session: Any, config: GatheringConfig | None = None) -> None:
        self.wiki_session = wiki_session
        self.config = config or GatheringConfig()

    async def gather(self, ids: dict[str, str]) -> dict[str, Any]:
        """What each register says, by its name; a register that knows nothing is left out."""
        flora, wiki, arbor = await asyncio.gather(
            self._answer_of("flora", self._fetch_flora(ids["flora"])),
            self._answer_of("wiki", self._fetch_wiki(ids["wiki"])),
            self._answer_of("arbor", self._fetch_arbor(ids["arbor"])),
        )
        answers = {"flora": flora, "wiki": wiki, "arbor": arbor}
        return {name: answer for name, answer in answers.items() if answer is not None}

    async def _fetch_wiki(self, page: str) -> dict[str, Any] | None:
        url = f"{WIKI_URL}/pages/{page}"
        async with self.wiki_session.get(url, timeout=10) as response:
            if response.status != 200:
                return None
            found: dict[str, Any] = await response.json()
            return found

    async def _fetch_flora(self, taxon: str) -> dict[str, Any] | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, self._fetch_flora_sync, taxon)

    def _fetch_flora_sync(self, taxon: str, folder: str | None = None) -> dict[str, Any] | None:
        """Ask the flora register in a thread, where a cancelled request does not break it off."""
        folder = folder or tempfile.gettempdir()
        fetcher = self.flora_fetcher(os.path.join(folder, f"{taxon}.json"))
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            harvests = loop.run_until_complete(fetcher.fetch_all(taxon, [1, 2]))
            loop.run_until_complete(fetcher.close())
        finally:
            loop.close()
        return {"taxon": taxon, "harvests": harvests} if harvests else None

    def flora_fetcher(self, progress_file: str) -> FloraHarvestFetcher:
        """A fetcher with a session for the loop of one thread."""
        return FloraHarvestFetcher(http_sessions.get_aiohttp_session("flora"), progress_file)

    async def _fetch_arbor(self, name: str) -> dict[str, Any] | None:
        try:
            number = int(name)
            return {"number": number}
        except ValueError:
            import aiohttp

            # The register has numbers, we have a name
            async with aiohttp.ClientSession() as session:
                async with session.get(f"{ARBOR_URL}/names/{name}") as response:
                    if response.status != 200:
                        return None
                    found: dict[str, Any] = await response.json()
                    return found

    async def _answer_of(
        self, name: str, question: Awaitable[dict[str, Any] | None]
    ) -> dict[str, Any] | None:
        """The answer of one register; None where it fails or takes too long."""
        try:
            result = await asyncio.wait_for(question, timeout=self.config.total_timeout)
        except Exception:
            logger.exception("Register %s failed", name)
            return None
        if result:
            logger.debug(f"Register {name} answered")
        else:
            logger.warning(f"Register {name} returned an empty result")
        return result
