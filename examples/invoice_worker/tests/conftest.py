"""Fixtures of the suite: no network, no Redis, a folder of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from invoices.models import Invoice, Line, Order
from invoices.settings import Settings
from invoices.store import InvoiceStore


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database=str(tmp_path / "invoices.db"),
        archive_folder=str(tmp_path / "archive"),
        journal=str(tmp_path / "journal.json"),
        batch_size=3,
        pause_seconds=0.0,
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[InvoiceStore]:
    store = InvoiceStore(settings.database)
    yield store
    store.close()


@pytest.fixture
def order() -> Order:
    return Order("Acme", "EUR", [Line("Paper", 3, 4.5)], "https://acme.example/in")


@pytest.fixture
def invoice() -> Invoice:
    return Invoice("2026-00001", "Acme", 13.5, "EUR", datetime(2026, 4, 2, 9, 30), "text")
