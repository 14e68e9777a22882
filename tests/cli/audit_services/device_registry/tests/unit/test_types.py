"""Column types on a database in memory."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from registry.models import Base, Device, MaintenanceEvent


@pytest.fixture
def session() -> Session:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return Session(engine)


def test_a_key_comes_back_as_text(session: Session) -> None:
    session.add(Device(inventory_number="A-1", name="Pump", ward="A", properties={"volts": 12}))
    session.commit()
    session.expunge_all()
    found = session.scalars(select(Device)).one()
    assert str(uuid.UUID(str(found.id))) == found.id
    assert found.properties == {"volts": 12}
    assert repr(found) == "<Device A-1 (in_use)>"
    assert found.created_at is not None


def test_what_is_no_json_is_refused(session: Session) -> None:
    session.add(
        MaintenanceEvent(
            device_id=str(uuid.uuid4()),
            kind="repair",
            outcome="passed",
            details={"at": datetime(2026, 1, 1)},
        )
    )
    with pytest.raises(StatementError):
        session.flush()
