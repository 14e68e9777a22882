"""The commas, line ends and comments between a call's arguments, when one comes or goes.

A gap stands in front of each argument and behind the last one, so there is one more than arguments.
The first has no comma; the last has one where the call ends in a comma.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixaudit.edits import call_spaces as spaces
from fixaudit.edits import cst

if TYPE_CHECKING:
    from libcst import Arg, Call, Comma
    from libcst import BaseParenthesizableWhitespace as Space


@dataclass(frozen=True, slots=True)
class Gap:
    """White space, a comma or none (then `before` is empty), and white space."""

    before: Space
    after: Space
    comma: bool = True

    @property
    def breaks(self) -> bool:
        """True where what follows stands on another line."""
        return spaces.breaks(self.before) or spaces.breaks(self.after)

    @property
    def comment_behind(self) -> bool:
        """True for a comment on the line of the argument in front, before or after the comma."""
        return spaces.holds_comment(self.before) or spaces.comment_behind(self.after)

    def without_comment_behind(self) -> Gap:
        """The same lines without that comment."""
        before = spaces.plain() if spaces.holds_comment(self.before) else self.before
        return Gap(before, spaces.without_comment_behind(self.after), self.comma)


def gaps_of(call: Call) -> list[Gap]:
    """The gaps of a call as it is written."""
    found = [Gap(spaces.plain(), call.whitespace_before_args, comma=False)]
    for argument in call.args:
        if isinstance(argument.comma, cst.Comma):
            comma: Comma = argument.comma
            found.append(Gap(comma.whitespace_before, comma.whitespace_after))
        else:
            found.append(Gap(spaces.plain(), argument.whitespace_after_arg, comma=False))
    return found


def with_arguments(call: Call, arguments: Sequence[Arg], gaps: Sequence[Gap]) -> Call:
    """The call with other arguments and other gaps."""
    made = []
    for argument, gap in zip(arguments, gaps[1:], strict=True):
        comma = cst.Comma(gap.before, gap.after) if gap.comma else cst.MaybeSentinel.DEFAULT
        behind = spaces.plain() if gap.comma else gap.after
        made.append(argument.with_changes(comma=comma, whitespace_after_arg=behind))
    return call.with_changes(args=made, whitespace_before_args=gaps[0].after)


# ----------------------------------------------------------------------------- one goes


def joined(before: Gap, after: Gap, *, first: bool, last: bool) -> Gap | None:
    """The gap that is left of two when the argument between them goes.

    Comments that stay are in it: those of the line before, and lines of them above what follows. None
    where the closing parenthesis would stand in a comment.
    """
    if first and last:
        return _emptied(before, after)
    return _at_end(before, after) if last else _between(before, after, first)


def _between(before: Gap, after: Gap, first: bool) -> Gap:
    above, below = spaces.lines_of(before.after), spaces.lines_of(after.after)
    space: Space
    if spaces.has_lines(before.after) and spaces.has_lines(after.after):
        if above and below and above[-1].comment is None and below[0].comment is None:
            above = above[:-1]  # one blank line between is enough
        indent = spaces.indentation(after.after)
        space = spaces.with_lines(before.after, (*above, *below), indent)
    elif (first or spaces.breaks(before.after)) and not any(line.comment for line in below):
        space = before.after
    else:
        space = after.after
    # An argument that is first on its line leaves its place to the next one.
    return Gap(before.before if before.breaks or first else after.before, space, before.comma)


def _at_end(before: Gap, after: Gap) -> Gap | None:
    if spaces.has_lines(before.after) and spaces.has_lines(after.after):
        # Its lines go as they are, and the comma before them stays.
        notes = tuple(line for line in before.after.empty_lines if line.comment is not None)
        lines = (*notes, *after.after.empty_lines)
        space = spaces.with_lines(before.after, lines, spaces.indentation(after.after))
        return Gap(before.before, space)
    if spaces.holds_comment(before.before) or spaces.holds_comment(before.after):
        return None
    return after


def _emptied(before: Gap, after: Gap) -> Gap | None:
    lines = (*spaces.lines_of(before.after), *spaces.lines_of(after.after))
    notes = tuple(line for line in lines if line.comment is not None)
    if not notes and not spaces.comment_behind(before.after):
        return Gap(spaces.plain(), spaces.plain(), comma=False)
    if not spaces.has_lines(after.after):
        return None
    opening = before.after if spaces.has_lines(before.after) else after.after
    space = spaces.with_lines(opening, notes, spaces.indentation(after.after))
    return Gap(spaces.plain(), space, comma=False)


# ----------------------------------------------------------------------------- one comes


def filled(empty: Gap) -> tuple[Gap, Gap]:
    """The gaps around the first argument: on a line of its own where the call spans lines."""
    space = empty.after
    if not spaces.has_lines(space):
        kept = space if spaces.breaks(space) else spaces.plain()
        return Gap(empty.before, kept, comma=False), Gap(
            spaces.plain(), spaces.plain(), comma=False
        )
    ending = spaces.indentation(space)
    notes = [line for line in space.empty_lines if line.comment is not None]
    step = "\t" if ending.endswith("\t") else "    "
    indent = notes[-1].whitespace.value if notes else ending + step
    opened = spaces.with_lines(space, tuple(space.empty_lines), indent)
    return Gap(empty.before, opened, comma=False), Gap(spaces.plain(), spaces.new_line(ending))


def parted(gaps: Sequence[Gap], index: int, *, beside: bool) -> tuple[Gap, Gap]:
    """The two gaps around a new argument in the place of the gap at `index`.

    `beside` puts it on the line of the argument before it (the first: of the one that follows).
    """
    tight = Gap(spaces.plain(), spaces.plain(" "))
    if index == len(gaps) - 1:
        return _appended(gaps) if _has_own_lines(gaps) and not beside else (tight, gaps[-1])
    if beside and index:
        return tight, gaps[index]
    if beside or not spaces.has_lines(gaps[index].after):
        return gaps[index], tight
    return _inserted(gaps[index])


def _inserted(gap: Gap) -> tuple[Gap, Gap]:
    space = gap.after
    assert spaces.has_lines(space)
    indent = spaces.indentation(space)
    noted = len(space.empty_lines) - spaces.heading(space)
    opened = spaces.with_lines(space, tuple(space.empty_lines[:noted]), indent)
    heading = tuple(space.empty_lines[noted:])
    return Gap(gap.before, opened, gap.comma), Gap(spaces.plain(), spaces.new_line(indent, heading))


def _appended(gaps: Sequence[Gap]) -> tuple[Gap, Gap]:
    tail = gaps[-1]
    indent = next(
        spaces.indentation(gap.after) for gap in reversed(gaps[:-1]) if spaces.has_lines(gap.after)
    )
    assert spaces.has_lines(tail.after)
    opened = spaces.with_lines(tail.after, (), indent)
    below = spaces.new_line(spaces.indentation(tail.after), spaces.lines_of(tail.after))
    return Gap(tail.before, opened), Gap(spaces.plain(), below, tail.comma)


def _has_own_lines(gaps: Sequence[Gap]) -> bool:
    """True where the closing parenthesis has a line of its own, and so have the arguments."""
    if not spaces.has_lines(gaps[-1].after):
        return False
    if gaps[-1].comma:
        return any(spaces.has_lines(gap.after) for gap in gaps[:-1])
    return len(gaps) > 2 and all(spaces.has_lines(gap.after) for gap in gaps[1:-1])
