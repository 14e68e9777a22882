"""Places that the words of a record cite: an export of a tracker has no column for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fixaudit.reports.finding_body import Body
from fixaudit.reports.locations import locations_in, merged
from fixaudit.reports.markdown_parser import parse
from fixaudit.reports.markdown_tree import Line, Section, pieces_of_words
from fixaudit.reports.model import Location


def places_told(position: int, title: Any, *texts: Any) -> tuple[Location, ...]:
    """The places that a title and `texts` (whatever a record holds, words or not) name, one for each file.

    The texts may be in Markdown; files that only the advice in them names count where there are no others.
    """
    body = Body()
    for text in texts:
        if isinstance(text, str):
            _add(body, parse("", text))
    named = (
        locations_in(Line(pieces_of_words(title, False), position))
        if isinstance(title, str)
        else ()
    )
    found = body.locations() or merged(body.advised)
    return merged(replace(place, line=position) for place in (*named, *found) if place.path)


def _add(body: Body, section: Section) -> None:
    body.add_blocks(section.blocks)
    for child in section.children:
        body.note(child.title)
        _add(body, child)
