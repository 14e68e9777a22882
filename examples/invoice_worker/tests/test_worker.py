"""From the queue to the journal."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

from invoices.models import DeliveryError, Invoice, Order
from invoices.queue import MemoryQueue
from invoices.settings import Settings
from invoices.store import InvoiceStore
from invoices.worker import Worker


class FakeCourier:
    """Delivers to a list; whom it does not like it refuses."""

    def __init__(self, refuse: str = "") -> None:
        self.sent: list[str] = []
        self.refuse = refuse

    def deliver(self, invoice: Invoice, order: Order) -> int:
        if invoice.customer == self.refuse:
            raise DeliveryError("no")
        self.sent.append(invoice.number)
        return 1


def message(customer: str, currency: str = "EUR") -> str:
    lines = [{"text": "Paper", "pieces": 3, "net": 4.5}]
    return json.dumps({"customer": customer, "currency": currency, "lines": lines})


def test_orders_become_invoices(settings: Settings, store: InvoiceStore) -> None:
    queue = MemoryQueue([message(name) for name in ("Acme", "Bolt", "Cask", "Dorn")] + ["{"])
    courier = FakeCourier(refuse="Cask")
    worker = Worker(settings, queue, store, courier)
    assert asyncio.run(worker.run()) == 4
    year = datetime.now().year
    assert [row.number for row in store.of_month(f"{year}-")] == [
        f"{year}-0000{number}" for number in (1, 2, 3, 4)
    ]
    assert sorted(courier.sent) == [f"{year}-0000{number}" for number in (1, 2, 4)]
    assert {entry["what"] for entry in json.load(open(settings.journal))} == {
        "sent",
        "not delivered",
    }
    assert [failed for failed, _ in queue.failed] == ["{"]


def test_an_unknown_currency_is_put_aside(settings: Settings, store: InvoiceStore) -> None:
    worker = Worker(settings, MemoryQueue([message("Acme", "XXX")]), store, FakeCourier())
    worker.rates._known = {"USD": 1.1}
    assert asyncio.run(worker.run()) == 0


def test_what_was_left_over_is_sent_again(
    settings: Settings, store: InvoiceStore, invoice: Invoice, order: Order
) -> None:
    store.add(invoice)
    courier = FakeCourier()
    worker = Worker(settings, MemoryQueue(), store, courier)
    asyncio.run(worker.resend([(invoice, order)] * 5))
    assert courier.sent == [invoice.number] * 5
    assert store.of_customer("Acme")[0].sent


def test_a_batch_limit_leaves_the_rest(settings: Settings, store: InvoiceStore) -> None:
    queue = MemoryQueue([message(str(number)) for number in range(5)])
    assert asyncio.run(Worker(settings, queue, store, FakeCourier()).run(batches=1)) == 3
    assert len(queue.pending) == 2


def test_customers_are_found(store: InvoiceStore, invoice: Invoice) -> None:
    store.add(invoice)
    assert [row.number for row in store.of_customer("Acme")] == ["2026-00001"]
    assert store.of_customer("Bolt") == []
