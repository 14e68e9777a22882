"""What the commands print."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from invoices.cli import main
from invoices.journal import Journal
from invoices.models import Invoice, Line, Order
from invoices.render import render
from invoices.settings import Settings, from_environment
from invoices.store import InvoiceStore


@pytest.fixture
def office(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, store: InvoiceStore, invoice: Invoice
) -> InvoiceStore:
    monkeypatch.setenv("INVOICES_DATABASE", settings.database)
    monkeypatch.setenv("INVOICES_JOURNAL", settings.journal)
    monkeypatch.setenv("INVOICES_ARCHIVE", settings.archive_folder)
    store.add(invoice)
    return store


def test_list(office: InvoiceStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--month", "2026-04"]) == 0
    assert capsys.readouterr().out == "2026-00001       13.50 EUR  Acme\n1 invoices\n"


def test_export(office: InvoiceStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--month", "2026-04", "--order-by", "total"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "number,total,customer",
        "2026-00001,13.50,Acme",
    ]


def test_remind(office: InvoiceStore, capsys: pytest.CaptureFixture[str]) -> None:
    old = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(days=20)
    office.add(Invoice("2025-00009", "Bolt", 1.0, "EUR", old))
    assert main(["remind"]) == 1
    assert "2025-00009 of Bolt was never sent" in capsys.readouterr().out
    office.mark_sent("2025-00009")
    office.mark_sent("2026-00001")
    assert main(["remind"]) == 0


def test_work(
    office: InvoiceStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.rates.Rates.warm_up", lambda self: True)
    assert main(["work", "--batches", "1"]) == 0
    assert capsys.readouterr().out.endswith("0 invoices made\n")


def test_the_journal_is_read_again(settings: Settings) -> None:
    journal = Journal(settings.journal)
    assert len(journal) == 0
    journal.note("1", "sent")
    journal.save()
    assert Journal(settings.journal).entries == [{"number": "1", "what": "sent"}]


def test_the_document(invoice: Invoice) -> None:
    order = Order("Acme", "EUR", [Line("Paper", 3, 4.5)], extra={"reference": "A-7"})
    text = render(invoice, order)
    assert "13.50 EUR" in text
    assert text.rstrip().endswith("your reference A-7")


def test_the_environment_has_its_say() -> None:
    read = from_environment({"INVOICES_BATCH_SIZE": "7", "INVOICES_SANDBOX": "1"})
    assert (read.batch_size, read.local_sandbox, read.currency) == (7, True, "EUR")
