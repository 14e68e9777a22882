"""Background jobs of the admin API. They live and die with the process."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from catalog.models import Item

logger = logging.getLogger(__name__)


@dataclass
class Job:
    """One re-index run."""

    id: str
    total: int
    done: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        if self.done + self.failed < self.total:
            return "running"
        return "failed" if self.failed else "finished"


class Jobs:
    """Starts re-index runs and remembers how they went."""

    def __init__(self, reindex_one: Callable[[Item], Awaitable[None]]) -> None:
        self._reindex_one = reindex_one
        self._jobs: dict[str, Job] = {}
        self._running: set[asyncio.Task[None]] = set()

    def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def start(self, items: list[Item]) -> Job:
        """Begin a run over ``items`` in the background and return its job at once."""
        job = Job(id=uuid.uuid4().hex, total=len(items))
        self._jobs[job.id] = job
        task = asyncio.create_task(self._run(job, items), name=f"reindex-{job.id}")
        self._running.add(task)
        task.add_done_callback(self._finished)
        return job

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("Job %s died: %s", task.get_name(), error)

    async def _run(self, job: Job, items: list[Item]) -> None:
        tasks = [asyncio.create_task(self._step(job, item)) for item in items]
        await asyncio.gather(*tasks)
        logger.info("Job %s: %d done, %d failed", job.id, job.done, job.failed)

    async def _step(self, job: Job, item: Item) -> None:
        try:
            await self._reindex_one(item)
        except Exception as e:
            logger.exception("Re-indexing {} failed: {!r}".format(item.id, e))
            job.failed += 1
            job.errors.append(f"{item.id}: {e}")
        else:
            job.done += 1

    async def shutdown(self) -> None:
        """Cancel what is still running and wait until it is gone."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
