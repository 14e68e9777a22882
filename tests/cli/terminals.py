"""The command line on a pseudo-terminal, with keys pressed as it asks."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

ASKED = "[y,n,a,d,q,e,s,u,?]? "
_PATIENCE = 600.0  # only a program that hangs meets it


class Terminal:
    """A running `fixaudit` that thinks it talks to a person; `ends` are what its questions end with."""

    ends: tuple[str, ...] = (ASKED,)

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self._master, slave = pty.openpty()
        self._set_size(24, 80)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fixaudit_cli", *arguments],
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", "NO_COLOR": "1", **environment},
            preexec_fn=_own_terminal,  # noqa: PLW1509  no threads here
        )
        os.close(slave)
        self.shown = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def asked(self) -> str:
        """What was shown up to the next question."""
        start = len(self.shown)
        while not self.shown[start:].endswith(self.ends):
            assert self._read(), self.shown
        return self.shown[start:]

    def press(self, keys: str) -> str:
        """Press keys, and give what is shown up to the next question."""
        self.send(keys)
        return self.asked()

    def send(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def resize(self, rows: int, columns: int) -> None:
        """Give the window another size, as dragging its corner does."""
        self._set_size(rows, columns)
        os.killpg(self._process.pid, signal.SIGWINCH)

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self._master)
        self._master = -1

    def end(self, keys: str = "") -> tuple[int, str]:
        """Press the last keys, and give the exit code and everything shown."""
        if keys:
            self.send(keys)
        while self._master >= 0 and self._read():
            pass
        code = self._process.wait(_PATIENCE)
        if self._master >= 0:
            os.close(self._master)
        return code, self.shown.replace("\r\n", "\n")

    def _set_size(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], _PATIENCE)
        assert ready, f"nothing came for {_PATIENCE} seconds after: {self.shown}"
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # how Linux says that the other end is closed
            return False
        self.shown += self._decode(data)
        return bool(data)


def _own_terminal() -> None:
    """Make standard input the controlling terminal, for the signals of keys and windows."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
