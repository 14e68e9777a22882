"""Technicians and their badges."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.models.technician import BadgeKey, Technician
from registry.repositories.base import BaseRepository


class TechnicianRepository(BaseRepository[Technician]):
    """Technicians by their address."""

    def __init__(self, session: AsyncSession):
        super().__init__(session, Technician)

    async def by_email(self, email: str) -> Technician | None:
        """The technician of an address."""
        query = select(Technician).where(Technician.email == email.lower())
        return (await self.session.execute(query)).scalar_one_or_none()


class BadgeKeyRepository(BaseRepository[BadgeKey]):
    """Keys of badges."""

    def __init__(self, session: AsyncSession):
        super().__init__(session, BadgeKey)

    async def issue(self, technician_id: str, key: str, days: int = 365) -> BadgeKey:
        """A key that runs out after so many days."""
        return await self.create(
            technician_id=technician_id,
            key_hash=hashlib.sha256(key.encode()).hexdigest(),
            expires_at=datetime.utcnow() + timedelta(days=days),
        )

    async def check(self, key: str) -> BadgeKey | None:
        """The key when it is known and has not run out."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        query = select(BadgeKey).where(BadgeKey.key_hash == digest)
        found = (await self.session.execute(query)).scalar_one_or_none()
        if found is None or (found.expires_at and found.expires_at < datetime.utcnow()):
            return None
        found.last_used_at = datetime.utcnow()
        return found
