"""Code and lines told in a sentence: on one line, and not too long."""

from __future__ import annotations


def clipped(text: str, most: int = 60) -> str:
    """The text on one line of at most `most` characters; `…` stands where the rest was."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
