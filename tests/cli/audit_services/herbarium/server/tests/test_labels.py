"""The selection of sheets, and the work behind it."""

from __future__ import annotations

import asyncio
import json

import pytest

from herbarium import catalog_client, coordination, tasks
from herbarium.label_utils import Sheet, auto_select_sheets
from herbarium.llm import RateLimited, complete_with_backoff


class Reader:
    """A model that names each sheet whose label says 1887."""

    def __init__(self) -> None:
        self.prompts = 0

    async def complete(self, prompt: str) -> str:
        self.prompts += 1
        await asyncio.sleep(0)
        if "broken" in prompt:
            raise ConnectionError("the model is away")
        rows = [line.split("\t") for line in prompt.splitlines()[2:]]
        return json.dumps([row[0] for row in rows if "1887" in row[2]])


def sheets(count: int) -> list[Sheet]:
    return [Sheet(f"s{n}", "Tirol 1887" if n % 2 else "Krain 1901") for n in range(count)]


def test_sheets_are_selected_in_their_order() -> None:
    reader = Reader()
    found = asyncio.run(auto_select_sheets(reader, "Which are from 1887?", sheets(45)))
    assert found == [f"s{n}" for n in range(1, 45, 2)]
    assert reader.prompts == 3


def test_a_batch_that_fails_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    given = [*sheets(20), Sheet("x", "broken 1887"), Sheet("s21", "Tirol 1887")]
    found = asyncio.run(auto_select_sheets(Reader(), "Which are from 1887?", given))
    assert found == [f"s{n}" for n in range(1, 20, 2)]
    assert "Batch 2 failed" in caplog.text


def test_a_busy_model_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy:
        tries = 0

        async def complete(self, prompt: str) -> str:
            self.tries += 1
            if self.tries < 3:
                raise RateLimited
            return "[]"

    async def no_pause(seconds: float) -> None:
        return None

    monkeypatch.setattr("herbarium.llm.asyncio.sleep", no_pause)
    busy = Busy()
    assert asyncio.run(complete_with_backoff(busy, "?")) == "[]"
    assert busy.tries == 3


def test_the_last_photo_finishes_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    updates: list[tuple[str, str]] = []
    monkeypatch.setattr(tasks.catalog, "transcribe", lambda photo: f"text of {photo}", raising=False)
    monkeypatch.setattr(
        tasks.catalog, "update_item", lambda kind, key, values: updates.append((kind, key))
    )
    assert [coordination.increment_pending("s1") for _ in range(2)] == [1, 2]
    tasks.task_transcribe_photo("p1", "s1")
    assert tasks.task_finish_sheet.sent == []
    tasks.task_transcribe_photo("p2", "s1")
    assert tasks.task_finish_sheet.sent == ["s1"]
    assert coordination.pending("s1") == 0
    assert coordination.decrement_pending("s1") == 0
    assert updates == [("photo", "p1"), ("photo", "p2")]


def test_the_catalogue_is_asked_with_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    class Answer:
        status_code = 200

        def json(self) -> dict[str, object]:
            return {"data": [{"id": 1}]}

    def request(method: str, url: str, **options: object) -> Answer:
        asked.append({"method": method, "url": url, **options})
        return Answer()

    monkeypatch.setattr("requests.request", request)
    client = catalog_client.CatalogClient("https://catalog.test/", "t")
    assert client.get_items("photo", {"sheet_id": "s"}) == [{"id": 1}]
    assert asked[0]["url"] == "https://catalog.test/items/photo"
    assert asked[0]["headers"] == {"Authorization": "Bearer t"}
    assert asked[0]["timeout"] == 20
