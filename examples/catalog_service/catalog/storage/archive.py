"""The archive database: items that left the catalogue. Needs the extra ``archive``."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Select, String, select
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The base of the archive's tables."""


class ArchivedItem(Base):
    """An item as it was on the day it left."""

    __tablename__ = "archived_items"

    id = Column(String, primary_key=True)
    title = Column(String, nullable=False)
    is_deleted = Column(Boolean, nullable=False, default=False)


def visible(include_deleted: bool = False) -> Select[tuple[ArchivedItem]]:
    """The archived items a reader may see."""
    query = select(ArchivedItem)
    if include_deleted is False:
        query = query.where(ArchivedItem.is_deleted == False)  # noqa: E712
    return query.order_by(ArchivedItem.title)


def restorable() -> Select[tuple[ArchivedItem]]:
    """The items that an administrator may bring back."""
    return select(ArchivedItem).where(ArchivedItem.is_deleted is True)
