"""What is being done right now: told to whoever must name the culprit of a hang, or add up times."""

from __future__ import annotations

import mmap
import struct
import time
from collections import defaultdict

SIZE = 256
_HEAD = struct.Struct("=qdB")


class Watch:
    """The file and codemod at work, in memory that a parent process can share, and times by step."""

    def __init__(self) -> None:
        self._memory: mmap.mmap | bytearray = bytearray(SIZE)
        self._since: float | None = None
        self._step = "start"
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def share(self, memory: mmap.mmap) -> None:
        """Tell it in `memory`, of SIZE bytes, from now on."""
        self._memory = memory

    def measure(self) -> None:
        """Add up `seconds` by step from now on."""
        self._since = time.perf_counter()

    def file(self, number: int) -> None:
        """Work on a file begins; -1 stands for none."""
        _HEAD.pack_into(self._memory, 0, number, time.monotonic(), 0)

    def step(self, name: str) -> None:
        """A codemod, or a step such as `parse`, begins."""
        text = name.encode()[: SIZE - _HEAD.size]
        self._memory[_HEAD.size - 1] = len(text)
        self._memory[_HEAD.size : _HEAD.size + len(text)] = text
        if self._since is not None:
            now = time.perf_counter()
            self.seconds[self._step] += now - self._since
            self._since, self._step = now, name

    @property
    def at(self) -> str:
        return read(self._memory)[2]


def read(memory: mmap.mmap | bytearray) -> tuple[int, float, str]:
    """The file's number, when work on it began (`time.monotonic`), and the step it is at."""
    number, began, length = _HEAD.unpack_from(memory, 0)
    return number, began, bytes(memory[_HEAD.size : _HEAD.size + length]).decode("utf-8", "replace")


WATCH = Watch()
