"""Harvests of the flora register, over a session that never leaves the process."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from seed_gathering.registers.flora import FloraHarvestFetcher


class Answer:
    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.body = body

    async def __aenter__(self) -> Answer:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def json(self) -> dict[str, Any]:
        return self.body


class Session:
    """Answers with the harvests it is given; 429 for those of `busy`, so many times each."""

    def __init__(self, busy: dict[int, int] | None = None) -> None:
        self.busy = busy or {}
        self.asked: list[int] = []
        self.closed = False

    def get(self, url: str, **_: object) -> Answer:
        harvest = int(url.rsplit("/", 1)[1])
        self.asked.append(harvest)
        if self.busy.get(harvest, 0) > 0:
            self.busy[harvest] -= 1
            return Answer(429, {})
        return Answer(200, {"harvest": harvest})

    async def close(self) -> None:
        self.closed = True


def fetched(session: Session, progress: Path, harvests: list[int]) -> list[int]:
    fetcher = FloraHarvestFetcher(session, str(progress), pause=0)
    found = asyncio.run(fetcher.fetch_all("T1", harvests))
    return [entry["harvest"] for entry in found]


def test_all_harvests_are_fetched_and_saved(tmp_path: Path) -> None:
    progress = tmp_path / "T1.json"
    assert fetched(Session(), progress, [1, 2]) == [1, 2]
    assert len(json.loads(progress.read_text())) == 2


def test_it_goes_on_where_it_was_broken_off(tmp_path: Path) -> None:
    progress = tmp_path / "T1.json"
    progress.write_text('[{"harvest": 1}]')
    session = Session()
    assert fetched(session, progress, [1, 2]) == [1, 2]
    assert session.asked == [2]


def test_a_busy_register_is_asked_again(tmp_path: Path) -> None:
    assert fetched(Session({1: 2}), tmp_path / "T1.json", [1]) == [1]


def test_it_gives_up(tmp_path: Path) -> None:
    session = Session({1: 3})
    assert fetched(session, tmp_path / "T1.json", [1, 2]) == [2]
    assert session.asked == [1, 1, 1, 2]


def test_turns_are_counted() -> None:
    fetcher = FloraHarvestFetcher(Session(), "unused.json", pause=0)
    assert (fetcher.max_requests_per_second, fetcher.max_requests_per_minute) == (3, 60)
