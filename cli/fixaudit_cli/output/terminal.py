"""Output to a terminal with colour and progress, and plain text everywhere else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import IO, TypeVar

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


def write(text: str, stream: IO[str] | None = None) -> None:
    """Write text whose file names and source may hold what the stream's encoding lacks."""
    target = stream or sys.stdout
    try:
        target.write(text)
    except UnicodeEncodeError:
        encoding = getattr(target, "encoding", None) or "utf-8"
        target.write(text.encode(encoding, "backslashreplace").decode(encoding))


def write_bytes(data: bytes) -> None:
    """Write a patch as it is: no newline translation, no decoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def note(message: str) -> None:
    """A line for people, on stderr."""
    write(message + "\n", sys.stderr)


def progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, with a progress bar on stderr when it is a terminal and takes over a second."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield from items
        return
    bar, started, done = None, time.monotonic(), 0
    try:
        for item in items:
            yield item
            done += 1
            if bar is None and time.monotonic() - started > 1:
                bar = _Bar(total, what)
            if bar is not None:
                bar.show(done)
    finally:
        if bar is not None:
            bar.close()


class _Bar:
    """Rich's progress bar, imported only when there is something to wait for."""

    def __init__(self, total: int, what: str) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(what, total=total)
        self._progress.start()

    def show(self, done: int) -> None:
        self._progress.update(self._task, completed=done)

    def close(self) -> None:
        self._progress.stop()
