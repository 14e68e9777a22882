"""What rewritten coroutines do when they run: tasks live, loops go on, coroutines are awaited."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.concurrency.blocking_call_in_async.codemod import BlockingCallInAsync
from fixaudit_codemods.concurrency.keep_task_reference.codemod import KeepTaskReference
from fixaudit_codemods.concurrency.missing_await.codemod import MissingAwait

LOST = """\
import asyncio


class Waiter:
    def __init__(self):
        self.done = []
        self.answers = []

    async def work(self, number):
        # Nothing but the task itself refers to this future.
        future = asyncio.get_running_loop().create_future()
        self.answers.append(lambda: future.set_result(number))
        self.done.append(await future)

    def start(self):
        asyncio.create_task(self.work(1))
        asyncio.create_task(self.work(2)).add_done_callback(lambda _: self.done.append("second"))
"""
MANY = "import asyncio\n\n\nasync def start(work):\n" + "    asyncio.create_task(work())\n" * 150
BLOCKING = """\
import subprocess
import time


async def slow(command):
    time.sleep(0.05)
    return subprocess.run(
        command,
        check=True,
        capture_output=True,
    ).stdout[:2]
"""
FORGOTTEN = """\
class Store:
    def __init__(self):
        self.rows = []

    async def put(self, row):
        self.rows.append(row)

    async def is_empty(self):
        return not self.rows

    async def fill(self):
        if not self.is_empty():
            return "was full"
        self.put(1)
        return "filled"
"""


def _rewritten(codemod: Codemod, text: str) -> dict[str, Any]:
    outcome = process(Source("pkg/service.py", text.encode()), Plan([codemod], unsafe=True))
    assert isinstance(outcome, Changed)
    names: dict[str, Any] = {}
    exec(compile(outcome.after, "service.py", "exec"), names)
    return names


def test_a_task_is_kept_until_it_is_done_and_no_longer() -> None:
    module = _rewritten(KeepTaskReference(), LOST)
    waiter = module["Waiter"]()

    async def run() -> None:
        waiter.start()
        await asyncio.sleep(0)
        gc.collect()
        assert len(module["_background_tasks"]) == 2
        for answer in waiter.answers:
            answer()
        for _ in range(10):
            await asyncio.sleep(0)

    asyncio.run(run())
    assert waiter.done == [1, 2, "second"]
    assert module["_background_tasks"] == set()


def test_each_of_many_tasks_of_one_function_gets_a_name_of_its_own() -> None:
    module = _rewritten(KeepTaskReference(), MANY)
    ended: list[int] = []

    async def work() -> None:
        ended.append(1)

    async def run() -> None:
        await module["start"](work)
        assert len(module["_background_tasks"]) == 150
        await asyncio.gather(*module["_background_tasks"])

    asyncio.run(run())
    assert len(ended) == 150


def test_the_loop_goes_on_while_a_coroutine_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ticked")
    with (tmp_path / "ticked").open("r+b", buffering=0) as ticked:  # open for both: nobody waits
        slow = _rewritten(BlockingCallInAsync(), BLOCKING)["slow"]
        command = f"read line < '{tmp_path}/ticked'; echo ok"
        # The command ends only when the loop has come round so often.
        assert _ticks_while(slow, command, lambda tick: tick == 6 and ticked.write(b"on\n")) >= 6


def test_without_the_rewrite_the_loop_stands_still() -> None:
    async def slow(command: list[str]) -> bytes:
        return subprocess.run(command, check=True, capture_output=True).stdout[:2]

    assert _ticks_while(slow, "echo ok", lambda tick: None) == 0


def _ticks_while(
    slow: Callable[[list[str]], Any], command: str, on_tick: Callable[[int], object]
) -> int:
    """How often the loop comes round while `slow` runs a shell command that says ok."""
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1
            on_tick(ticks)

    async def run() -> bytes:
        ticking = asyncio.create_task(tick())
        await asyncio.sleep(0)
        answer: bytes = await slow(["sh", "-c", command])
        ticking.cancel()
        return answer

    assert asyncio.run(run()) == b"ok"
    return ticks


def test_what_was_forgotten_runs() -> None:
    store = _rewritten(MissingAwait(), FORGOTTEN)["Store"]()
    assert asyncio.run(store.fill()) == "filled"
    assert store.rows == [1]
    assert asyncio.run(store.fill()) == "was full"
