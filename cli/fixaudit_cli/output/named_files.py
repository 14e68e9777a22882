"""The files that an option names (`--patch`, `--output`, `--annotate`): written, and said so."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from fixaudit.files.named_file import descriptor_of, write_into
from fixaudit.files.named_file import is_stream as is_stream
from fixaudit_cli.output.terminal import note, write_bytes


def write_named(path: Path, pieces: Iterable[bytes]) -> None:
    """Write pieces of bytes into what the path stands for. Raises OSError, OutputError."""
    if descriptor_of(path) == 1:  # in its order with what else goes to standard output
        for piece in pieces:
            write_bytes(piece)
    else:
        write_into(path, pieces)


def say_written(path: Path, what: str) -> None:
    """One line on stderr about a file that was written."""
    note(f"wrote {what} to {os.fspath(path)}")
