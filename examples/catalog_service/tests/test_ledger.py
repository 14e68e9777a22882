"""The ledger of views."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.storage.ledger import ViewLedger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[ViewLedger]:
    made = ViewLedger(str(tmp_path / "views.db"))
    yield made
    made.close()


def test_views_add_up(ledger: ViewLedger) -> None:
    ledger.record("alien", "2024-05-01", 2)
    ledger.record("alien", "2024-05-02")
    ledger.record("brazil", "2024-05-02", 7)
    assert ledger.total("alien") == 3
    assert ledger.size() == 3


def test_an_item_nobody_saw(ledger: ViewLedger) -> None:
    assert ledger.total("zelig") == 0
