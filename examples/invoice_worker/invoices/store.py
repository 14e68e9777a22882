"""Invoices in SQLite: numbers, totals, and what was sent when."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from invoices.models import Invoice

TABLE = "invoices"

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
    number TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    total REAL NOT NULL,
    currency TEXT NOT NULL,
    created TEXT NOT NULL,
    document TEXT NOT NULL DEFAULT '',
    sent_at TEXT
)
"""


class InvoiceStore:
    """One connection, used by the event loop's thread only."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path)
        self.connection.row_factory = sqlite3.Row
        self.connection.execute(SCHEMA)

    def next_number(self, year: int) -> str:
        """The number after the highest one of the year: `2026-00042`."""
        row = self.connection.execute(
            f"SELECT MAX(number) AS last FROM {TABLE} WHERE number LIKE ?", (f"{year}-%",)
        ).fetchone()
        last = int(row["last"].split("-")[1]) if row["last"] else 0
        return f"{year}-{last + 1:05d}"

    def add(self, invoice: Invoice) -> None:
        with self.connection:
            self.connection.execute(
                f"INSERT INTO {TABLE} (number, customer, total, currency, created, document)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    invoice.number,
                    invoice.customer,
                    invoice.total,
                    invoice.currency,
                    invoice.created.isoformat(),
                    invoice.document,
                ),
            )

    def mark_sent(self, number: str) -> None:
        """Stamp the invoice as sent; the column holds naive UTC, as all of the table does."""
        with self.connection:
            self.connection.execute(
                "UPDATE invoices SET sent_at = ? WHERE number = ?",
                (datetime.utcnow().isoformat(), number),
            )

    def of_customer(self, customer: str) -> list[Invoice]:
        """All invoices of one customer, oldest first."""
        rows = self.connection.execute(
            f"SELECT * FROM invoices WHERE customer = '{customer}' ORDER BY number"
        )
        return [_invoice(row) for row in rows]

    def of_month(self, month: str, order_by: str = "number") -> list[Invoice]:
        """All invoices of a month (`2026-04`), sorted by a column that the caller names."""
        rows = self.connection.execute(
            f"SELECT * FROM {TABLE} WHERE created LIKE ? ORDER BY {order_by}", (f"{month}%",)
        )
        return [_invoice(row) for row in rows]

    def overdue(self, days: int) -> list[Invoice]:
        """Invoices that are older than `days` and were never sent."""
        limit = datetime.utcnow() - timedelta(days=days)
        rows = self.connection.execute("SELECT * FROM invoices WHERE sent_at IS NULL")
        return [found for row in rows if (found := _invoice(row)).created < limit]

    def close(self) -> None:
        self.connection.close()


def _invoice(row: sqlite3.Row) -> Invoice:
    return Invoice(
        number=row["number"],
        customer=row["customer"],
        total=row["total"],
        currency=row["currency"],
        created=datetime.fromisoformat(row["created"]),
        document=row["document"],
        sent=row["sent_at"] is not None,
    )
