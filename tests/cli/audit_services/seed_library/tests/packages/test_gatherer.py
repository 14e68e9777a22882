"""All registers side by side, each over a stand-in."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from seed_gathering.gatherer import RegisterGatherer
from test_flora import Answer, Session


class WikiSession:
    def __init__(self, status: int = 200, body: dict[str, Any] | None = None) -> None:
        self.answer = Answer(status, {"title": "Bean"} if body is None else body)
        self.timeouts: list[Any] = []

    def get(self, url: str, timeout: Any = None) -> Answer:
        self.timeouts.append(timeout)
        return self.answer


@pytest.fixture
def flora(monkeypatch: pytest.MonkeyPatch) -> Session:
    session = Session()
    monkeypatch.setattr(
        "seed_gathering.gatherer.http_sessions.get_aiohttp_session", lambda register: session
    )
    return session


def gathered(tmp_name: str, wiki: WikiSession) -> dict[str, Any]:
    gatherer = RegisterGatherer(wiki)
    return asyncio.run(gatherer.gather({"flora": tmp_name, "wiki": "Bean", "arbor": "17"}))


def test_the_answers_are_put_together(
    flora: Session, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    wiki = WikiSession()
    found = gathered("T1", wiki)
    assert found["wiki"] == {"title": "Bean"}
    assert found["arbor"] == {"number": 17}
    assert [entry["harvest"] for entry in found["flora"]["harvests"]] == [1, 2]
    assert flora.closed
    assert wiki.timeouts[0] > 0


def test_a_register_that_fails_is_left_out(
    flora: Session, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with caplog.at_level(logging.WARNING):
        found = gathered("T1", WikiSession(status=500))
    assert set(found) == {"flora", "arbor"}
    assert "Register wiki returned an empty result" in caplog.text
