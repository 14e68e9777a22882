"""Orders and the invoices made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


class InvoiceError(Exception):
    """Something that stops one invoice, not the worker."""


class RatesUnavailable(InvoiceError):
    """The exchange rates of today are not known."""


class DeliveryError(InvoiceError):
    """The customer's endpoint did not take the document."""


@dataclass(frozen=True)
class Line:
    """One line of an order: `net` is the price of one piece in the order's currency."""

    text: str
    pieces: int
    net: float


@dataclass
class Order:
    """What comes off the queue."""

    customer: str
    currency: str
    lines: list[Line]
    endpoint: str | None = None
    attempts: int = 0
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def net(self) -> float:
        return sum(line.pieces * line.net for line in self.lines)


@dataclass
class Invoice:
    """A numbered invoice; `created` is UTC."""

    number: str
    customer: str
    total: float
    currency: str
    created: datetime
    document: str = ""
    sent: bool = False


def order_from_json(raw: dict[str, Any]) -> Order:
    """The order in a message of the queue; raises InvoiceError where a field is missing."""
    try:
        lines = [Line(row["text"], int(row["pieces"]), float(row["net"])) for row in raw["lines"]]
        return Order(raw["customer"], raw["currency"], lines, raw.get("endpoint"))
    except (KeyError, TypeError, ValueError) as e:
        raise InvoiceError(f"Not an order: {e!r}") from e
