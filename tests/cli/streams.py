"""The command line with each of its streams somewhere else: a terminal, a pipe, a file, a full disk.

The clock of the progress bar jumps a second at each look, so that a short run shows it.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path

_MAIN = (
    "import itertools, types; from fixaudit_cli.output import terminal;"
    "terminal.time = types.SimpleNamespace(monotonic=itertools.count().__next__);"
    "from fixaudit_cli.__main__ import main; main()"
)


class Streams:
    """How a run ended: its exit code and what came out of its two streams, in bytes.

    `stdout` and `stderr` are each `tty`, `pipe`, a `non-blocking` pipe, one that is `closed` at the
    other end, or the path of a file to write; where both are `tty` it is one terminal, and all that
    it got is in `errors`.
    """

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        stdout: str | Path = "pipe",
        stderr: str | Path = "tty",
        **environment: str,
    ) -> None:
        self._readers: list[tuple[int, bytearray, threading.Thread]] = []
        out, got = self._end(stdout)
        err, errors = (out, got) if stdout == stderr == "tty" else self._end(stderr)
        process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**os.environ, "TERM": "xterm", "NO_COLOR": "1", **environment},
        )
        for handle in {out, err}:
            os.close(handle)
        self.code = process.wait()
        for handle, _, thread in self._readers:
            thread.join()
            os.close(handle)
        self.output = bytes(got) if err != out else b""
        if isinstance(stdout, Path) and stdout.is_file():
            self.output = stdout.read_bytes()
        self.errors = bytes(errors)

    def _end(self, kind: str | Path) -> tuple[int, bytearray]:
        """The end for the process, and what will have come out of it."""
        data = bytearray()
        if isinstance(kind, Path):
            return os.open(kind, os.O_WRONLY | os.O_CREAT, 0o666), data
        ours, theirs = pty.openpty() if kind == "tty" else os.pipe()
        if kind == "closed":
            os.close(ours)
            return theirs, data
        os.set_blocking(theirs, kind != "non-blocking")
        if kind == "tty":
            fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        thread = threading.Thread(target=_drain, args=(ours, data))
        thread.start()
        self._readers.append((ours, data, thread))
        return theirs, data


def _drain(handle: int, data: bytearray) -> None:
    while True:
        try:
            part = os.read(handle, 1 << 16)
        except OSError:  # how Linux says that the other end of a terminal is closed
            return
        if not part:
            return
        data += part


def screen(data: bytes) -> list[str]:
    """The lines that a terminal of endless width and height shows after it got the bytes."""
    lines, row, column = [""], 0, 0
    for text, letter, number in re.findall(
        r"(\r|\n|[^\x1b\r\n]+)|\x1b\[(?:\?25)?(?=[\d;]*([A-Za-z]))([\d;]*)[A-Za-z]",
        data.decode(),
    ):
        if text == "\r":
            column = 0
        elif text == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif text:
            held = lines[row].ljust(column)
            lines[row] = held[:column] + text + held[column + len(text) :]
            column += len(text)
        elif letter == "A":
            row -= int(number or 1)
        elif letter == "K":
            lines[row] = "" if number == "2" else lines[row][:column]
        else:
            assert letter in "hlm", (letter, number)
    while lines and not lines[-1]:
        lines.pop()
    return lines
