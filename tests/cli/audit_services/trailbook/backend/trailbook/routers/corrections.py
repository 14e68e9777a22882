"""Corrections that visitors propose to the description of a trail."""

import uuid

from fastapi import APIRouter
from pydantic import BaseModel, Field

router = APIRouter(prefix="/corrections", tags=["corrections"])


class CorrectionIn(BaseModel):
    trail_id: uuid.UUID
    text: str = Field(min_length=1, max_length=2000)


_corrections: list[CorrectionIn] = []


@router.get("")
async def list_corrections() -> list[CorrectionIn]:
    return _corrections


@router.post("", status_code=202)
async def propose_correction(correction: CorrectionIn) -> dict[str, int]:
    _corrections.append(correction)
    return {"waiting": len(_corrections)}
