"""Jobs: hand in a text, follow its events, fetch the drafts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy import select

from desk.errors import JobNotFound
from desk.events import get_event_backend
from desk.models import Account, ActivityEntry, Draft, Job
from desk.pipeline import run_job
from desk.routes.auth import DatabaseSession, checked_csrf, current_account

router = APIRouter(prefix="/jobs", tags=["jobs"])

CurrentAccount = Annotated[Account, Depends(current_account)]


class JobCreate(BaseModel):
    """What a new job takes."""

    title: str
    source_text: str
    target_language: str = "de"
    glossary: list[str] = []


class JobView(BaseModel):
    """A job as clients see it."""

    id: str
    title: str
    status: str
    owner: str


@router.post("", status_code=202, dependencies=[Depends(checked_csrf)])
def create_job(
    body: JobCreate,
    session: DatabaseSession,
    account: CurrentAccount,
    background: BackgroundTasks,
) -> dict[str, str]:
    """Take a text and start on it."""
    text = body.source_text
    if body.glossary:
        text += "\n\nGlossary:\n" + "\n".join(body.glossary)
    job = Job(
        owner_id=account.id,
        title=body.title,
        source_text=text,
        target_language=body.target_language,
    )
    session.add(job)
    session.add(ActivityEntry(account_id=account.id, action="job created"))
    session.commit()
    background.add_task(run_job, job.id)
    return {"id": job.id}


@router.get("")
def list_jobs(
    session: DatabaseSession, account: CurrentAccount, status: str = "done"
) -> list[JobView]:
    """The caller's jobs in one status, the newest first."""
    query = select(Job).where(Job.owner_id == account.id, Job.status == status)
    jobs = session.scalars(query.order_by(Job.created_at.desc()).limit(100))
    return [
        JobView(id=job.id, title=job.title, status=job.status, owner=job.owner.email)
        for job in jobs
    ]


@router.get("/{job_id}/drafts")
def list_drafts(
    job_id: str, session: DatabaseSession, account: CurrentAccount
) -> list[dict[str, Any]]:
    """The drafts of a job, round by round."""
    job = session.get(Job, job_id)
    if job is None or job.owner_id != account.id:
        raise JobNotFound("There is no such job.")
    query = select(Draft).where(Draft.job_id == job_id).order_by(Draft.round_number)
    return [
        {"model": found.model, "round": found.round_number, "score": found.score}
        for found in session.scalars(query)
    ]


@router.get("/{job_id}/events")
async def follow(job_id: str, account: CurrentAccount) -> StreamingResponse:
    """The events of a job as they happen."""

    async def lines() -> AsyncIterator[str]:
        async for event in get_event_backend().subscribe(job_id):
            yield f"data: {json.dumps(event)}\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")
