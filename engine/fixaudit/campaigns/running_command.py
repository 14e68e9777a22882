"""Run a command for what it prints, under a time limit: no shell, no terminal, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_GRACE = 2.0


@dataclass(frozen=True, slots=True)
class Printed:
    """How it ended, None where the time limit ended it, and what it printed."""

    returncode: int | None
    stdout: str
    stderr: str


def run_command(command: Sequence[str], folder: Path, timeout: float) -> Printed:
    """Run a program with its arguments in `folder`, for at most `timeout` seconds.

    A command that cannot be started ends with 127 and says why. An exception that comes in between
    (Ctrl-C) ends it, with all that it started in its session.
    """
    try:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return Printed(127, "", getattr(error, "strerror", None) or str(error))
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        return Printed(None, *_ended(process))
    except BaseException:
        _ended(process)
        raise
    return Printed(process.returncode, _text(out), _text(err))


def _ended(process: subprocess.Popen[bytes]) -> tuple[str, str]:
    """What it printed until it was killed, as far as nobody else holds its pipes."""
    with suppress(OSError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    try:
        out, err = process.communicate(timeout=_GRACE)
    except subprocess.TimeoutExpired:
        return "", ""
    return _text(out), _text(err)


def _text(printed: bytes) -> str:
    return printed.decode("utf-8", "replace")
