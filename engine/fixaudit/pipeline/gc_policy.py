"""When cyclic garbage is looked for: Python's own pace triples the time of parsing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# What a codemod and the index let go of they untie, so little is left that only a collection finds.
_BYTES_BETWEEN = 64_000_000
_FULL_EVERY = 16


class Collector:
    """Collects after so many bytes of parsed text in place of so many new objects."""

    def __init__(self) -> None:
        self._parsed = 0
        self._times = 0

    def count(self, parsed: int) -> None:
        """Say that a text of `parsed` bytes was looked at and is done with."""
        self._parsed += parsed
        if self._parsed >= _BYTES_BETWEEN and not gc.isenabled():
            self._parsed = 0
            # What outlived one collection is the index's, for the most part: seldom looked through.
            self._times += 1
            gc.collect(2 if self._times % _FULL_EVERY == 0 else 0)

    @contextmanager
    def rare(self) -> Iterator[None]:
        """Within it, nothing but `count` starts a collection."""
        was_enabled = gc.isenabled()
        gc.disable()
        # What stands here by now, modules for the most part, is not looked through again.
        gc.freeze()
        try:
            yield
        finally:
            gc.unfreeze()
            if was_enabled:
                gc.enable()
