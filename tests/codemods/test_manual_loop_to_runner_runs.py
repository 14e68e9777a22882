"""Loops made by hand and the runner in their place, run: same answers, one loop, nothing left behind."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.concurrency.manual_loop_to_runner.codemod import ManualLoopToRunner

SERVICE = """\
import asyncio

ended = []


async def forever():
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("task")


async def numbers():
    try:
        yield 1
        yield 2
    finally:
        ended.append("generator")


async def first():
    asyncio.get_running_loop().left = [asyncio.create_task(forever()), numbers()]
    await asyncio.sleep(0)
    return await anext(asyncio.get_running_loop().left[1]), id(asyncio.get_running_loop())


async def fail():
    raise KeyError("no such row")


def run():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        one = loop.run_until_complete(first())
        two = loop.run_until_complete(first())
        return one, two
    finally:
        loop.close()


def run_failing():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(fail())
    except KeyError as error:
        return error.args[0]
    finally:
        loop.close()
"""


def rewritten() -> str:
    source = Source("pkg/service.py", SERVICE.encode(), target_version=(3, 11))
    outcome = process(source, Plan([ManualLoopToRunner()], unsafe=True))
    assert isinstance(outcome, Changed)
    text = outcome.after.decode()
    assert text.count("asyncio.Runner()") == 2
    return text


def in_thread(text: str, name: str) -> tuple[Any, list[str]]:
    """What a function gives in a thread of its own, and what had ended by then."""
    names: dict[str, Any] = {}
    exec(compile(text, "service.py", "exec"), names)
    found: list[Any] = []

    def run() -> None:
        found.append(names[name]())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0], list(names["ended"])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_runner_keeps_one_loop_and_ends_what_is_left() -> None:
    (one, two), ended = in_thread(SERVICE, "run")
    assert one == two
    assert "task" not in ended
    gc.collect()
    (one, two), ended = in_thread(rewritten(), "run")
    assert one == two
    assert sorted(ended) == ["generator", "generator", "task", "task"]


def test_handlers_see_the_same() -> None:
    assert in_thread(SERVICE, "run_failing") == in_thread(rewritten(), "run_failing")


def test_within_a_running_loop_both_refuse() -> None:
    for text in (SERVICE, rewritten()):
        names: dict[str, Any] = {}
        exec(compile(text, "service.py", "exec"), names)

        async def main(names: dict[str, Any] = names) -> None:
            with pytest.raises(RuntimeError):
                names["run_failing"]()

        asyncio.run(main())
        gc.collect()
