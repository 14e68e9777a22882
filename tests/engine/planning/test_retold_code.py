"""Code that a report retells: with its file in a comment above, and with what does not matter left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import write

from fixaudit.pipeline.runner import Request
from fixaudit.plan.quoted_code import Quoted, find
from fixaudit.plan.tree_findings import survey

RUNNER = '''\
"""Jobs."""

from __future__ import annotations

import asyncio
from ...auth.roles import require_role


class JobRunner:
    """Runs jobs."""

    def __init__(self, limit: int, name: str = "jobs") -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._limit = limit
        self._lock = asyncio.Lock()  # of the statuses

    async def put(self, job: str) -> None:
        async with self._lock:
            await self._queue.put(job)


default_runner = JobRunner(limit=5, name="default")
'''


def found(root: Path, code: str) -> list[Quoted]:
    write(root, {"app/runner.py": RUNNER})
    tree = survey(Request(paths=(root,), root=root, isolated=True)).tree
    return find(code, "app/runner.py", tree)


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("# runner.py:6\nfrom ...auth.roles import require_role  # deprecated", Quoted(6, 6, True)),
        ("# runner.py:13\nself._queue: asyncio.Queue[str] = asyncio.Queue()  # per worker", Quoted(13, 13, True)),
        (
            """# runner.py:12-15
class JobRunner:
    def __init__(self, ...):
        self._queue: asyncio.Queue[str] = asyncio.Queue()  # one
        self._lock = asyncio.Lock()  # per worker""",
            Quoted(9, 15, False, True),
        ),
        (
            """class JobRunner:
    def __init__(self, ...) -> None:
        self._lock = asyncio.Lock()

default_runner = JobRunner(
    limit=5,  # five
    name='default',
)""",
            Quoted(9, 22, False, True),
        ),
        ("async def put(...):\n    ...\n        await self._queue.put(job)  # may wait", Quoted(17, 19, True)),
    ],
)  # fmt: skip
def test_what_is_left_out_does_not_hide_what_stands_there(
    tmp_path: Path, code: str, place: Quoted
) -> None:
    assert found(tmp_path, code) == [place]


def test_code_in_another_order_is_not_retold(tmp_path: Path) -> None:
    code = "self._lock = asyncio.Lock()\nself._queue: asyncio.Queue[str] = asyncio.Queue()"
    assert [place for place in found(tmp_path, code) if place.retold] == []


def test_a_line_that_stands_there_no_more_makes_it_a_part(tmp_path: Path) -> None:
    code = (
        "# runner.py:13\nself._queue: asyncio.Queue[str] = asyncio.Queue()\n"
        "self._limit = limit\nself._statuses = {}"
    )
    assert found(tmp_path, code) == [Quoted(13, 14, False)]


def test_a_comment_alone_is_looked_for_as_it_is(tmp_path: Path) -> None:
    assert found(tmp_path, "# of the statuses") == [Quoted(15, 15, True)]
