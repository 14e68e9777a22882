"""How much memory codemods may take in a process that does nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MEMORY = 3_000_000_000
"""Bytes of address space: a codemod that eats memory gets an error in place of the whole machine."""


def limit_memory() -> None:
    """Limit this process from now on."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))


@contextmanager
def limited_memory() -> Iterator[None]:
    """Limit this process during the body: what it does next may need more.

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
    limit_memory()
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
