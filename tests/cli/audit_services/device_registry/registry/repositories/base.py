"""What all repositories share."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.models.base import Base

T = TypeVar("T", bound=Base)


class BaseRepository(Generic[T]):
    """Rows of one table."""

    def __init__(self, session: AsyncSession, model: type[T]):
        self.session = session
        self.model = model

    async def get(self, key: uuid.UUID | str) -> T | None:
        """The row of that key, unless it is marked as deleted."""
        query = select(self.model).where(self.model.id == str(key))
        if hasattr(self.model, "is_deleted"):
            query = query.where(self.model.is_deleted == False)  # noqa: E712
        result = await self.session.execute(query)
        return result.scalar_one_or_none()

    async def create(self, **values: Any) -> T:
        """A new row."""
        row = self.model(**values)
        self.session.add(row)
        await self.session.flush()
        return row

    async def list_with_pagination(
        self, page=1, size=20, filters=None, search=None, order_by=None, descending=False
    ) -> dict[str, Any]:
        """One page of rows: `items`, `total`, `page`, `size`."""
        query = select(self.model)
        counted = select(func.count()).select_from(self.model)
        if hasattr(self.model, "is_deleted"):
            query = query.where(self.model.is_deleted == False)  # noqa: E712
            counted = counted.where(self.model.is_deleted == False)  # noqa: E712
        if hasattr(self.model, "hospital_id") and filters and "hospital_id" in filters:
            query = query.where(self.model.hospital_id == filters["hospital_id"])
            counted = counted.where(self.model.hospital_id == filters["hospital_id"])
        for name, value in (filters or {}).items():
            if not hasattr(self.model, name):
                continue
            column = getattr(self.model, name)
            if isinstance(value, list):
                condition = column.in_(value)
            elif value is None:
                condition = column.is_(None)
            else:
                condition = column == value
            query = query.where(condition)
            counted = counted.where(condition)
        if search:
            columns = [c for c in (getattr(self.model, n, None) for n in ("name", "ward")) if c]
            if columns:
                query = query.where(or_(*(c.ilike(f"%{search}%") for c in columns)))
        if order_by and hasattr(self.model, order_by):
            column = getattr(self.model, order_by)
            query = query.order_by(column.desc() if descending else column)
        elif descending:
            query = query.order_by(self.model.id.desc())
        if page < 1:
            page = 1
        if size > 100:
            size = 100
        total = (await self.session.execute(counted)).scalar_one()
        rows = await self.session.execute(query.offset((page - 1) * size).limit(size))
        return {"items": list(rows.scalars()), "total": total, "page": page, "size": size}

    async def remove(self, key: uuid.UUID | str, by: str | None = None, hard: bool = False) -> bool:
        """Mark a row as deleted where the table can, else delete it."""
        query = delete(self.model).where(self.model.id == str(key))
        if hasattr(self.model, "is_deleted") and not hard:
            values: dict[str, Any] = {"is_deleted": True}
            if hasattr(self.model, "deleted_at"):
                values["deleted_at"] = datetime.utcnow()
            if hasattr(self.model, "deleted_by"):
                values["deleted_by"] = by
            query = update(self.model).where(self.model.id == str(key)).values(**values)
        result = await self.session.execute(query)
        return result.rowcount > 0
