"""The edits that take units out of a message's literals and values out of its arguments."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from fixaudit import Edit, Source, Span
from fixaudit.edits.string_literals import Leaf, Style, Unit, render


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

    `before` is where the text in front of the first one ends; `None` where a bracket opens there.
    `whole` is what goes when none is left (` % e`, `.format(e)`); `None` for a log call.
    """

    style: Style
    values: tuple[tuple[int | str, ast.expr, Span], ...]
    before: int | None
    whole: Span | None
    is_tuple: bool = False
    others: int = 0


def text_edits(source: Source, operands: list[Operand], gone: set[int], undouble: Style) -> list[Edit]:  # fmt: skip
    """Takes the units with the ids in `gone` out; emptied literals and `+` sides go whole.

    `undouble` says that no formatting is left, of which style.
    """
    empty = [all(id(unit) in gone for unit in operand.units) for operand in operands]
    edits = _dropped(source, [operand.span for operand in operands], empty, None)
    for operand, dropped in zip(operands, empty, strict=True):
        if dropped or not operand.leaves:
            continue
        leaves = operand.leaves
        hollow = [
            bool(leaf.units) and all(id(unit) in gone for unit in leaf.units) for leaf in leaves
        ]
        edits += _dropped(source, [Span(leaf.start, leaf.end) for leaf in leaves], hollow, None)
        for leaf, is_hollow in zip(leaves, hollow, strict=True):
            if not is_hollow:
                edits += _leaf_edit(source, leaf, gone, undouble)
    return edits


def _leaf_edit(source: Source, leaf: Leaf, gone: set[int], undouble: Style) -> list[Edit]:
    after = render(leaf, lambda unit: id(unit) not in gone, undouble=undouble)
    span = Span(leaf.start, leaf.end)
    if after == source.slice(span):
        return []
    try:
        ast.parse(f"({after})", mode="eval")
    except (SyntaxError, ValueError) as error:
        raise KeptError("the rest of the literal would need other quotes") from error
    return [Edit(span, after)]


def argument_edits(source: Source, arguments: Arguments, slots: set[int | str]) -> list[Edit]:
    """Takes the arguments of `slots` out, each with the comma that ties it to its neighbour."""
    flags = [slot in slots for slot, _, _ in arguments.values]
    if not any(flags):
        return []
    if all(flags) and arguments.whole is not None:
        return [_deletion(source, arguments.whole)]
    _check_numbering(source, arguments, slots)
    spans = [span for _, _, span in arguments.values]
    edits = _dropped(source, spans, flags, arguments.before)
    if arguments.is_tuple and flags.count(False) == 1:
        kept = spans[flags.index(False)]
        edits = _with_comma(source, edits, kept, spans[-1], arguments)
    return edits


def _check_numbering(source: Source, arguments: Arguments, slots: set[int | str]) -> None:
    numbered = sorted(slot for slot, _, _ in arguments.values if isinstance(slot, int))
    dropped = sorted(slot for slot in slots if isinstance(slot, int))
    if arguments.style is Style.BRACE and dropped and dropped != numbered[-len(dropped) :]:
        raise KeptError("other arguments may be numbered by their place")


def _with_comma(
    source: Source, edits: list[Edit], kept: Span, last: Span, arguments: Arguments
) -> list[Edit]:
    assert arguments.whole is not None
    if b"," in source.body[last.end : arguments.whole.end]:
        return edits
    if kept != last:
        return [Edit(edit.span, ",") if edit.span.start == kept.end else edit for edit in edits]
    return [*edits, Edit(Span(kept.end, kept.end), ",")]


def _dropped(source: Source, spans: list[Span], flags: list[bool], before: int | None) -> list[Edit]:  # fmt: skip
    """Deletes the flagged ones, each with the gap that ties it to its neighbour."""
    edits = []
    leading = before is None
    for index, (span, dropped) in enumerate(zip(spans, flags, strict=True)):
        if not dropped:
            leading = False
        elif leading:
            edits.append(_deletion(source, Span(span.start, spans[index + 1].start)))
        else:
            previous = spans[index - 1].end if index else before
            assert previous is not None
            edits.append(_tail(source, Span(previous, span.start), span.end))
    return edits


def _tail(source: Source, gap: Span, end: int) -> Edit:
    if b"#" not in source.body[gap.start : gap.end]:
        return _deletion(source, Span(gap.start, end))
    # The comment behind the neighbour stays, and the comma with it: only this line goes.
    newline = source.body.rfind(b"\n", gap.start, gap.end)
    newline -= source.body[newline - 1 : newline] == b"\r"
    line_end = source.positions.line_end(source.positions.line(end))
    rest = source.body[end:line_end].strip()
    if source.body[newline : gap.end].strip() or rest != b"," or newline < gap.start:
        raise KeptError("a comment stands between what would go and what would stay")
    comma = source.body.index(b",", end) + 1
    neighbour = source.body[gap.start : gap.end].partition(b"#")[0]
    if b"," not in neighbour and not source.body[comma:].lstrip().startswith(b")"):
        raise KeptError("its comma, which another argument needs, would stand in a comment")
    return Edit(Span(newline, comma), "")


def _deletion(source: Source, span: Span) -> Edit:
    if b"#" in source.body[span.start : span.end]:
        raise KeptError("a comment stands where something would go")
    return Edit(span, "")
