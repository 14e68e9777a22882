"""Run a project's own check under a time limit, end all that it starts, and keep its last lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fixaudit.errors import FixauditError
from fixaudit_cli.write.ledger import Ledger

_KEPT_BYTES = 64 * 1024
_GRACE = 2.0


class VerifyError(FixauditError):
    """The check cannot be started at all."""


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """How a run of the check ended.

    `returncode` is None where the time limit ended it; `seconds` is how long it took; `output` the
    last 64 KiB of stdout and stderr as they came.
    """

    returncode: int | None
    seconds: float
    output: str

    @property
    def red(self) -> bool:
        """True where the check failed, or did not end in time."""
        return self.returncode != 0

    @property
    def timed_out(self) -> bool:
        """True where the time limit ended it."""
        return self.returncode is None

    def tail(self, lines: int = 20) -> str:
        """The last `lines` lines of the output."""
        return "\n".join(self.output.rstrip().splitlines()[-lines:])


@dataclass(frozen=True, slots=True)
class VerifyRunner:
    """A shell command run in `folder`, for at most `timeout` seconds each time (None: no limit).

    `dependent` says of which package it is, and why that one is asked, where the run changes none of
    its files.
    """

    command: str
    folder: Path
    timeout: float | None = 600.0
    dependent: str | None = None

    def run(self) -> VerifyResult:
        """Run the command once; what it has started is gone when this returns.

        Reads nothing from the terminal. Raises VerifyError where there is no shell or folder; an
        exception that comes in between (Ctrl-C) ends the command first.
        """
        begun = time.monotonic()
        process = self._start()
        tail = _Tail(process)
        ended = False
        try:
            ended = _wait(process, self.timeout)
        finally:
            # Also after a good end: a server left behind would meet the next run.
            _end(process, ended)
        returncode = process.returncode if ended else None
        return VerifyResult(returncode, time.monotonic() - begun, tail.text())

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self.command,
                shell=True,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A .pyc is known by size and whole seconds: two trials in one second would share it.
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )
        except OSError as error:
            raise VerifyError(f"cannot run {self.command!r}: {error.strerror}") from error


def keep_result(ledger: Ledger, run: int, label: str, command: str, result: VerifyResult) -> None:
    """Record a validation with its run; `label` is `before`, `after` or the number of a trial."""
    with ledger.transaction() as db:
        db.execute(
            "INSERT INTO validations (run, label, command, seconds, returncode, timed_out, output)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(run, label, command, result.seconds),
                *(result.returncode, result.timed_out, result.output),
            ),
        )


class _Tail:
    """Reads a process's output as it comes, and keeps its end."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._parts: deque[bytes] = deque()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        handle = self._process.stdout.fileno()
        size = 0
        while part := os.read(handle, 1 << 16):
            self._parts.append(part)
            size += len(part)
            while size - len(self._parts[0]) >= _KEPT_BYTES:
                size -= len(self._parts.popleft())

    def text(self) -> str:
        # A daemon that left the session may hold the pipe open for ever.
        self._thread.join(timeout=_GRACE)
        if not self._thread.is_alive() and self._process.stdout is not None:
            self._process.stdout.close()
        return b"".join(tuple(self._parts))[-_KEPT_BYTES:].decode(errors="replace")


def _wait(process: subprocess.Popen[bytes], seconds: float | None) -> bool:
    """True once the process has ended, False where it has not after `seconds`."""
    if sys.platform in ("win32", "darwin"):
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        return process.returncode is not None
    # Not `process.wait`, which frees the number of the group that is still to be killed.
    looking = os.WEXITED | os.WNOWAIT | os.WNOHANG
    deadline = None if seconds is None else time.monotonic() + seconds
    pause = 0.001
    while os.waitid(os.P_PID, process.pid, looking) is None:
        left = pause if deadline is None else deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 2, 0.05)
    return True


def _end(process: subprocess.Popen[bytes], ended: bool) -> None:
    if sys.platform == "win32":
        kill = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(kill, capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError, PermissionError):
            if not ended:
                os.killpg(process.pid, signal.SIGTERM)
                _wait(process, _GRACE)
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
