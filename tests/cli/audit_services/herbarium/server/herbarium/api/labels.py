"""Questions to the labels, for curators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from herbarium.api.rate_limit import create_rate_limiter
from herbarium.label_utils import Sheet, auto_select_sheets
from herbarium.llm import Model

LabelRouter = APIRouter(tags=["labels"])

_question_limiter = create_rate_limiter(name="question", capacity=10, window_seconds=60)


class EchoModel:
    """Stands in where no provider is configured."""

    async def complete(self, prompt: str) -> str:
        return "[]"


def get_model() -> Model:
    return EchoModel()


class SheetIn(BaseModel):
    id: str = Field(max_length=64)
    label: str = Field(max_length=4000)


class Question(BaseModel):
    text: str = Field(min_length=3, max_length=500)
    sheets: list[SheetIn] = Field(max_length=5000)


@LabelRouter.post("/collections/{collection_id}/select")
async def select_sheets(
    collection_id: str, question: Question, model: Annotated[Model, Depends(get_model)]
) -> dict[str, list[str]]:
    await _question_limiter.check(collection_id)
    sheets = [Sheet(sheet.id, sheet.label) for sheet in question.sheets]
    return {"ids": await auto_select_sheets(model, question.text, sheets)}
