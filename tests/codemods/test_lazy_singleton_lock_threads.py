"""Threads that ask for a lazy module global at once: before the edit each builds one, after it one does."""

from __future__ import annotations

import threading
from typing import Any

from fixaudit.model.outcome import Changed
from fixaudit.pipeline.pipeline import Plan, process
from fixaudit.source.source import Source
from fixaudit_codemods.concurrency.lazy_singleton_lock.codemod import LazySingletonLock

EARLY = """\
import threading

_client = None


def get_client(make):
    global _client
    if _client is not None:
        return _client
    _client = make()
    return _client
"""
READY_LATE = """\
import threading

_client = None


def get_client(make):
    global _client
    if _client is None:
        _client = make()
        _client.connect()
    return _client
"""
AT_ONCE = 2


class Arrivals:
    """Counts the threads that build, or stand before the lock."""

    def __init__(self) -> None:
        self._all_there = threading.Barrier(AT_ONCE)

    def wait(self) -> None:
        self._all_there.wait()


class Lock:
    """The lock of the edit; a thread that comes to it and the one that builds meet first."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        if self._lock.acquire(blocking=False):
            return
        self._arrivals.wait()
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()


class Client:
    """Builds until the other thread builds too, or waits for the lock."""

    def __init__(self, arrivals: Arrivals) -> None:
        self.connected = False
        arrivals.wait()

    def connect(self) -> None:
        self.connected = True


def rewritten(text: str) -> str:
    outcome = process(Source("pkg/clients.py", text.encode()), Plan([LazySingletonLock()]))
    assert isinstance(outcome, Changed)
    return outcome.after.decode()


def clients(text: str) -> list[Any]:
    """What each of some threads gets that call the getter at once."""
    names: dict[str, Any] = {}
    exec(compile(text, "clients.py", "exec"), names)
    arrivals = Arrivals()
    if "_client_lock" in names:
        names["_client_lock"] = Lock(arrivals)
    found: list[Any] = []

    def ask() -> None:
        client = names["get_client"](lambda: Client(arrivals))
        found.append((client, client.connected))

    threads = [threading.Thread(target=ask) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_threads_get_one_object() -> None:
    assert len({id(client) for client, _ in clients(EARLY)}) == AT_ONCE
    assert len({id(client) for client, _ in clients(rewritten(EARLY))}) == 1


def test_nobody_sees_an_object_that_is_not_ready() -> None:
    found = clients(rewritten(READY_LATE))
    assert len({id(client) for client, _ in found}) == 1
    assert all(connected for _, connected in found)
