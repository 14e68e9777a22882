"""Edits of calls: add, drop and replace arguments, rename the callee, read an attribute instead.

All that fixaudit knows of commas and parentheses in argument lists stands here. A change is made on
a LibCST node of the call and given as the smallest edits of its bytes, so that comments, quotes and
layout stay, and so does every byte outside.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from fixaudit.edits import call_gaps as gaps
from fixaudit.edits import call_spaces as spaces
from fixaudit.edits import cst
from fixaudit.edits.call_fragment import (
    MISPLACED,
    Argument,
    Fragment,
    core_text,
    edits_between,
    fragment,
    hole_name,
    hole_of,
    is_placed_right,
    new_argument,
)
from fixaudit.edits.call_unpacking import Hidden as Hidden
from fixaudit.edits.call_unpacking import may_hold
from fixaudit.edits.call_unpacking import unpacks as unpacks
from fixaudit.edits.statements import outer_parentheses
from fixaudit.model.finding import Edit, Span
from fixaudit.source.source import Source
from fixaudit.text.comments import comments as comments_of

if TYPE_CHECKING:
    from libcst import Call

COMMENT = "a comment stands where something would go"
HEADING = "a comment above it may speak of what follows"
_COMMA = re.compile(rb"[ \t]*,")
_UNFIT_IN_F_STRING = frozenset("\"'\\#\r\n")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call cannot be changed; `comment` is true where a comment stands in the way."""

    reason: str
    comment: bool = False


Change = tuple[Edit, ...] | Refusal
Notes = Literal["refuse", "drop", "keep"]


def keyword(call: ast.Call, name: str) -> ast.keyword | None:
    """The keyword argument of that name, if it is written in the call."""
    return next((entry for entry in call.keywords if entry.arg == name), None)


def add_keywords(source: Source, call: ast.Call, *texts: str, before: Argument | None = None, beside: bool = False, hidden: Hidden = "both") -> Change:  # fmt: skip
    """Adds keywords (`timeout=10`) at the end, or before an argument such as `**options`.

    Where the arguments have lines of their own each new one gets one too, unless it is to stand
    `beside` its neighbour. Refused where `*args` or `**kwargs` may hold one of them already; `hidden`
    says which of the two can: `keywords` for parameters without a position, `positional` where the
    caller knows what `**kwargs` holds, `neither` for both.
    """
    for text in texts:
        holder = may_hold(call, text.partition("=")[0].strip(), hidden)
        if holder is not None:
            return Refusal(f"`{holder}` may hold `{text.partition('=')[0].strip()}` already")
    editor = CallEditor(source, call)
    index = editor.index(before) if before is not None else len(call.args) + len(call.keywords)
    for number, text in enumerate(texts):
        editor.add(text, index + number, beside=beside)
    return editor.change()


def add_positional(source: Source, call: ast.Call, text: str, index: int = 0, *, beside: bool = False) -> Change:  # fmt: skip
    """Adds an argument before the one at `index` of the text; 0 puts it in front of all."""
    return CallEditor(source, call).add(text, index, beside=beside).change()


def drop_arguments(source: Source, call: ast.Call | ast.Tuple, *arguments: Argument, comments: Notes = "refuse") -> Change:  # fmt: skip
    """Takes arguments out (or elements of a tuple in parentheses), with commas and lines of their own.

    A comment that speaks of one of them (behind it, in it, or right above it) refuses the change. With
    `drop` it goes along; with `keep` one behind it moves up to the argument before. A comment of a line
    that keeps an argument stays in any case.
    """
    return CallEditor(source, call).drop(*arguments, comments=comments).change()


def replace_argument(source: Source, call: ast.Call, argument: Argument, text: str) -> Change:
    """Puts another value in the place of an argument's, in the same parentheses if it has any."""
    return CallEditor(source, call).replace(argument, text).change()


