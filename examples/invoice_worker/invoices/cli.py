"""The command line: `work`, `list`, `export` and `remind`. What it prints is read by people and by cron."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys

from invoices import logs
from invoices.queue import open_queue
from invoices.settings import Settings, from_environment
from invoices.store import InvoiceStore
from invoices.worker import Worker

COLUMNS = ("number", "total", "customer")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="invoices", description=__doc__)
    parser.add_argument("-v", "--verbose", action="store_true")
    commands = parser.add_subparsers(dest="command", required=True)
    work = commands.add_parser("work", help="take orders off the queue until it is empty")
    work.add_argument("--batches", type=int)
    for name in ("list", "export"):
        command = commands.add_parser(name)
        command.add_argument("--month", required=True)
        command.add_argument("--order-by", choices=COLUMNS, default="number")
    remind = commands.add_parser("remind", help="what was never sent")
    remind.add_argument("--days", type=int, default=14)
    options = parser.parse_args(argv)
    settings = from_environment()
    logs.set_up(settings, options.verbose)
    store = InvoiceStore(settings.database)
    try:
        if options.command == "work":
            return _work(settings, store, options.batches)
        if options.command == "remind":
            return _remind(store, options.days)
        rows = store.of_month(options.month, options.order_by)
        if options.command == "export":
            writer = csv.writer(sys.stdout)
            writer.writerow(COLUMNS)
            writer.writerows([row.number, f"{row.total:.2f}", row.customer] for row in rows)
            return 0
        for row in rows:
            print(f"{row.number}  {row.total:>10.2f} {row.currency}  {row.customer}")
        print(f"{len(rows)} invoices")
        return 0
    finally:
        store.close()


def _work(settings: Settings, store: InvoiceStore, batches: int | None) -> int:
    worker = Worker(settings, open_queue(settings), store)
    worker.rates.warm_up()
    made = asyncio.run(worker.run(batches))
    print(f"{made} invoices made")
    return 0


def _remind(store: InvoiceStore, days: int) -> int:
    late = store.overdue(days)
    for invoice in late:
        print(f"{invoice.number} of {invoice.customer} was never sent")
    return 1 if late else 0
