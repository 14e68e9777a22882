"""Partner sites that are told when an item changes."""

from __future__ import annotations

import asyncio
import logging
import time
import urllib.request
from collections.abc import Callable, Sequence

from catalog.models import Item

logger = logging.getLogger(__name__)


def post(url: str, body: bytes) -> int:
    """Send ``body`` and return the status of the answer; runs in a thread."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return int(answer.status)


def is_reachable(url: str) -> bool:
    """Whether a partner answers at all; two seconds are enough to say hello."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return int(answer.status) < 500
    except OSError:
        return False


class Partners:
    """Announces changed items and remembers who was told what."""

    def __init__(
        self,
        urls: Sequence[str],
        send: Callable[[str, bytes], int] = post,
        *,
        attempts: int = 3,
        pause: float = 0.5,
    ) -> None:
        self._urls = tuple(urls)
        self._send = send
        self._attempts = attempts
        self._pause = pause
        self._log: dict[str, str] = {}
        self._cleaner: asyncio.Task[None] | None = None

    def announce(self, item: Item) -> None:
        """Tell every partner in the background: the request that changed the item does not wait."""
        for url in self._urls:
            asyncio.create_task(self._tell(url, item))

    def start_cleaner(self, every: float = 3600) -> None:
        """Forget now and then what was announced long ago."""
        self._cleaner = asyncio.create_task(self._clean(every))

    async def close(self) -> None:
        if self._cleaner is not None:
            self._cleaner.cancel()

    async def _tell(self, url: str, item: Item) -> None:
        loop = asyncio.get_event_loop()
        body = item.model_dump_json().encode()
        for attempt in range(self._attempts):
            try:
                status = await loop.run_in_executor(None, self._send, url, body)
            except OSError:
                logger.warning("Attempt %d: no answer from %s", attempt + 1, url)
                time.sleep(self._pause * 2**attempt)
                continue
            logger.info("%s answered %d for %s", url, status, item.id)
            self._remember(url, item)
            return

    async def _remember(self, url: str, item: Item) -> None:
        self._log.update({item.id: url})

    async def _clean(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            self._log.clear()
