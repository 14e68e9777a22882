"""Lines of a commit's message: a subject of at most 72 characters, paragraphs wrapped at 72."""

from __future__ import annotations

import textwrap

from fixaudit.text.visible import visible

_SUBJECT = 72
_BODY = 72


def shortened(subject: str, most: int = _SUBJECT) -> str:
    """A subject of at most `most` characters, cut at a word where there is one."""
    if len(subject) <= most:
        return subject
    cut = subject[: most - 1]
    # On a word, unless the first one is the whole line.
    return (cut.rsplit(" ", 1)[0] if " " in cut.partition(": ")[2] else cut).rstrip(" ,;:") + "…"


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph wrapped at 72 characters; `indent` stands before all lines but the first."""
    return textwrap.fill(
        cleaned(text),
        _BODY,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def cleaned(text: str) -> str:
    """One line without control characters: ids come from reports, names from files."""
    return visible(" ".join(text.split()))


def counted(number: int, noun: str) -> str:
    """A number with its noun, such as `1 site`, `2 sites` and `2 batches`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}{'es' if noun.endswith('ch') else 's'}"
