"""A service before and after the edit, asked for real: the request beyond the limit answers 429."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.semantics.project import Project
from fixaudit.source.source import Source
from fixaudit_codemods.concurrency.adopt_rate_limiter.codemod import AdoptRateLimiter, Options

LIMIT = 3
UPLOADS = """\
import time

from fastapi import FastAPI, HTTPException

app = FastAPI()
_hits: dict[str, list[float]] = {}
LIMIT = 3


def check_rate_limit(name: str) -> bool:
    now = time.time()
    recent = [seen for seen in _hits.get(name, []) if now - seen < 3600]
    if len(recent) >= LIMIT:
        return False
    _hits[name] = [*recent, now]
    return True


@app.post("/uploads/{name}")
async def upload(name: str) -> str:
    if not check_rate_limit(name):
        raise HTTPException(status_code=429, detail="too many requests")
    return name
"""
LIMITER = """\
from fastapi import HTTPException

SHARED: dict[str, int] = {}


class SharedLimiter:
    def __init__(self, name: str, capacity: int) -> None:
        self.name = name
        self.capacity = capacity

    async def check(self, identifier: str) -> None:
        key = f"{self.name}:{identifier}"
        SHARED[key] = SHARED.get(key, 0) + 1
        if SHARED[key] > self.capacity:
            raise HTTPException(status_code=429)
"""
OPTIONS = Options(
    function="uploads.check_rate_limit",
    limiter='SharedLimiter("uploads", capacity=3)',
    limiter_import="shared_limits.SharedLimiter",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "uploads.py").write_text(UPLOADS)
    (tmp_path / "shared_limits.py").write_text(LIMITER)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("shared_limits", None)


def rewritten(folder: Path) -> str:
    path = folder / "uploads.py"
    source = Source(
        "uploads.py", path.read_bytes(), project=Project(folder), module="uploads", location=path
    )
    outcome = process(source, Plan([AdoptRateLimiter(OPTIONS)], unsafe=True))
    assert isinstance(outcome, Changed)
    return outcome.after.decode()


def answers(text: str) -> list[int]:
    """The status of one request more than two workers may get, asked in turn."""
    workers: list[Any] = []
    for _ in range(2):
        names: dict[str, Any] = {"__name__": "uploads"}
        exec(compile(text, "uploads.py", "exec"), names)
        workers.append(TestClient(names["app"]))
    return [workers[number % 2].post("/uploads/a").status_code for number in range(2 * LIMIT)]


def test_two_workers_share_the_limit_after_the_edit(folder: Path) -> None:
    assert answers(UPLOADS) == [200] * 6
    after = rewritten(folder)
    assert "check_rate_limit" not in after
    assert answers(after) == [200] * 3 + [429] * 3
