"""White space between arguments: line ends, comments and indentation, as LibCST nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from fixaudit.edits import cst

if TYPE_CHECKING:
    from libcst import BaseParenthesizableWhitespace as Space
    from libcst import EmptyLine, ParenthesizedWhitespace, SimpleWhitespace


def plain(text: str = "") -> SimpleWhitespace:
    """White space within a line."""
    return cst.SimpleWhitespace(text)


def has_lines(space: Space) -> TypeGuard[ParenthesizedWhitespace]:
    """True for white space with a line end that is not behind a backslash."""
    return isinstance(space, cst.ParenthesizedWhitespace)


def breaks(space: Space) -> bool:
    """True where what follows stands on another line, behind a backslash too."""
    return has_lines(space) or (
        isinstance(space, cst.SimpleWhitespace) and any(end in space.value for end in "\r\n")
    )


def comment_behind(space: Space) -> bool:
    """True where a comment follows on the same line."""
    return has_lines(space) and space.first_line.comment is not None


def lines_of(space: Space) -> tuple[EmptyLine, ...]:
    """The blank lines and the lines of comments in it."""
    return tuple(space.empty_lines) if has_lines(space) else ()


def holds_comment(space: Space) -> bool:
    """True where there is any comment in it."""
    return comment_behind(space) or any(line.comment for line in lines_of(space))


def heading(space: Space) -> int:
    """How many lines of comments stand right above what follows, with no blank line between."""
    count = 0
    for line in reversed(lines_of(space)):
        if line.comment is None:
            break
        count += 1
    return count


def indentation(space: Space) -> str:
    """The white space before what follows on its line; nothing within a line."""
    return space.last_line.value if has_lines(space) else ""


def new_line(indent: str, lines: tuple[EmptyLine, ...] = ()) -> ParenthesizedWhitespace:
    """A line end, lines of comments, and the indentation of what follows."""
    return cst.ParenthesizedWhitespace(
        first_line=cst.TrailingWhitespace(),
        empty_lines=lines,
        indent=False,
        last_line=cst.SimpleWhitespace(indent),
    )


def with_lines(space: ParenthesizedWhitespace, lines: tuple[EmptyLine, ...], indent: str) -> ParenthesizedWhitespace:  # fmt: skip
    """The same first line and the comment on it; other lines and another indentation."""
    return space.with_changes(empty_lines=lines, last_line=plain(indent))


def without_comment_behind(space: Space) -> Space:
    """The same lines; without the comment on the first."""
    if not comment_behind(space):
        return space
    assert has_lines(space)
    return new_line(indentation(space), lines_of(space))


def limited(space: Space, count: int) -> Space:
    """Only the first `count` of its lines of comments and blank lines."""
    if not has_lines(space) or len(space.empty_lines) <= count:
        return space
    return with_lines(space, tuple(space.empty_lines[:count]), indentation(space))
