"""Runs one command and tells what it took: seconds on the wall and of the processor, and memory."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

Command = Sequence[str | Path]

_MOST_SAID = 2000


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of a command, its children and theirs; `memory` is the largest process, in MB.

    Memory is never told as less than this process itself has, for a moment the two are one. `said`
    is the end of what it wrote to stderr.
    """

    wall: float
    processor: float
    memory: float
    code: int
    timed_out: bool = False
    said: str = ""


@dataclass(slots=True)
class Row:
    """A command's runs, and those of the command it is compared with, taken in turns with it."""

    name: str
    samples: list[Sample] = field(default_factory=list)
    rival: list[Sample] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """How many times the rival's median time on the wall it took."""
        if not self.rival or self.timed_out:
            return None
        return median_wall(self.samples) / median_wall(self.rival)

    @property
    def processor(self) -> float:
        return statistics.median(sample.processor for sample in self.samples)

    @property
    def memory(self) -> float:
        return max(sample.memory for sample in self.samples)

    @property
    def timed_out(self) -> bool:
        return any(sample.timed_out for sample in self.samples)

    @property
    def code(self) -> int:
        return self._worst.code

    @property
    def failure(self) -> str | None:
        """How a run ended that neither went well nor ended with findings, and what it said."""
        worst = self._worst
        if worst.code in (0, 1) or self.timed_out:
            return None
        said = [f"    {line}" for line in worst.said.splitlines()]
        head = f"{self.name}: ended with exit code {worst.code}."
        return "\n".join([head, "", *said] if said else [head])

    @property
    def _worst(self) -> Sample:
        return max(self.samples, key=lambda sample: abs(sample.code))


def median_wall(samples: Sequence[Sample]) -> float:
    return statistics.median(sample.wall for sample in samples)


def timed(
    command: Command, folder: Path, *, timeout: float | None = None, path: str | None = None
) -> Sample:
    """Run a command in a folder to its end, or kill it and what it started after `timeout`."""
    late = threading.Event()
    with open(os.devnull, "r+b") as nowhere, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env=environment() | ({"PATH": path} if path else {}),
            stdin=nowhere,
            stdout=nowhere,
            stderr=errors,
            start_new_session=True,
        )

        def stop() -> None:
            late.set()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(timeout or 0, stop)
        if timeout is not None:
            timer.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            timer.cancel()
        wall = time.perf_counter() - started
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - _MOST_SAID))
        said = errors.read().decode("utf-8", "replace")
    process.returncode = os.waitstatus_to_exitcode(status)
    # What the system calls the largest so far is of this command alone: each has its own record.
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    memory = used.ru_maxrss / unit
    processor = used.ru_utime + used.ru_stime
    return Sample(wall, processor, memory, process.returncode, late.is_set(), said)


def environment() -> dict[str, str]:
    """This process's own, but compiled modules are kept, as they are wherever a tool is installed."""
    kept = dict(os.environ)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def in_turns(
    name: str,
    command: Command,
    rival: Command | None,
    folder: Path,
    repeat: int,
    before: Callable[[], object] | None = None,
) -> Row:
    """Both commands, one after the other, so that what else the machine does hits both alike."""
    row = Row(name)
    for _ in range(repeat):
        if before is not None:
            before()
        row.samples.append(timed(command, folder))
        if rival is not None:
            row.rival.append(timed(rival, folder))
    print(f"{name}: {median_wall(row.samples):.2f} s", file=sys.stderr)
    return row
