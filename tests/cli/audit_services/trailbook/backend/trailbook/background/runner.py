"""Jobs that run behind the requests, one after the other."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

logger = logging.getLogger(__name__)


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    name: str
    run: Callable[[], Awaitable[None]]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


class JobRunner:
    def __init__(self) -> None:
        self._queue: asyncio.Queue[Job] = asyncio.Queue()
        self._statuses: dict[str, JobStatus] = {}
        self._lock = asyncio.Lock()
        self._worker: asyncio.Task[None] | None = None

    async def enqueue(self, job: Job) -> str:
        async with self._lock:
            self._statuses[job.id] = JobStatus.QUEUED
        await self._queue.put(job)
        return job.id

    def status(self, job_id: str) -> JobStatus | None:
        return self._statuses.get(job_id)

    async def start(self) -> None:
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    async def stop(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
            self._worker = None

    async def drain(self) -> None:
        """Waits until every job that is queued now has ended."""
        await self._queue.join()

    async def _work(self) -> None:
        while True:
            job = await self._queue.get()
            self._statuses[job.id] = JobStatus.RUNNING
            try:
                await job.run()
                self._statuses[job.id] = JobStatus.DONE
            except Exception:
                logger.exception("Job %s failed", job.name)
                self._statuses[job.id] = JobStatus.FAILED
            finally:
                self._queue.task_done()


default_job_runner = JobRunner()
