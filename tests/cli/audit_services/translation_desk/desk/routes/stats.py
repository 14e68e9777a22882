"""Figures for the desk's front page and for the operators."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy import func, select

from desk.models import ActivityEntry, Draft
from desk.routes.auth import DatabaseSession
from desk.routes.jobs import CurrentAccount

router = APIRouter(prefix="/stats", tags=["stats"])


@router.get("/ranking")
def ranking(session: DatabaseSession) -> list[dict[str, Any]]:
    """The models by the mean score of their drafts."""
    mean = func.avg(Draft.score)
    query = select(Draft.model, mean, func.count()).group_by(Draft.model).order_by(mean.desc())
    return [
        {"model": model, "score": score, "drafts": drafts}
        for model, score, drafts in session.execute(query)
    ]


@router.get("/activity")
def activity(session: DatabaseSession, account: CurrentAccount) -> list[dict[str, Any]]:
    """What the caller did lately."""
    query = (
        select(ActivityEntry)
        .where(ActivityEntry.account_id == account.id)
        .order_by(ActivityEntry.created_at.desc())
        .limit(50)
    )
    return [
        {"action": entry.action, "at": entry.created_at.isoformat()}
        for entry in session.scalars(query)
    ]
