"""How much memory codemods may take in a process that does nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

MEMORY = 3_000_000_000
"""Bytes of address space: a codemod that eats memory gets an error in place of the whole machine."""


def limit_memory(beside: int = 0) -> None:
    """Limit this process from now on; `beside` are bytes that it may take besides."""
    import resource

    most = MEMORY + beside
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > most:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


@contextmanager
def limited_memory() -> Iterator[None]:
    """Limit what this process takes more during the body: what it does next may need more.

    In a thread nothing is limited: the others have a share in the memory.
    """
    try:
        import resource
    except ImportError:  # not on every system
        yield
        return
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    limit_memory(_taken())
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _taken() -> int:
    """The bytes of address space that this process has, where the system tells it.

    Those of a worker of somebody else's, such as Ray's, may be many by what it shares with others.
    """
    try:
        with open("/proc/self/statm", "rb") as file:
            pages = int(file.read().split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
