"""What goes over the network, with `requests` replaced."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
import requests

from invoices.archive import Archive, document_key
from invoices.delivery import Courier, receipt
from invoices.models import DeliveryError, Invoice, Order, RatesUnavailable
from invoices.rates import Rates
from invoices.settings import Settings


class Answer:
    def __init__(self, status_code: int = 200, body: Any = None) -> None:
        self.status_code = status_code
        self.body = body

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise requests.HTTPError(str(self.status_code))

    def json(self) -> Any:
        return self.body


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    for verb in ("get", "post", "put"):

        def call(url: str, _verb: str = verb, **options: Any) -> Answer:
            seen.append({"verb": _verb, "url": url, **options})
            if "busy" in url:
                return Answer(503)
            return Answer(200, {"rates": {"USD": 1.25}})

        monkeypatch.setattr(requests, verb, call)
    return seen


def test_a_document_is_posted(
    calls: list[dict[str, Any]], settings: Settings, invoice: Invoice, order: Order
) -> None:
    assert Courier(settings).deliver(invoice, order) == 1
    assert calls[0]["json"] == {"number": "2026-00001", "document": "text"}


def test_a_busy_endpoint_is_asked_again(
    calls: list[dict[str, Any]], settings: Settings, invoice: Invoice, order: Order
) -> None:
    order.endpoint = "https://busy.example/in"
    waits: list[float] = []
    with pytest.raises(DeliveryError, match="503"):
        Courier(settings, waits.append).deliver(invoice, order)
    assert len(calls) == 3
    assert len(waits) == 2


def test_no_endpoint_no_call(
    calls: list[dict[str, Any]], settings: Settings, invoice: Invoice, order: Order
) -> None:
    order.endpoint = None
    assert Courier(settings).deliver(invoice, order) == 0
    assert calls == []


def test_rates(calls: list[dict[str, Any]], settings: Settings) -> None:
    rates = Rates(settings)
    assert rates.convert(10, "EUR") == 10
    assert calls == []
    assert rates.convert(10, "USD") == 8
    with pytest.raises(RatesUnavailable):
        rates.convert(10, "XXX")


def test_no_rates_at_the_start(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    def refuse(*args: Any, **options: Any) -> Answer:
        raise requests.ConnectionError("gone")

    monkeypatch.setattr(requests, "get", refuse)
    assert Rates(settings).warm_up() is False


def test_the_copy_has_its_digest(calls: list[dict[str, Any]], settings: Settings) -> None:
    archive = Archive(settings)
    key = archive.keep("1", "text")
    assert key == archive.keep("1", "text") == document_key("1", "text")
    assert len(key) == 32
    archive.upload(key, "text")
    digest = base64.b64encode(hashlib.md5(b"text").digest()).decode()
    assert calls[0]["headers"] == {"Content-MD5": digest}


def test_receipts() -> None:
    assert receipt(Answer()) == ""