def rename_callee(source: Source, call: ast.Call, text: str) -> Edit:
    """Another callee, without the space that Python 2's `print ("x")` has before its parenthesis."""
    span = source.span(call.func)
    end = span.end
    while source.body[end : end + 1] in (b" ", b"\t"):
        end += 1
    return source.edit(span.start, end if source.body[end : end + 1] == b"(" else span.end, text)


def comma_behind(source: Source, argument: ast.expr) -> Span | None:
    """From the end of an argument to behind its comma; None where that is not right behind it."""
    end = outer_parentheses(source, argument).end
    found = _COMMA.match(source.body, end)
    return None if found is None else Span(end, found.end())


def to_attribute(source: Source, call: ast.Call, owner: ast.expr, name: str) -> Change:
    """`getattr(<owner>, …)` to `<owner>.name`, in two edits that leave the owner's text free."""
    if not is_placed_right(source, call) or not is_placed_right(source, owner):
        return Refusal(MISPLACED)
    whole, inner = source.span(call), source.span(owner)
    opening, closing = ("", "") if _takes_dot(source, owner, name) else ("(", ")")
    behind = source.body[whole.end : whole.end + 1]
    # `getattr(x, "a", 1)if y` needs no space before the `if`; `x.aif` does.
    gap = " " if behind.isalnum() or behind == b"_" or behind >= b"\x80" else ""
    edits = (
        source.edit(whole.start, inner.start, opening),
        source.edit(inner.end, whole.end, f"{closing}.{name}{gap}"),
    )
    if any("#" in source.slice(edit.span) for edit in edits):
        return Refusal(COMMENT, comment=True)
    return edits


def _takes_dot(source: Source, owner: ast.expr, name: str) -> bool:
    try:
        parsed = ast.parse(f"{source.segment(owner)}.{name}", mode="eval").body
    except (SyntaxError, ValueError):
        return False
    if not isinstance(parsed, ast.Attribute) or parsed.attr != name:
        return False
    return ast.dump(parsed.value) == ast.dump(owner)


def around(callee: str, *, before: Sequence[str] = (), behind: Sequence[str] = ()) -> tuple[str, str]:  # fmt: skip
    """The texts that make what stands between them an argument of a call, among others."""
    opening = "".join(f"{text}, " for text in before)
    return f"{callee}({opening}", "".join(f", {text}" for text in behind) + ")"


class _RefusedError(Exception):
    """A comment stands in the way; says where."""


