"""The loop that runs a harvest whenever somebody asks for one."""

from __future__ import annotations

import asyncio
import logging

from .services.refresh_service import RefreshReport, RefreshService, default_refresh_service

logger = logging.getLogger(__name__)


class HarvestWorker:
    """One harvest at a time; who asks during a harvest gets one more."""

    def __init__(self, service: RefreshService) -> None:
        self._service = service
        self._wanted = asyncio.Event()
        self._stopped = False
        self.last: RefreshReport | None = None

    def ask(self) -> None:
        self._wanted.set()

    def stop(self) -> None:
        self._stopped = True
        self._wanted.set()

    async def run_once(self) -> None:
        try:
            self.last = await self._service.refresh()
        except Exception:
            logger.exception("The harvest failed")

    async def run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._stopped:
                return
            await self.run_once()


harvest_worker = HarvestWorker(default_refresh_service())
