"""Input from the terminal: single keys, and a text from the user's editor."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from fixaudit.errors import FixauditError

END = ""
"""What `Keyboard.key` gives at the end of input."""


class NoTerminalError(FixauditError):
    """Questions can be asked only on a terminal."""


def dialog_stream(instead: str = "--dry-run shows the same changes") -> IO[str]:
    """Where questions are shown; `instead` says what does without them.

    Raises:
        NoTerminalError: standard input is no terminal, or no output is.
    """
    if sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty():
        for stream in (sys.stderr, sys.stdout):
            if stream is not None and stream.isatty():
                return stream
    raise NoTerminalError(f"--interactive asks on a terminal, and there is none; {instead}")


class Keyboard:
    """Keys of standard input one by one, without Enter; use it as a context."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._mode = _Mode()

    def __enter__(self) -> Keyboard:
        self._mode.enter()
        return self

    def __exit__(self, *_: object) -> None:
        self._mode.leave()

    @contextmanager
    def lent(self) -> Iterator[None]:
        """The terminal as it was, for another program."""
        self._mode.leave()
        try:
            yield
        finally:
            self._mode.enter()

    def key(self) -> str:
        """The next key, shown as it is pressed; `END` when input has ended or ^D was pressed.

        Spaces and Enter are skipped, so that Enter may follow a key.
        """
        while True:
            data = self._mode.read()
            if data in (b"", b"\x04", b"\0"):
                return END
            if data == b"\x03":
                raise KeyboardInterrupt
            letter = data.decode("ascii", "replace")
            if not letter.isspace():
                self._stream.write(f"{letter if letter.isprintable() else '^'}\n")
                self._stream.flush()
                return letter

    def line(self, question: str) -> str | None:
        """A line that is typed, without spaces around it; None when input has ended."""
        self._stream.write(question)
        self._stream.flush()
        with self.lent():
            typed = b""
            while not typed.endswith((b"\n", b"\r")):
                data = self._mode.read()
                if not data:
                    return None
                if data == b"\x03":
                    raise KeyboardInterrupt
                typed += data
        return typed.decode("utf-8", "replace").strip()


if sys.platform == "win32":
    import msvcrt

    class _Mode:
        """The console always gives single keys."""

        def enter(self) -> None:
            pass

        def leave(self) -> None:
            pass

        def read(self) -> bytes:
            return msvcrt.getch()

else:

    class _Mode:
        """The terminal without line buffering and echo, and back; keys typed ahead are kept."""

        def __init__(self) -> None:
            self._old: list[Any] | None = None

        def enter(self) -> None:
            import termios

            with suppress(termios.error):  # no terminal any more: reading reports it
                handle = sys.stdin.fileno()
                self._old = termios.tcgetattr(handle)
                new = termios.tcgetattr(handle)
                new[3] &= ~(termios.ICANON | termios.ECHO)
                new[6][termios.VMIN], new[6][termios.VTIME] = 1, 0
                termios.tcsetattr(handle, termios.TCSANOW, new)

        def leave(self) -> None:
            import termios

            if self._old is not None:
                with suppress(termios.error):
                    termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self._old)

        def read(self) -> bytes:
            try:
                return os.read(sys.stdin.fileno(), 1)
            except OSError:  # the terminal is gone
                return b""


def edit(content: bytes, suffix: str) -> bytes:
    """The content after the user edited it with `VISUAL`, `EDITOR`, else `vi`.

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