class CallEditor:
    """Several changes of one call (or tuple in parentheses) that become edits together.

    Each method changes the call that the ones before it left, and gives the editor back. After a
    refusal the others do nothing.
    """

    def __init__(self, source: Source, node: ast.Call | ast.Tuple) -> None:
        self._source, self._node = source, node
        self._refusal: Refusal | None = None
        self._renamed: tuple[Edit, ...] = ()
        self._drops_comments = False
        found = fragment(source, node)
        if isinstance(found, str):
            self._refusal = Refusal(found)
            return
        self._old: Fragment = found
        self._texts = dict(found.texts)
        self._cores = list(found.node.args)
        self._gaps = gaps.gaps_of(found.node)

    def change(self) -> Change:
        """The edits of all that was asked for; none where the call is so already."""
        if self._refusal is not None:
            return self._refusal
        edits = edits_between(
            self._source, self._old, self._built(), self._texts, drops_comments=self._drops_comments
        )
        if any(_UNFIT_IN_F_STRING & set(edit.text) for edit in edits) and self._in_f_string():
            return Refusal("it stands in an f-string, whose quotes end where the new text has some")
        return (*self._renamed, *edits)

    def _built(self) -> Call:
        if isinstance(self._node, ast.Tuple) and len(self._cores) == 1:
            self._gaps[1] = replace(self._gaps[1], comma=True)
        return gaps.with_arguments(self._old.node, self._cores, self._gaps)

    def _in_f_string(self) -> bool:
        return any(isinstance(above, ast.JoinedStr) for above in self._source.ancestors(self._node))

    # ---------------------------------------------------------------- no argument moves

    def rename(self, text: str) -> CallEditor:
        """Another callee, as `rename_callee` writes it."""
        assert isinstance(self._node, ast.Call)
        self._renamed = (rename_callee(self._source, self._node, text),)
        return self

    def replace(self, argument: Argument, text: str) -> CallEditor:
        """Another value of an argument, given as it may stand in the place of the old one."""
        if self._refusal is None:
            self._texts[hole_name(self.index(argument))] = text
        return self

    def index(self, argument: Argument) -> int:
        """The place of an argument in the text of the call as it was; 0 after a refusal."""
        known = self._old.arguments if self._refusal is None else (argument,)
        return next(index for index, entry in enumerate(known) if entry is argument)

    # ---------------------------------------------------------------- taking out

    def drop(self, *arguments: Argument, comments: Notes = "refuse") -> CallEditor:
        """Takes arguments out, as `drop_arguments` does."""
        self._drops_comments |= comments == "drop"
        for argument in arguments if self._refusal is None else ():
            name = hole_name(self.index(argument))
            index = next(i for i, core in enumerate(self._cores) if hole_of(core) == name)
            try:
                gap = self._gap_without(index, comments)
            except _RefusedError as error:
                self._refusal = Refusal(str(error), comment=True)
                break
            del self._cores[index]
            self._gaps[index : index + 2] = [gap]
        return self

    def _gap_without(self, index: int, notes: Notes) -> gaps.Gap:
        """What stands in the place of an argument and of what is around it."""
        before, after = self._gaps[index], self._gaps[index + 1]
        first, last = index == 0, index == len(self._cores) - 1
        # Of a line that keeps an argument before it the comment stays.
        noted = (first or before.breaks) and after.comment_behind
        headings = spaces.heading(before.after)
        if (notes == "refuse" and noted) or spaces.lines_of(before.before):
            raise _RefusedError(COMMENT)
        if notes != "drop" and (headings or self._holds_comment(index)):
            raise _RefusedError(COMMENT)
        if headings and not last and not spaces.lines_of(after.after):
            raise _RefusedError(HEADING)
        if noted and notes == "keep" and not first and not before.comment_behind:
            return after
        if noted and notes == "keep":
            raise _RefusedError(COMMENT)
        kept = spaces.limited(before.after, len(spaces.lines_of(before.after)) - headings)
        if noted:
            after = after.without_comment_behind()
        gap = gaps.joined(replace(before, after=kept), after, first=first, last=last)
        if gap is None:
            raise _RefusedError(COMMENT)
        return gap

    def _holds_comment(self, index: int) -> bool:
        core = core_text(self._cores[index], self._texts)
        return any(comments_of(f"({core})"))

    # ---------------------------------------------------------------- putting in

    def add(self, text: str, index: int, *, beside: bool = False) -> CallEditor:
        """Adds an argument before the one at `index`, or at the end; layout as in `add_keywords`."""
        if self._refusal is not None:
            return self
        hole = hole_name(f"new{len(self._texts)}")
        core, self._texts[hole] = new_argument(text, hole)
        if not self._cores:
            self._gaps = list(gaps.filled(self._gaps[0]))
        else:
            self._enclose_generator()
            index = min(index, len(self._cores))
            self._gaps[index : index + 1] = gaps.parted(self._gaps, index, beside=beside)
        self._cores.insert(index, core)
        return self

    def add_positional(self, text: str, index: int = 0, *, beside: bool = False) -> CallEditor:
        """Adds an argument in front of all, or before the one at `index`."""
        return self.add(text, index, beside=beside)

    def _enclose_generator(self) -> None:
        """A generator that is the only argument may stand in the parentheses of the call."""
        if not self._old.bare or hole_of(self._cores[0]) != hole_name(0):
            return
        value = self._cores[0].value
        if isinstance(value, cst.Name) and not value.lpar:
            enclosed = value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
            self._cores[0] = self._cores[0].with_changes(value=enclosed)
