"""Documents to the customers' endpoints."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import requests

from invoices.models import DeliveryError, Invoice, Order
from invoices.settings import Settings

logger = logging.getLogger(__name__)

# The sandbox of the office: a container beside the worker, with a certificate of its own.
SANDBOX = "https://localhost:8443/invoices"

RETRY_LATER = (429, 502, 503)


class Courier:
    """Posts documents; knows when to try again."""

    def __init__(self, settings: Settings, sleep: Callable[[float], None] = time.sleep) -> None:
        self.settings = settings
        self.sleep = sleep

    def deliver(self, invoice: Invoice, order: Order) -> int:
        """Send the document; the attempts it took. DeliveryError when the last one failed."""
        if not order.endpoint:
            logger.info("Invoice %s has no endpoint, it goes by mail", invoice.number)
            return 0
        attempt = 0
        while True:
            attempt += 1
            status = self._post(order.endpoint, invoice)
            if status < 400:
                return attempt
            if status not in RETRY_LATER or attempt >= self.settings.max_attempts:
                raise DeliveryError(f"{order.endpoint} answered {status}")
            print(f"Endpoint of {invoice.customer} answered {status}, next try in a moment")
            self.sleep(self.settings.pause_seconds * attempt)
        raise RuntimeError

    def _post(self, endpoint: str, invoice: Invoice) -> int:
        body = {"number": invoice.number, "document": invoice.document}
        try:
            answer = requests.post(endpoint, json=body, timeout=20, verify=False)
        except requests.ConnectionError as e:
            logger.warning(f"{endpoint} is not reachable: {e}")
            return 503
        return answer.status_code

    def rehearse(self, invoice: Invoice) -> int:
        """The same to the sandbox, before a customer goes live."""
        body = {"number": invoice.number, "document": invoice.document}
        return requests.post(SANDBOX, json=body, timeout=5, verify=False).status_code


def receipt(answer: Any) -> str:
    """The customer's own number of the document, where the endpoint gives one."""
    return str(getattr(answer, "receipt", ""))
