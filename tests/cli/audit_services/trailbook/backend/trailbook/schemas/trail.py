import uuid

from pydantic import BaseModel, ConfigDict, Field


class TrailOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    title: str
    length_km: float


class StageOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    number: int
    title: str


class SavedTrailIn(BaseModel):
    trail_id: uuid.UUID


class SavedTrailOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    trail_id: uuid.UUID


class ProgressIn(BaseModel):
    trail_id: uuid.UUID
    stage: int = Field(ge=1)
    percent: int = Field(ge=0, le=100)


class ProgressOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    trail_id: uuid.UUID
    stage: int
    percent: int
