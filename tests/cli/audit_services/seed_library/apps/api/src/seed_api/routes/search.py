"""Routes for everybody."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from seed_api.dependencies import get_embedder
from seed_embedding.embedder import VarietyEmbedder

router = APIRouter(prefix="/search", tags=["search"])


class Question(BaseModel):
    """What somebody looks for."""

    text: str = Field(min_length=1, max_length=500)


@router.post("/vector")
async def vector(
    question: Question, embedder: VarietyEmbedder = Depends(get_embedder)
) -> dict[str, Any]:
    """The vector that a question is compared by."""
    return {"vectors": embedder.embed({"name": question.text})}
