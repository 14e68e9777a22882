"""What is being done right now: told to whoever must name the culprit of a hang, or add up times."""

from __future__ import annotations

import mmap
import struct
import time
from collections import defaultdict
from typing import NamedTuple

SIZE = 256
_NUMBER = struct.Struct("@q")
_BEGAN = struct.Struct("@d")
_LENGTH = _NUMBER.size + _BEGAN.size
_IS_CODEMOD = _LENGTH + 1
_NAME = _IS_CODEMOD + 1
_NOTHING = -1


class AtWork(NamedTuple):
    """The file's number (-1 for none), the step it is at, and when that began (`time.monotonic`)."""

    number: int
    began: float
    step: str
    is_codemod: bool

    @property
    def codemod(self) -> str | None:
        """The codemod at work; None in any other step."""
        return self.step if self.is_codemod else None


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

    def step(self, name: str, *, is_codemod: bool = False) -> None:
        """A codemod, or a step such as `parse`, begins."""
        text = name.encode("utf-8", "replace")[: SIZE - _NAME]
        # A reader must not find the old time beside the new name.
        self._memory[_NUMBER.size : _LENGTH] = _BEGAN.pack(time.monotonic())
        self._memory[_IS_CODEMOD] = is_codemod
        self._memory[_NAME : _NAME + len(text)] = text
        self._memory[_LENGTH] = len(text)
        if self._since is not None:
            now = time.perf_counter()
            self.seconds[self._step] += now - self._since
            self._since, self._step = now, name

    @property
    def at(self) -> str:
        """The codemod or step at work."""
        return read(self._memory).step

    @property
    def codemod(self) -> str | None:
        """The codemod at work; None in any other step."""
        return read(self._memory).codemod


def clear(memory: mmap.mmap | bytearray) -> None:
    """Let shared memory say that no file is worked on, before anybody reads it."""
    memory[: _NUMBER.size] = _NUMBER.pack(_NOTHING)


def read(memory: mmap.mmap | bytearray) -> AtWork:
    """What is being done, as the memory says it."""
    (number,) = _NUMBER.unpack_from(memory)
    (began,) = _BEGAN.unpack_from(memory, _NUMBER.size)
    name = bytes(memory[_NAME : _NAME + memory[_LENGTH]]).decode("utf-8", "replace")
    return AtWork(number, began, name, bool(name) and bool(memory[_IS_CODEMOD]))


WATCH = Watch()
