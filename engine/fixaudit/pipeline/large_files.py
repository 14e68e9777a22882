"""How much is read of a file, which are too large to be parsed, and what is told of those."""

from __future__ import annotations

from fixaudit.files import plain_file
from fixaudit.files.plain_file import read_source as read_source
from fixaudit.model.outcome import Note, Unchanged


def skipped_as_large(name: str, size: int, limit: int, asked: bool) -> Unchanged | None:
    """The outcome of a file of `size` bytes that is not looked at; None for one that is.

    `asked` tells whether it would be parsed. What is no source by its size is skipped either way:
    it was not even read to its end.
    """
    if size > plain_file.MOST_SOURCE_BYTES:
        why = f"holds more than {_mb(plain_file.MOST_SOURCE_BYTES)}, which is no source"
    elif asked and 0 < limit < size:
        why = (
            f"holds {_mb(size)}, more than `max-file-size` ({_mb(limit)}); exclude it if it holds"
            f" data, or look at it with --config 'max-file-size = {size}'"
        )
    else:
        return None
    return Unchanged(name, notes=(Note(name, "skipped", why),))


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size:,} bytes"
