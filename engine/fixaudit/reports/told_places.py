"""Places that the words of a record cite: an export of a tracker has no column for them."""

from __future__ import annotations

from typing import Any

from fixaudit.reports.locations import locations_in, merged
from fixaudit.reports.markdown_tree import Line, pieces_of_words
from fixaudit.reports.model import Location


def places_told(position: int, *texts: Any) -> tuple[Location, ...]:
    """The places that `texts` (whatever a record holds, words or not) name, one for each file."""
    lines = [line for text in texts if isinstance(text, str) for line in text.splitlines()]
    return merged(
        place
        for line in lines
        for place in locations_in(Line(pieces_of_words(line, False), position))
    )
