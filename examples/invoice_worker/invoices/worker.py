"""The worker: orders off the queue, invoices out of the door."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime, timezone

from invoices.archive import Archive
from invoices.delivery import Courier
from invoices.journal import Journal
from invoices.models import Invoice, InvoiceError, Order
from invoices.queue import Queue, take
from invoices.rates import Rates
from invoices.render import render
from invoices.settings import Settings
from invoices.store import InvoiceStore

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 30


class Worker:
    """Wires the parts together; one instance a process."""

    def __init__(
        self,
        settings: Settings,
        queue: Queue,
        store: InvoiceStore,
        courier: Courier | None = None,
    ) -> None:
        self.settings = settings
        self.queue = queue
        self.store = store
        self.rates = Rates(settings)
        self.archive = Archive(settings)
        self.journal = Journal(settings.journal)
        self.courier = courier or Courier(settings)
        self.beats = 0
        self.running = False

    async def run(self, batches: int | None = None) -> int:
        """Work until the queue is empty, or for so many batches; the invoices made."""
        self.running = True
        asyncio.create_task(self._heartbeat())
        made = 0
        limit = getattr(self.settings, "batch_size", 50)
        while batches is None or batches > 0:
            orders = take(self.queue, limit)
            if not orders:
                break
            made += await self.batch(orders)
            batches = batches - 1 if batches is not None else None
        self.running = False
        return made

    async def batch(self, orders: list[Order]) -> int:
        """Invoices of one batch, all of them sent; how many there are."""
        invoices = [self.book(order) for order in orders]
        pairs = [(invoice, order) for invoice, order in zip(invoices, orders) if invoice]
        await asyncio.gather(*[self.send(invoice, order) for invoice, order in pairs])
        self.journal.save()
        if getattr(self.settings, "pause_seconds", 0):
            time.sleep(self.settings.pause_seconds)
        return len(pairs)

    def book(self, order: Order) -> Invoice | None:
        """Number, document and record of one order; None when it was put aside."""
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        try:
            total = self.rates.convert(order.net, order.currency)
            number = self.store.next_number(now.year)
            invoice = Invoice(number, order.customer, total, self.settings.currency, now)
            invoice.document = self.archive.keep(number, render(invoice, order))
            self.store.add(invoice)
        except InvoiceError as e:
            logger.warning("Order of %s put aside: %s", order.customer, e)
            return None
        except Exception as e:
            logger.error(f"Order of {order.customer} could not be booked: {e}")
            return None
        return invoice

    async def send(self, invoice: Invoice, order: Order) -> None:
        """Deliver in a thread, then stamp the invoice. A failure is noted, not raised."""
        try:
            attempts = await asyncio.to_thread(self.courier.deliver, invoice, order)
        except Exception as e:
            logger.exception(f"Invoice {invoice.number} was not delivered: {e}")
            self.journal.note(invoice.number, "not delivered")
            return
        self.store.mark_sent(invoice.number)
        self.journal.note(invoice.number, "sent", attempts=attempts)

    async def resend(self, invoices: list[tuple[Invoice, Order]]) -> None:
        """Send again what was left over, by a fixed number of senders that share one queue."""
        waiting: asyncio.Queue[tuple[Invoice, Order]] = asyncio.Queue()
        for pair in invoices:
            waiting.put_nowait(pair)
        senders = [self._sender(waiting) for _ in range(self.settings.workers)]
        await asyncio.gather(*senders)

    async def _sender(self, waiting: asyncio.Queue[tuple[Invoice, Order]]) -> None:
        while not waiting.empty():
            invoice, order = waiting.get_nowait()
            await self.send(invoice, order)

    async def _heartbeat(self) -> None:
        while self.running:
            self.beats += 1
            print("Worker is alive")
            await asyncio.sleep(HEARTBEAT_SECONDS)
