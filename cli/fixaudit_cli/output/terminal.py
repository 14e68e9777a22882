"""Output to a terminal with colour and progress, and plain text everywhere else."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, ClassVar, TypeVar

from fixaudit.errors import FixauditError
from fixaudit.text.visible import encoded, visible

T = TypeVar("T")

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


class OutputError(FixauditError):
    """Standard output takes no more: a full disk, a closed terminal."""


def coloured(stream: IO[str]) -> bool:
    """True where `stream` shows colour: a terminal, unless NO_COLOR or FORCE_COLOR is set."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Painter:
    """Wraps text in colour for one stream, or leaves it as it is."""

    def __init__(self, stream: IO[str]) -> None:
        self._on = coloured(stream)

    def __call__(self, text: str, *styles: str) -> str:
        if not self._on or not text or not styles:
            return text
        return f"\x1b[{';'.join(_CODES[style] for style in styles)}m{text}\x1b[0m"


def write(text: str, stream: IO[str] | None = None, *, at_once: bool = False) -> None:
    """Write text as it is; what the stream's encoding lacks becomes an escape.

    `at_once` hands it on to whoever reads, be it no terminal. Raises OutputError where standard output takes no more, BrokenPipeError where its reader ended.
    """
    target = stream or sys.stdout
    encoding = getattr(target, "encoding", None) or "utf-8"
    _put(target, encoded(text, encoding), at_once=at_once)


def write_document(text: str) -> None:
    """Write a document for programs to stdout: UTF-8 wherever it is printed. Raises as `write` does.

    An escape in place of a letter, as people are shown it, is a mistake in JSON or another name in XML.
    """
    _put(sys.stdout, encoded(text))


def write_bytes(data: bytes) -> None:
    """Write a patch as it is: no newline translation, no decoding. Raises as `write` does."""
    _put(sys.stdout, data)


def note(message: str) -> None:
    """A line for people, on stderr; what it quotes of files is made visible.

    It never ends a run: where stderr takes no more, nobody is left to be told.
    """
    with suppress(OSError, OutputError):
        write(visible(message, lines=True) + "\n", sys.stderr)


def give_up(stream: IO[str]) -> None:
    """Let all that is still written to a stream go nowhere: its reader has ended, its disk is full."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _put(stream: IO[str], data: bytes, *, at_once: bool = False) -> None:
    """Write all bytes to what lies below a text stream, the bar out of the way."""
    if _Bar.current is not None:
        _Bar.current.clear()
    binary = getattr(stream, "buffer", None)
    try:
        if binary is None:  # a stream in memory
            stream.write(data.decode(getattr(stream, "encoding", None) or "utf-8"))
            return
        left = memoryview(data)
        while left:
            left = left[_written(binary, left) :]
        if at_once or stream.isatty():
            flush(stream)
    except BrokenPipeError:
        raise
    except OSError as error:
        if stream is not sys.stdout:
            raise
        give_up(stream)
        raise OutputError(f"standard output: {error.strerror}") from error


def _written(binary: IO[bytes], data: memoryview) -> int:
    """Write a part of the data, and give its length in bytes.

    An unbuffered stream takes what fits; one that another program made non-blocking may be full.
    """
    try:
        taken: int | None = binary.write(data)
    except BlockingIOError as error:
        taken = error.characters_written
    if not taken:
        select.select([], [binary], [])
    return taken or 0


def flush(stream: IO[str]) -> None:
    """Hand on what a stream holds back; waits where a non-blocking one is full. Raises OSError."""
    while True:
        try:
            stream.flush()
        except BlockingIOError:
            select.select([], [stream], [])
        else:
            return


def progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, with a progress bar on stderr when it is a terminal and takes over a second."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield from items
        return
    started, done = time.monotonic(), 0
    try:
        for item in items:
            yield item
            done += 1
            if _Bar.current is None and time.monotonic() - started > 1:
                _Bar.current = _Bar(total, what)
            if _Bar.current is not None:
                _Bar.current.show(done)
    finally:
        if _Bar.current is not None:
            _Bar.current.clear()
            _Bar.current = None


class _Bar:
    """Rich's progress bar, imported only when there is something to wait for.

    It leaves `sys.stdout` and `sys.stderr` alone: whoever writes clears it first, and the next file
    shows it again.
    """

    current: ClassVar[_Bar | None] = None

    def __init__(self, total: int, what: str) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task(what, total=total)
        self._is_shown = False
        self._next = 0.0

    def show(self, done: int) -> None:
        """Show how far the run is, at most ten times a second."""
        self._progress.update(self._task, completed=done)
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.1
        with suppress(OSError):
            if not self._is_shown:
                self._is_shown = True
                self._progress.start()
            self._progress.refresh()

    def clear(self) -> None:
        """Take the bar off the terminal."""
        if self._is_shown:
            self._is_shown = False
            with suppress(OSError):
                self._progress.stop()
