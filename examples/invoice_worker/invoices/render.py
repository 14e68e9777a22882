"""The document of an invoice, as text."""

from __future__ import annotations

from datetime import datetime

from invoices.models import Invoice, Order

WIDTH = 64


def render(invoice: Invoice, order: Order) -> str:
    """The document: head, one line an item, total, foot."""
    lines = [
        f"Invoice {invoice.number}".ljust(WIDTH),
        f"Customer {invoice.customer}",
        "-" * WIDTH,
    ]
    for line in order.lines:
        price = f"{line.pieces * line.net:.2f} {order.currency}"
        lines.append(f"{line.text[:40]:<40}{price:>24}")
    total = f"{invoice.total:.2f} {invoice.currency}"
    lines += ["-" * WIDTH, f"{'Total':<40}{total:>24}", "", footer(order)]
    return "\n".join(lines) + "\n"


def footer(order: Order) -> str:
    """When the document was made, and the customer's own reference where the order has one."""
    made = f"Printed {datetime.utcnow():%d.%m.%Y} (UTC)"
    reference = order.extra.get("reference")
    return f"{made}, your reference {reference}" if reference else made
