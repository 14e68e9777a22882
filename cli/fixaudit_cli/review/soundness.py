"""Whether a text that somebody made by hand may take the place of a file's."""

from __future__ import annotations

from fixaudit.edits.verify import verify
from fixaudit.errors import SourceError
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Source


def unsound(path: str, before: bytes, after: bytes) -> str | None:
    """What is wrong with a text made by hand, in one line; None where nothing is."""
    try:
        old, new = Source(path, before), Source(path, after)
    except SourceError as error:
        return f"the result cannot be read: {error}"
    # Comments may be removed: the user edits them in view.
    everything = Edit(Span(0, len(old.body)), "", drops_comments=True)
    return verify(old, new, [everything])
