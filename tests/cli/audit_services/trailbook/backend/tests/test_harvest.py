"""The harvest, its sources, its queue."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from trailbook.background.runner import Job, JobRunner, JobStatus
from trailbook.harvest.jobs.refresh import HarvestScheduler
from trailbook.harvest.services.refresh_service import RefreshReport, RefreshService
from trailbook.harvest.sources import (
    HutRegisterSource,
    WaymarksCatalogSource,
    WaymarksConditionsSource,
)
from trailbook.harvest.worker import HarvestWorker

ANSWERS = {
    "/trails": [{"id": 1, "name": " Ridge walk ", "length": 14500}],
    "/conditions": [{"id": 1, "state": "closed"}],
    "/v2/huts": [{"number": "A-7", "name": "Upper hut", "beds": "24"}],
}


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=ANSWERS[request.url.path])


def service() -> RefreshService:
    transport = httpx.MockTransport(answer)
    return RefreshService(
        WaymarksCatalogSource("https://waymarks.test/", transport),
        WaymarksConditionsSource("https://waymarks.test", transport),
        HutRegisterSource("https://huts.test/v2", transport),
    )


def test_a_source_answers_without_a_loop() -> None:
    huts = HutRegisterSource("https://huts.test/v2", httpx.MockTransport(answer))
    hut = huts.fetch_hut("A-7")
    assert hut is not None
    assert hut.beds == 24
    assert huts.fetch_hut("") is None


def test_a_harvest_within_a_loop() -> None:
    harvest = service()
    assert asyncio.run(harvest.refresh()) == RefreshReport(trails=1, closed=1, huts=1)
    known = harvest.known("1")
    assert known is not None
    assert known.title == "Ridge walk"


def test_the_worker_survives_a_source_that_is_away() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(502)

    broken = httpx.MockTransport(refuse)
    worker = HarvestWorker(
        RefreshService(
            WaymarksCatalogSource("https://waymarks.test", broken),
            WaymarksConditionsSource("https://waymarks.test", broken),
            HutRegisterSource("https://huts.test/v2", broken),
        )
    )
    asyncio.run(worker.run_once())
    assert worker.last is None


def test_the_worker_harvests_when_it_is_asked() -> None:
    async def scenario() -> RefreshReport | None:
        worker = HarvestWorker(service())
        task = asyncio.create_task(worker.run())
        worker.ask()
        while worker.last is None:
            await asyncio.sleep(0)
        worker.stop()
        await task
        return worker.last

    assert asyncio.run(scenario()) == RefreshReport(1, 1, 1)


def test_jobs_run_one_after_the_other(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> list[JobStatus | None]:
        runner = JobRunner()
        ran: list[str] = []

        async def good() -> None:
            ran.append("good")

        async def bad() -> None:
            raise LookupError("no such trail")

        ids = [await runner.enqueue(Job("bad", bad)), await runner.enqueue(Job("good", good))]
        await runner.start()
        await runner.drain()
        await runner.stop()
        assert ran == ["good"]
        return [runner.status(job) for job in ids]

    assert asyncio.run(scenario()) == [JobStatus.FAILED, JobStatus.DONE]
    assert "Job bad failed" in caplog.text


def test_the_scheduler_stops() -> None:
    async def scenario() -> None:
        scheduler = HarvestScheduler(JobRunner(), 3600)
        scheduler.start()
        await scheduler.stop()

    asyncio.run(scenario())
