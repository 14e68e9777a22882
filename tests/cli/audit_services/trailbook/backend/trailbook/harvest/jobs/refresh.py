"""Asks for a harvest in regular intervals."""

from __future__ import annotations

import asyncio
import logging

from ...background.runner import Job, JobRunner, default_job_runner
from ...config import settings
from ..worker import harvest_worker

logger = logging.getLogger(__name__)


class HarvestScheduler:
    """Puts one harvest into the queue of jobs at every interval."""

    def __init__(self, runner: JobRunner, interval: float) -> None:
        self._runner = runner
        self._interval = interval
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._loop())
            logger.info("A harvest every %s seconds", self._interval)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _loop(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            await self._runner.enqueue(Job("harvest", harvest_worker.run_once))


harvest_scheduler = HarvestScheduler(default_job_runner, settings.harvest_interval_seconds)
