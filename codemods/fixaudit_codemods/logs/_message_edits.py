"""The edits that take units out of a message's literals and values out of its arguments."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit import Edit, Source, Span
from fixaudit.authoring import Leaf, Refusal, Style, Unit, drop_arguments, render_literal

_BEHIND_COMMENT = (
    "a comment stands before it: a comma, which another argument needs, would stand in a comment"
)


class KeptError(Exception):
    """The exception must stay in the message; says why."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A side of `+`: literals, or (without leaves) some other expression as one unit."""

    span: Span
    leaves: tuple[Leaf, ...]
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Arguments:
    """The values behind `%s` and `{}`: of the log call, of `%` or of `.format`.

    `within` is the call or the tuple they stand in; None for the one value of ` % e`. `whole` is what
    goes when none is left (` % e`, `.format(e)`); None for a log call.
    """

    style: Style
    values: tuple[tuple[int | str, ast.expr], ...]
    within: ast.Call | ast.Tuple | None
    whole: Span | None
    others: int = 0


def text_edits(source: Source, operands: list[Operand], gone: set[int], undouble: Style) -> list[Edit]:  # fmt: skip
    """Takes the units with the ids in `gone` out; emptied literals and `+` sides go whole.

    `undouble` says that no formatting is left, of which style.
    """
    empty = [all(id(unit) in gone for unit in operand.units) for operand in operands]
    edits = _dropped(source, [operand.span for operand in operands], empty)
    for operand, dropped in zip(operands, empty, strict=True):
        if dropped or not operand.leaves:
            continue
        leaves = operand.leaves
        hollow = [
            bool(leaf.units) and all(id(unit) in gone for unit in leaf.units) for leaf in leaves
        ]
        edits += _dropped(source, [Span(leaf.start, leaf.end) for leaf in leaves], hollow)
        formats = any(unit.expression and id(unit) not in gone for unit in operand.units)
        for leaf, is_hollow in zip(leaves, hollow, strict=True):
            if not is_hollow:
                edits += _leaf_edit(source, leaf, gone, undouble, formats)
    return edits


def _leaf_edit(
    source: Source, leaf: Leaf, gone: set[int], undouble: Style, formats: bool
) -> list[Edit]:
    """The literal without what is gone; its `f` goes where no literal beside it formats any more."""

    def keep(unit: Unit) -> bool:
        return id(unit) not in gone

    after = render_literal(leaf, keep, undouble=undouble, formats=formats)
    span = Span(leaf.start, leaf.end)
    if after == source.slice(span):
        return []
    try:
        ast.parse(f"({after})", mode="eval")
    except (SyntaxError, ValueError) as error:
        raise KeptError("the rest of the literal would need other quotes") from error
    return [Edit(span, after)]


def argument_edits(source: Source, arguments: Arguments, slots: set[int | str]) -> list[Edit]:
    """Takes the arguments of `slots` out."""
    gone = [value for slot, value in arguments.values if slot in slots]
    if not gone:
        return []
    if len(gone) == len(arguments.values) and arguments.whole is not None:
        return [_deletion(source, arguments.whole)]
    _check_numbering(arguments, slots)
    assert arguments.within is not None
    named = getattr(arguments.within, "keywords", [])
    words = {id(word.value): word for word in named}
    given = [words.get(id(value), value) for value in gone]
    edits = drop_arguments(source, arguments.within, *given, comments="keep")
    if isinstance(edits, Refusal):
        raise KeptError(edits.reason)
    return [*edits]


def _check_numbering(arguments: Arguments, slots: set[int | str]) -> None:
    numbered = sorted(slot for slot, _ in arguments.values if isinstance(slot, int))
    dropped = sorted(slot for slot in slots if isinstance(slot, int))
    if arguments.style is Style.BRACE and dropped and dropped != numbered[-len(dropped) :]:
        raise KeptError("other arguments may be numbered by their place")


def _dropped(source: Source, spans: list[Span], flags: list[bool]) -> list[Edit]:
    """Deletes the flagged ones, each with the gap that ties it to its neighbour."""
    edits = []
    leading = True
    for index, (span, dropped) in enumerate(zip(spans, flags, strict=True)):
        if not dropped:
            leading = False
            continue
        behind = Span(span.start, spans[index + 1].start) if leading else None
        gap = behind or Span(spans[index - 1].end, span.end)
        if not leading and b"#" in source.body[gap.start : span.start]:
            raise KeptError(_BEHIND_COMMENT)
        edits.append(_deletion(source, gap))
    return edits


def _deletion(source: Source, span: Span) -> Edit:
    if b"#" in source.body[span.start : span.end]:
        raise KeptError("a comment stands where something would go")
    return Edit(span, "")
