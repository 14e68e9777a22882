"""Code that reports advise and that would do harm: told beside what is edited."""

from __future__ import annotations

import asyncio
from urllib.parse import urlparse

import pytest

from fixaudit.source.source import Source
from fixaudit_codemods.concurrency.keep_task_reference.codemod import KeepTaskReference
from fixaudit_codemods.logs.redact_url_in_logs.codemod import RedactUrlInLogs

SANITIZED = """\
from urllib.parse import urlparse, urlunparse


def sanitized(url: str) -> str:
    parts = urlparse(url)
    return urlunparse(parts._replace({what}))
"""


@pytest.mark.parametrize(
    ("what", "harm"), [("password='***'", True), ("netloc='***'", False), ("**changed", False)]
)
def test_a_parsed_url_has_no_field_for_its_password(what: str, harm: bool) -> None:
    told = RedactUrlInLogs().objection(Source("a.py", SANITIZED.format(what=what).encode()))
    assert (told is not None) is harm
    if harm:
        with pytest.raises((ValueError, TypeError)):
            urlparse("redis://:secret@cache/0")._replace(password="***")  # type: ignore[call-arg]


CANCELLED = """\
import asyncio


def end(kept):
    for task in {tasks}:
        if task is not asyncio.current_task():
            task.{what}()
"""


@pytest.mark.parametrize(
    ("tasks", "what", "harm"),
    [
        ("asyncio.all_tasks()", "cancel", True),
        ("list(asyncio.all_tasks())", "cancel", True),
        ("kept", "cancel", False),
        ("asyncio.all_tasks()", "get_name", False),
    ],
)
def test_all_tasks_of_a_loop_are_not_the_programs_own(tasks: str, what: str, harm: bool) -> None:
    text = CANCELLED.format(tasks=tasks, what=what)
    told = KeepTaskReference().objection(Source("a.py", text.encode()))
    assert (told is not None) is harm


def test_what_all_tasks_gives_is_the_servers_too() -> None:
    async def shut_down() -> None:
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()

    async def serve() -> None:
        lifespan = asyncio.create_task(shut_down())  # as a server runs an application's shutdown
        await lifespan
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(serve())
