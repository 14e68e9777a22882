"""The data the service stores and serves."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from pydantic import BaseModel, Field

from catalog.utils.clock import now


class SortOrder(str, Enum):
    """How a search result is ordered."""

    TITLE = "title"
    YEAR = "year"
    NEWEST = "newest"


class ItemIn(BaseModel):
    """A film as a client or a feed submits it."""

    source: str = Field(min_length=1, max_length=40)
    external_id: str = Field(min_length=1, max_length=120)
    title: str = Field(min_length=1, max_length=300)
    year: int | None = None
    tags: list[str] = Field(default_factory=list)


class Item(ItemIn):
    """A film in the catalogue; ``id`` never changes once it has been handed out."""

    id: str
    added_at: datetime = Field(default_factory=now)


class Description(BaseModel):
    """A description written by a language model."""

    item_id: str
    text: str
    cached: bool = False
