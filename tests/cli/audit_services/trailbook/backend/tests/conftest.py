"""The application with repositories in memory; neither PostgreSQL nor bcrypt is installed for tests."""

from __future__ import annotations

import hashlib
import sys
import types
import uuid
from collections.abc import Iterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest


def _module(name: str, **members: Any) -> None:
    module = types.ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module


class FakeContext:
    """Looks like `CryptContext`, without its slowness."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    def hash(self, secret: str) -> str:
        return "$2b$" + hashlib.sha1(secret.encode()).hexdigest()

    def verify(self, secret: str, hashed: str) -> bool:
        if not hashed.startswith("$2b$"):
            raise ValueError("not a hash")
        return self.hash(secret) == hashed


def _create_async_engine(url: str, **options: Any) -> SimpleNamespace:
    return SimpleNamespace(url=url, options=options)


_module("passlib")
_module("passlib.context", CryptContext=FakeContext)
_module(
    "sqlalchemy.ext.asyncio",
    AsyncSession=type("AsyncSession", (), {}),
    async_sessionmaker=lambda engine, **options: engine,
    create_async_engine=_create_async_engine,
)

from fastapi.testclient import TestClient  # noqa: E402

from trailbook import main  # noqa: E402
from trailbook.application.login_rate_limit import login_rate_limiter  # noqa: E402
from trailbook.auth.tokens import make_token  # noqa: E402
from trailbook.harvest.admin import router as harvest_admin  # noqa: E402
from trailbook.harvest.ports import ExternalHut  # noqa: E402
from trailbook.routers import deps  # noqa: E402


class Saved:
    def __init__(self) -> None:
        self.rows: list[SimpleNamespace] = []

    async def get(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> SimpleNamespace | None:
        found = [r for r in self.rows if (r.user_id, r.trail_id) == (user_id, trail_id)]
        return found[0] if found else None

    async def of_user(self, user_id: uuid.UUID) -> list[SimpleNamespace]:
        return [row for row in self.rows if row.user_id == user_id]

    async def add(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> None:
        self.rows.append(SimpleNamespace(user_id=user_id, trail_id=trail_id))

    async def remove(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> bool:
        row = await self.get(user_id, trail_id)
        if row is not None:
            self.rows.remove(row)
        return row is not None


class Progresses:
    def __init__(self) -> None:
        self.rows: dict[tuple[uuid.UUID, uuid.UUID], SimpleNamespace] = {}

    async def get(self, user_id: uuid.UUID, trail_id: uuid.UUID) -> SimpleNamespace | None:
        return self.rows.get((user_id, trail_id))

    async def add(
        self, user_id: uuid.UUID, trail_id: uuid.UUID, *, stage: int, percent: int
    ) -> SimpleNamespace:
        row = SimpleNamespace(trail_id=trail_id, stage=stage, percent=percent)
        self.rows[user_id, trail_id] = row
        return row

    async def update(self, row: SimpleNamespace, *, stage: int, percent: int) -> SimpleNamespace:
        row.stage, row.percent = stage, percent
        return row

    @asynccontextmanager
    async def own(self):
        yield self


class Users:
    def __init__(self) -> None:
        self.rows: dict[str, SimpleNamespace] = {}

    async def by_email(self, email: str) -> SimpleNamespace | None:
        return self.rows.get(email)

    async def add(self, email: str, password_hash: str) -> SimpleNamespace:
        user = SimpleNamespace(id=uuid.uuid4(), email=email, password_hash=password_hash)
        self.rows[email] = user
        return user


class Trails:
    def __init__(self) -> None:
        self.rows = [
            SimpleNamespace(id=uuid.uuid4(), title="Ridge walk", length_km=14.5),
            SimpleNamespace(id=uuid.uuid4(), title="Valley path", length_km=6.0),
        ]

    async def get(self, trail_id: uuid.UUID) -> SimpleNamespace | None:
        return next((row for row in self.rows if row.id == trail_id), None)

    async def page(self, *, limit: int, offset: int) -> list[SimpleNamespace]:
        return self.rows[offset : offset + limit]

    async def stages(self, trail_id: uuid.UUID) -> list[SimpleNamespace]:
        return [SimpleNamespace(number=1, title="To the hut")]


class Huts:
    def fetch_hut(self, number: str) -> ExternalHut | None:
        return ExternalHut(number, "Upper hut", 24) if number == "A-7" else None


@pytest.fixture
def stores() -> SimpleNamespace:
    return SimpleNamespace(saved=Saved(), progress=Progresses(), users=Users(), trails=Trails())


@pytest.fixture
def migrations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The migrations that were run; none of them reaches Alembic."""
    ran: list[str] = []
    monkeypatch.setattr(main, "run_migrations", lambda: ran.append("head"))
    return ran


@pytest.fixture
def client(stores: SimpleNamespace, migrations: list[str]) -> Iterator[TestClient]:
    overrides = {
        deps.saved_trail_repository: lambda: stores.saved,
        deps.progress_repository: lambda: stores.progress,
        deps.progress_factory: lambda: stores.progress.own,
        deps.user_repository: lambda: stores.users,
        deps.trail_repository: lambda: stores.trails,
        harvest_admin.hut_source: Huts,
    }
    main.app.dependency_overrides.update(overrides)
    login_rate_limiter._attempts.clear()
    with TestClient(main.app) as client:
        yield client
    main.app.dependency_overrides.clear()


@pytest.fixture
def hiker() -> dict[str, str]:
    """Headers of a hiker who is logged in."""
    return {"Authorization": f"Bearer {make_token(uuid.uuid4())}"}
