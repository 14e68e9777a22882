"""The person at the terminal: single keys, and an editor for a piece of text."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from fixaudit.errors import FixauditError

END = ""
"""What `Keyboard.key` gives when nothing will ever come any more."""


class NoTerminalError(FixauditError):
    """Questions can be asked only on a terminal."""


def dialog_stream() -> IO[str]:
    """Where questions are shown.

    Raises:
        NoTerminalError: standard input is no terminal, or no output is.
    """
    if sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty():
        for stream in (sys.stderr, sys.stdout):
            if stream is not None and stream.isatty():
                return stream
    raise NoTerminalError(
        "--interactive asks on a terminal, and there is none; --dry-run shows the same changes"
    )


class Keyboard:
    """Keys of standard input one by one, without Enter; use it as a context."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def key(self) -> str:
        """The next key, shown as it is pressed; `END` when input has ended or ^D was pressed.

        Spaces and Enter are passed over: whoever is used to Enter may press it.
        """
        while True:
            with _single_keys():
                data = _read_byte()
            if data in (b"", b"\x04"):
                return END
            if data == b"\x03":
                raise KeyboardInterrupt
            letter = data.decode("ascii", "replace")
            if not letter.isspace():
                self._stream.write(f"{letter if letter.isprintable() else '?'}\n")
                self._stream.flush()
                return letter


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def _single_keys() -> Iterator[None]:
        yield

    def _read_byte() -> bytes:
        return msvcrt.getch()

else:

    @contextmanager
    def _single_keys() -> Iterator[None]:
        """The terminal without line buffering and echo, and back; typed-ahead keys are kept."""
        import termios

        handle = sys.stdin.fileno()
        try:
            old = termios.tcgetattr(handle)
        except termios.error:  # hung up in between: the read will say so
            yield
            return
        new = termios.tcgetattr(handle)
        new[3] &= ~(termios.ICANON | termios.ECHO)
        new[6][termios.VMIN], new[6][termios.VTIME] = 1, 0
        try:
            termios.tcsetattr(handle, termios.TCSANOW, new)
            yield
        finally:
            with suppress(termios.error):
                termios.tcsetattr(handle, termios.TCSANOW, old)

    def _read_byte() -> bytes:
        try:
            return os.read(sys.stdin.fileno(), 1)
        except OSError:  # the terminal is gone
            return b""


def edit(content: bytes, suffix: str) -> bytes:
    """The content after the user's editor (`VISUAL`, `EDITOR`, else `vi`) had it.

    Raises:
        FixauditError: there is no such editor, or it reported a failure.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="fixaudit-") as folder:
        path = Path(folder) / f"hunk{suffix}"
        path.write_bytes(content)
        if sys.platform == "win32":
            code = subprocess.call(f'{editor} "{path}"', shell=True)
        else:
            # As git does it: the variable may hold options.
            code = subprocess.call(["sh", "-c", f'{editor} "$@"', editor, str(path)])
        if code:
            raise FixauditError(f"the editor {editor!r} ended with {code}")
        return path.read_bytes()
