"""A job from its text to the best draft: rounds of drafts and scores."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy import select

from desk.config import settings
from desk.database import session_scope
from desk.errors import NoDraftUsable
from desk.events import get_event_backend
from desk.llm import score_draft, write_draft
from desk.models import ActivityEntry, Draft, Job, Round, now

logger = logging.getLogger(__name__)

GOOD_ENOUGH = 8.5


async def run_job(job_id: str) -> None:
    """All rounds of one job; its last status is `done` or `failed`."""
    backend = get_event_backend()
    try:
        best = await _rounds(job_id)
    except Exception:
        logger.exception("job %s failed", job_id)
        with session_scope() as session:
            job = session.get(Job, job_id)
            if job is not None:
                job.status = "failed"
        await backend.publish(job_id, {"type": "closed", "status": "failed"})
        return
    _finish(job_id)
    await backend.publish(job_id, {"type": "closed", "status": "done", "score": best})


async def _rounds(job_id: str) -> float:
    best = 0.0
    for number in range(1, settings.MAX_ROUNDS + 1):
        text, language = await _start_round(job_id, number)
        drafts = await _write_drafts(job_id, number, text, language)
        best = max(best, await _score_drafts(drafts, language))
        _close_round(job_id, number)
        if best >= GOOD_ENOUGH:
            break
    return best


async def _start_round(job_id: str, number: int) -> tuple[str, str]:
    """The text and the language of the job, whose round is now open."""
    with session_scope() as session:
        job = session.get(Job, job_id)
        if job is None:
            raise LookupError(job_id)
        job.status = "running"
        session.commit()
        opened = Round(job_id=job_id, number=number)
        session.add(opened)
        session.commit()
        session.refresh(opened)
        session.add(ActivityEntry(account_id=job.owner_id, action=f"round {opened.number}"))
        session.commit()
        return job.source_text, job.target_language


async def _write_drafts(
    job_id: str, number: int, text: str, language: str
) -> list[tuple[str, str]]:
    """The drafts of all models that answered, by their ids."""
    models = settings.DRAFT_MODELS
    answers = await asyncio.gather(
        *[write_draft(model, text, language) for model in models], return_exceptions=True
    )
    written: list[tuple[str, str]] = []
    with session_scope() as session:
        for model, answer in zip(models, answers, strict=True):
            if isinstance(answer, BaseException):
                logger.warning("%s gave no draft of job %s: %s", model, job_id, answer)
                continue
            draft = Draft(job_id=job_id, round_number=number, model=model, text=answer)
            session.add(draft)
            session.flush()
            written.append((draft.id, answer))
    if not written:
        raise NoDraftUsable("No model answered.")
    return written


async def _score_drafts(drafts: list[tuple[str, str]], language: str) -> float:
    """The best mean score of the drafts."""
    best = 0.0
    for draft_id, text in drafts:
        scores = await asyncio.gather(
            *[score_draft(model, text, language) for model in settings.SCORE_MODELS]
        )
        mean = sum(scores) / len(scores)
        with session_scope() as session:
            session.get_one(Draft, draft_id).score = mean
        best = max(best, mean)
    return best


def _close_round(job_id: str, number: int) -> None:
    with session_scope() as session:
        query = select(Round).where(Round.job_id == job_id, Round.number == number)
        for found in session.scalars(query):
            found.finished_at = now()


def _finish(job_id: str) -> None:
    with session_scope() as session:
        job = session.get_one(Job, job_id)
        job.status = "done"
        session.add(ActivityEntry(account_id=job.owner_id, action="done"))
        session.commit()
