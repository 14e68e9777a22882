"""What is being done right now: told to whoever must name the culprit of a hang, or add up times."""

from __future__ import annotations

import mmap
import struct
import time
from collections import defaultdict

SIZE = 256
_NUMBER = struct.Struct("@q")
_BEGAN = struct.Struct("@d")
_LENGTH = _NUMBER.size + _BEGAN.size
_NAME = _LENGTH + 1
_NOTHING = -1


class Watch:
    """The file and codemod at work, in memory that a parent process can share, and times by step."""

    def __init__(self) -> None:
        self._memory: mmap.mmap | bytearray = bytearray(SIZE)
        clear(self._memory)
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
        # Another process may read at any moment: a file must never stand beside a time that is not
        # its own. So the time comes first, and each at one stroke: `pack_into` writes zeros before.
        self._memory[_NUMBER.size : _LENGTH] = _BEGAN.pack(time.monotonic())
        self._memory[_LENGTH] = 0
        self._memory[: _NUMBER.size] = _NUMBER.pack(number)

    def step(self, name: str) -> None:
        """A codemod, or a step such as `parse`, begins."""
        text = name.encode()[: SIZE - _NAME]
        self._memory[_LENGTH] = len(text)
        self._memory[_NAME : _NAME + len(text)] = text
        if self._since is not None:
            now = time.perf_counter()
            self.seconds[self._step] += now - self._since
            self._since, self._step = now, name

    @property
    def at(self) -> str:
        return read(self._memory)[2]


def clear(memory: mmap.mmap | bytearray) -> None:
    """Let shared memory say that no file is worked on, before anybody reads it."""
    memory[: _NUMBER.size] = _NUMBER.pack(_NOTHING)


def read(memory: mmap.mmap | bytearray) -> tuple[int, float, str]:
    """The file's number, when work on it began (`time.monotonic`), and the step it is at."""
    (number,) = _NUMBER.unpack_from(memory)
    (began,) = _BEGAN.unpack_from(memory, _NUMBER.size)
    name = bytes(memory[_NAME : _NAME + memory[_LENGTH]])
    return number, began, name.decode("utf-8", "replace")


WATCH = Watch()
