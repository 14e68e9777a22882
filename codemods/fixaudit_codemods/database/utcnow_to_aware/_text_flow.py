"""What becomes of a text that is made of a date, once the date says its time zone."""

from __future__ import annotations

import ast

from fixaudit_codemods.database.utcnow_to_aware import _texts as texts
from fixaudit_codemods.database.utcnow_to_aware._group import Follower

GAINS = "the text gains `+00:00`"


def patterned(flow: Follower, call: ast.expr, node: ast.expr | None) -> None:
    _named(flow, call)
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        flow.group.changes.append("its format is chosen elsewhere, and may show the time zone")
    elif texts.ZONE_LETTERS.search(node.value):
        flow.group.changes.append("the text shows the time zone, which was empty")


def _named(flow: Follower, text: ast.expr) -> None:
    told = texts.names_an_object(flow.source, text)
    if told is not None:
        flow.group.hints.append(flow.source.hint(text, told))


def shown(flow: Follower, node: ast.expr, change: str) -> None:
    """A text of the value: wrong where somebody adds the zone by hand."""
    _named(flow, node)
    if texts.cut_up(flow.source, node):
        told = "the text is cut or changed behind it: `+00:00` would get in the way"
        flow.doubt(node, told)
    elif texts.zone_added(flow.source, node):
        flow.doubt(node, "`Z` is put behind the text, which would end in `+00:00Z`")
    elif isinstance(flow.source.parent(node), ast.Compare):
        flow.doubt(node, "the text is compared with others, which may lack `+00:00`")
    else:
        flow.group.changes.append(change)
        if (parsing := texts.parsing_line(flow.source)) is not None:
            told = f"line {parsing.lineno} parses such texts: what it gets would be aware"
            flow.group.hints.append(flow.source.hint(parsing, told))


def formatted(flow: Follower, node: ast.FormattedValue) -> None:
    match node.format_spec:
        case ast.JoinedStr(values=[ast.Constant(value=str() as pattern)]) if "%" in pattern:
            _named(flow, node)
            if texts.ZONE_LETTERS.search(pattern):
                flow.group.changes.append("the text shows the time zone, which was empty")
        case _:
            shown(flow, node, GAINS)
