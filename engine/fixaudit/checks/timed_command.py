"""Run a command under a time limit, end all that it starts, and keep its last lines.

What a command started is gone when its run returns, and when the process that runs it is killed.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from fixaudit.errors import FixauditError

_KEPT_BYTES = 64 * 1024
_GRACE = 2.0
_SHELL = "/bin/sh"
# The guard reads the number of a group, then to the end of its input: that is when the process that
# started it, the only one with the other end, is gone.
_GUARD = 'trap "" HUP INT TERM; read -r group && read -r _; kill -s KILL -- "-$group"'
# Tells the guard before anything is run, so that there is no moment in which a kill leaves it.
_GUARDED = 'echo $$ >&0; exec </dev/null; exec "$@"'


class CommandError(FixauditError):
    """The command cannot be started at all."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a run of a command ended.

    `returncode` is None where the time limit ended it; `seconds` is how long it took; `output` the
    last 64 KiB of stdout and stderr as they came. Of a command that keeps them apart `output` is of
    stdout, and `errors` of stderr.
    """

    returncode: int | None
    seconds: float
    output: str
    errors: str = ""

    @property
    def red(self) -> bool:
        """True where the command failed, or did not end in time."""
        return self.returncode != 0

    @property
    def timed_out(self) -> bool:
        """True where the time limit ended it."""
        return self.returncode is None

    def tail(self, lines: int = 20) -> str:
        """The last `lines` lines of the output."""
        return "\n".join(self.output.rstrip().splitlines()[-lines:])


@dataclass(frozen=True, slots=True)
class TimedCommand:
    """A command run in `folder`, for at most `timeout` seconds each time (None: no limit).

    A text is read by the shell, a tuple of arguments by nobody. `environment` is added to that of
    this process; an empty value takes the variable away. `apart` keeps stderr apart from stdout.
    """

    command: str | tuple[str, ...]
    folder: Path
    timeout: float | None = 600.0
    environment: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False

    @property
    def shown(self) -> str:
        """The command as one would type it."""
        return self.command if isinstance(self.command, str) else shlex.join(self.command)

    def run(self) -> CommandResult:
        """Run the command once; what it has started is gone when this returns.

        Reads nothing from the terminal. Raises CommandError where there is no such program, shell or
        folder; an exception that comes in between (Ctrl-C) ends the command first.
        """
        begun = time.monotonic()
        process, guard = self._start()
        tail, errors = _Tail(process.stdout), _Tail(process.stderr)
        ended = False
        try:
            ended = _wait(process, self.timeout)
        finally:
            # Also after a good end: a server left behind would meet the next run.
            _end(process, ended)
            _dismiss(guard)
            # Last: until then nobody else can have the number of the group, which the guard knows.
            process.wait()
        returncode = process.returncode if ended else None
        seconds = time.monotonic() - begun
        return CommandResult(returncode, seconds, tail.text(), errors.text())

    def _start(self) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes] | None]:
        # A .pyc is known by size and whole seconds: two trials in one second would share it.
        whole = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **self.environment}
        unset = {name for name, value in self.environment.items() if not value}
        environment = {name: value for name, value in whole.items() if name not in unset}
        self._check(environment)
        guard = None
        try:
            if sys.platform == "win32":
                return self._popen(self.command, subprocess.DEVNULL, environment), None
            guard = _guard()
            own = (_SHELL, "-c", self.command) if isinstance(self.command, str) else self.command
            guarded = (_SHELL, "-c", _GUARDED, "sh", *own)
            return self._popen(guarded, guard.stdin, environment), guard
        except (OSError, ValueError) as error:
            _dismiss(guard)
            raise self._error(getattr(error, "strerror", None) or str(error)) from error

    def _popen(
        self,
        command: str | tuple[str, ...],
        stdin: int | IO[bytes] | None,
        environment: Mapping[str, str],
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            shell=isinstance(command, str),
            cwd=self.folder,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if self.apart else subprocess.STDOUT,
            start_new_session=True,
            env=environment,
        )

    def _check(self, environment: Mapping[str, str]) -> None:
        """Raise CommandError for a program that is not there: the shell would only end with 127."""
        if isinstance(self.command, str):
            return
        program = self.command[0] if self.command else ""
        named = os.path.join(self.folder, program) if os.path.dirname(program) else program
        if not program or shutil.which(named, path=environment.get("PATH")) is None:
            raise self._error("there is no such program")

    def _error(self, reason: str) -> CommandError:
        return CommandError(f"cannot run {self.shown!r}: {reason}")


def _guard() -> subprocess.Popen[bytes]:
    """A process in a session of its own, which kills the group that it is told once we are gone."""
    return subprocess.Popen(
        (_SHELL, "-c", _GUARD),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _dismiss(guard: subprocess.Popen[bytes] | None) -> None:
    if guard is not None:
        guard.kill()
        guard.wait()
        if guard.stdin is not None:
            guard.stdin.close()


class _Tail:
    """Reads what a process prints as it comes, and keeps its end; None prints nothing."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._pipe = pipe
        self._parts: deque[bytes] = deque()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        if self._pipe is None:
            return
        handle = self._pipe.fileno()
        size = 0
        while part := os.read(handle, 1 << 16):
            self._parts.append(part)
            size += len(part)
            while size - len(self._parts[0]) >= _KEPT_BYTES:
                size -= len(self._parts.popleft())

    def text(self) -> str:
        # A daemon that left the session may hold the pipe open for ever.
        self._thread.join(timeout=_GRACE)
        if not self._thread.is_alive() and self._pipe is not None:
            self._pipe.close()
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
