"""Partners are told in the background, and again when they do not answer."""

from __future__ import annotations

import asyncio

import pytest

from catalog.models import Item
from catalog.partners import Partners

ITEM = Item(id="1" * 32, source="acme", external_id="7", title="Metropolis", year=1927)
URLS = ("https://one.example/hook", "https://two.example/hook")


async def _until(sent: list[str], count: int) -> None:
    for _ in range(200):
        if len(sent) >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"only {len(sent)} of {count} were sent")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_partner_is_told() -> None:
    sent: list[str] = []

    def send(url: str, body: bytes) -> int:
        assert b"Metropolis" in body
        sent.append(url)
        return 204

    async def run() -> None:
        Partners(URLS, send).announce(ITEM)
        await _until(sent, 2)

    asyncio.run(run())
    assert sorted(sent) == list(URLS)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_silent_partner_is_asked_again() -> None:
    sent: list[str] = []

    def send(url: str, body: bytes) -> int:
        sent.append(url)
        if len(sent) < 3:
            raise ConnectionError(url)
        return 200

    async def run() -> None:
        partners = Partners(URLS[:1], send, pause=0.001)
        partners.start_cleaner(every=60)
        partners.announce(ITEM)
        await _until(sent, 3)
        await partners.close()

    asyncio.run(run())
    assert sent == [URLS[0]] * 3
