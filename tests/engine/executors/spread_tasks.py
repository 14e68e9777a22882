"""Tasks for the tests of executors: they count what they were asked, and do as they are told."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from fixaudit.errors import FixauditError
from fixaudit.executors.stamp import stamp
from fixaudit.model.task import SharedPath, Stamp


@dataclass(frozen=True, slots=True)
class Words:
    """Its value is its words in capitals.

    `deadly` words end the process that comes to them, in `times` attempts at most, counted by files
    in `folder`; each start of the task leaves one there, too. `raises` raises.
    """

    words: tuple[str, ...]
    folder: str
    deadly: tuple[str, ...] = ()
    times: int = 99
    raises: str = ""
    stamp: Stamp = field(default_factory=lambda: stamp("test"))

    @property
    def key(self) -> str:
        return sha256(repr(self.words).encode()).hexdigest()

    @property
    def tree(self) -> SharedPath:
        return SharedPath(self.folder)

    def run(self) -> tuple[str, ...]:
        noted(self.folder, f"start {'-'.join(self.words)} {os.getpid()}")
        if self.raises == "own":
            raise FixauditError("words.py:3: these are no words; say others")
        if self.raises:
            raise ValueError("no words\nand a second line")
        for word in self.words:
            if word in self.deadly and noted(self.folder, f"kill {word}") < self.times:
                os.kill(os.getpid(), signal.SIGKILL)
        return tuple(word.upper() for word in self.words)

    def parts(self) -> tuple[Words, ...]:
        if len(self.words) < 2:
            return ()
        half = len(self.words) // 2
        return tuple(replace(self, words=part) for part in (self.words[:half], self.words[half:]))

    def joined(self, values: tuple[Any, ...]) -> tuple[str, ...]:
        return tuple(word for value in values for word in value)

    def failed(self, reason: str) -> tuple[str, ...]:
        return (f"{self.words[0]}: {reason}",)


def noted(folder: str, what: str) -> int:
    """Leave a file in the folder; how often this was noted before."""
    number = 0
    while True:
        try:
            os.close(os.open(os.path.join(folder, f"{what} {number}"), os.O_CREAT | os.O_EXCL))
            return number
        except FileExistsError:
            number += 1


def starts(folder: str, words: str) -> int:
    """How often a task with these words, joined by `-`, was started."""
    return sum(name.startswith(f"start {words} ") for name in os.listdir(folder))
