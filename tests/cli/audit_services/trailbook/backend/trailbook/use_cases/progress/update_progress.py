"""A hiker tells how far a trail is walked."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

logger = logging.getLogger(__name__)


class Progress(Protocol):
    trail_id: uuid.UUID
    stage: int
    percent: int


class ProgressPort(Protocol):
    async def get(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> Progress | None: ...

    async def add(
        self, user_id: uuid.UUID, trail_id: uuid.UUID, *, stage: int, percent: int
    ) -> Progress: ...

    async def update(self, row: Progress, *, stage: int, percent: int) -> Progress: ...


ProgressFactory = Callable[[], AbstractAsyncContextManager[ProgressPort]]


@dataclass(frozen=True)
class Step:
    trail_id: uuid.UUID
    stage: int
    percent: int


async def _apply(repo: ProgressPort, user_id: uuid.UUID, step: Step) -> Progress:
    row = await repo.get(user_id, step.trail_id)
    if row is None:
        return await repo.add(user_id, step.trail_id, stage=step.stage, percent=step.percent)
    return await repo.update(row, stage=step.stage, percent=step.percent)


def _goes_back(existing: Progress, step: Step) -> bool:
    return (step.stage, step.percent) < (existing.stage, existing.percent)


async def update_progress(
    repo: ProgressPort, factory: ProgressFactory, user_id: uuid.UUID, step: Step
) -> Progress:
    """Stores the step, unless it lies behind the one that is stored.

    The step is stored in a session of its own: what the request does with `repo` later may fail
    without the hiker's progress being lost.
    """
    existing = await repo.get(user_id, step.trail_id)
    if existing is not None and _goes_back(existing, step):
        logger.info("User %s told an earlier stage of %s", user_id, step.trail_id)
        return existing

    async with factory() as own:
        return await _apply(own, user_id, step)
