"""The language model client and what is built on it."""

from __future__ import annotations

import asyncio
import logging

import pytest

from catalog.cache import MemoryCache
from catalog.core import Settings
from catalog.enrichment import CompletionClient, Describer, ProviderError, RateLimited, Tagger
from catalog.models import Item
from fakes import FakeTransport


def films(count: int) -> list[Item]:
    return [
        Item(id=str(number), source="acme", external_id=str(number), title=f"Film {number}")
        for number in range(count)
    ]


def make_client(
    transport: FakeTransport, settings: Settings
) -> tuple[CompletionClient, list[float]]:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return CompletionClient(transport, settings, sleep), waits


def test_complete_sends_key_and_timeout(transport: FakeTransport, settings: Settings) -> None:
    client, _ = make_client(transport, settings)
    assert asyncio.run(client.complete("hello ")) == "HELLO"
    assert transport.calls[0]["headers"] == {"Authorization": "Bearer k-123"}
    assert transport.calls[0]["timeout"] == 20.0
    assert client.tokens_used == 3


def test_a_provider_without_a_key_field_gets_no_header(transport: FakeTransport) -> None:
    client, _ = make_client(transport, Settings(llm_provider="local"))
    asyncio.run(client.complete("hello"))
    assert transport.calls[0]["headers"] == {}


def test_complete_waits_out_the_rate_limit(transport: FakeTransport, settings: Settings) -> None:
    client, waits = make_client(transport, settings)
    transport.failures = [RateLimited("slow", 2.0), RateLimited("slow", 4.0)]
    assert asyncio.run(client.complete("hello")) == "HELLO"
    assert waits == [2.0, 4.0]


def test_complete_gives_up(transport: FakeTransport, settings: Settings) -> None:
    client, waits = make_client(transport, settings)
    transport.failures = [RateLimited("slow", 1.0) for _ in range(9)]
    with pytest.raises(RateLimited):
        asyncio.run(client.complete("hello"))
    assert len(waits) == settings.llm_max_retries


def test_no_attempt_at_all_is_an_error(transport: FakeTransport) -> None:
    client, _ = make_client(transport, Settings(llm_max_retries=-1))
    with pytest.raises(RuntimeError, match="No attempt was made"):
        asyncio.run(client.complete("hello"))


def test_the_providers_answer_is_logged(
    transport: FakeTransport, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    client, _ = make_client(transport, settings)
    transport.failures = [ProviderError("HTTP 400", body="prompt too long")]
    with caplog.at_level(logging.ERROR, logger="catalog"), pytest.raises(ProviderError):
        asyncio.run(client.complete("hello"))
    assert "prompt too long" in caplog.messages[0]


def test_describe_all_in_order(transport: FakeTransport, settings: Settings) -> None:
    client, _ = make_client(transport, settings)
    describer = Describer(client, MemoryCache(), settings)
    found = asyncio.run(describer.describe_all(films(9)))
    assert [description.item_id for description in found] == [str(n) for n in range(9)]
    # Each event loop is a fresh start: a second request must not trip over the first.
    assert asyncio.run(describer.describe_all(films(9)))[0].cached
    assert asyncio.run(describer.describe_all([])) == []


def test_a_failed_batch_is_counted(transport: FakeTransport, settings: Settings) -> None:
    client, _ = make_client(transport, settings)
    describer = Describer(client, MemoryCache(), settings)
    transport.broken_word = "Film 2"
    batches = [[film] for film in films(5)]
    sentences, failed = asyncio.run(describer.summarise(batches))
    assert failed == 1
    assert [sentence[-6:] for sentence in sentences] == ["FILM 0", "FILM 1", "FILM 3", "FILM 4"]


def test_tagger_stays_below_its_limit(transport: FakeTransport) -> None:
    settings = Settings(llm_max_concurrent_calls=2)
    client, _ = make_client(transport, settings)
    tags = asyncio.run(Tagger(client, settings).tag_all(films(8)))
    assert len(tags) == 8
    assert any("english" in tag for tag in tags[0])
    assert any("french" in tag for tag in tags[0])
    # Two items at a time, two languages each.
    assert transport.peak <= 4
