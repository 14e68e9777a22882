"""What the inlined helper of bounded-gather does when it runs: nothing but bounding."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import pytest

from fixaudit_codemods.concurrency.bounded_gather._helper_function import HELPER

Bounded = Callable[[Iterable[Awaitable[Any]], int], Iterable[Awaitable[Any]]]


@pytest.fixture(name="bounded")
def _bounded() -> Bounded:
    text = HELPER.format(
        name="bounded", t="T", asyncio="asyncio", iterable="Iterable", awaitable="Awaitable"
    )
    names: dict[str, Any] = {
        "asyncio": asyncio,
        "Iterable": Iterable,
        "Awaitable": Awaitable,
        "T": TypeVar("T"),
    }
    exec(text, names)
    made: Bounded = names["bounded"]
    return made


class Meter:
    """Counts how many calls are under way, and in which order they began."""

    def __init__(self) -> None:
        self.running = self.peak = 0
        self.begun: list[int] = []

    async def work(self, number: int) -> int:
        self.begun.append(number)
        self.running += 1
        self.peak = max(self.peak, self.running)
        for _ in range(1 + number % 3):
            await asyncio.sleep(0)
        self.running -= 1
        if number == 7:
            raise ValueError(number)
        return number


def test_order_limit_and_exceptions(bounded: Bounded) -> None:
    async def main() -> tuple[list[Any], Meter]:
        meter = Meter()
        calls = (meter.work(number) for number in range(40))
        return await asyncio.gather(*bounded(calls, 4), return_exceptions=True), meter

    for _ in range(2):  # a second event loop is as good as the first
        results, meter = asyncio.run(main())
        assert [repr(item) for item in results] == [
            "ValueError(7)" if number == 7 else repr(number) for number in range(40)
        ]
        assert meter.peak == 4
        assert meter.begun == list(range(40))


def test_the_first_exception_is_raised(bounded: Bounded) -> None:
    async def main() -> None:
        await asyncio.gather(*bounded([Meter().work(number) for number in range(20)], 3))

    with pytest.raises(ValueError, match="7"):
        asyncio.run(main())


def test_nested_calls_do_not_wait_for_each_other(bounded: Bounded) -> None:
    async def inner(number: int) -> int:
        return sum(await asyncio.gather(*bounded([asyncio.sleep(0, number)], 1)))

    async def main() -> list[int]:
        return await asyncio.gather(*bounded([inner(number) for number in range(5)], 1))

    async def some_turns() -> list[int]:
        task = asyncio.ensure_future(main())
        for _ in range(1000):
            await asyncio.sleep(0)
        assert task.done(), "the calls wait for each other"
        return task.result()

    assert asyncio.run(some_turns()) == [0, 1, 2, 3, 4]


def test_what_is_cancelled_before_its_turn_is_closed(bounded: Bounded) -> None:
    async def main() -> None:
        never = asyncio.Event()
        gathered = asyncio.gather(*bounded([never.wait() for _ in range(10)], 2))
        for _ in range(10):
            await asyncio.sleep(0)
        gathered.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gathered

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        asyncio.run(main())
        gc.collect()
    assert [str(entry.message) for entry in seen] == []


def test_futures_are_awaited_as_they_are(bounded: Bounded) -> None:
    async def main() -> list[int]:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        future.set_result(3)
        return await asyncio.gather(*bounded([future, future], 1))

    assert asyncio.run(main()) == [3, 3]
