"""String literals for messages: one for several arguments, with placeholders or as an f-string."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TypeGuard

from fixaudit import Edit, Source, Span
from fixaudit.authoring import comments, outer_parentheses
from fixaudit_codemods.logs.print_to_logger._edges import Message
from fixaudit_codemods.logs.print_to_logger._logger_choice import Style

_SIMPLE = re.compile(r"[\w.()\[\], +*/-]*")
PLAIN_STRING = re.compile(r"""(?P<prefix>[fF]?)(?P<quote>["'])(?P<inner>.*)(?P=quote)""", re.DOTALL)
PLACEHOLDERS: dict[Style, str] = {"percent": "%s", "braces": "{}"}


def is_plain(argument: ast.expr) -> TypeGuard[ast.Constant]:
    """True for a string without placeholders."""
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)


def holds_comment(source: Source, span: Span) -> bool:
    text = source.slice(span)
    return "#" in text and "\n" in text and any(comments(f"({text})"))


def format_literal(
    source: Source, arguments: Sequence[ast.expr], style: Style, message: Message
) -> str:
    quote = quote_of(source, arguments)
    value = _format_value(arguments, style, message)
    for kept in (True, False):
        parts = [
            (
                _doubled(_inside(source, argument, quote, kept), style)
                if is_plain(argument)
                else PLACEHOLDERS[style]
            )
            for argument in arguments
        ]
        joint = _doubled(escaped(message.separator, quote), style)
        literal = quote + joint.join(message.parts(parts)) + quote
        if _reads_as(literal, value):
            break
    return literal


def _format_value(arguments: Sequence[ast.expr], style: Style, message: Message) -> str:
    parts = [
        (_doubled(str(argument.value), style) if is_plain(argument) else PLACEHOLDERS[style])
        for argument in arguments
    ]
    return _doubled(message.separator, style).join(message.parts(parts))


def _reads_as(literal: str, value: str) -> bool:
    try:
        return bool(ast.literal_eval(literal) == value)
    except (SyntaxError, ValueError):
        return False


def _doubled(text: str, style: Style) -> str:
    return text.replace("%", "%%") if style == "percent" else braced(text)


def braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _inside(source: Source, argument: ast.Constant, quote: str, kept: bool) -> str:
    """The inside of a literal as it may stand between `quote`s: its own tokens where they fit."""
    found = PLAIN_STRING.fullmatch(source.segment(argument))
    if kept and found and found["quote"] == quote and not ends_early(found["inner"], quote):
        return found["inner"]
    return escaped(str(argument.value), quote)


def escaped(value: str, quote: str) -> str:
    named = {"\\": "\\\\", quote: f"\\{quote}", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return "".join(
        named.get(char) or (char if char.isprintable() else repr(char)[1:-1]) for char in value
    )


def quote_of(source: Source, arguments: Sequence[ast.expr]) -> str:
    """The quote of the first plain string: the new literal looks like those it is made of."""
    for argument in arguments:
        if is_plain(argument):
            found = PLAIN_STRING.fullmatch(source.segment(argument))
            return found["quote"] if found else '"'
    return '"'


def ends_early(inner: str, quote: str) -> bool:
    """True where the inside of a literal holds its own quote, or a named escape with braces."""
    return quote in re.sub(r"\\.", "", inner, flags=re.DOTALL) or "\\N{" in inner


def one_f_string(source: Source, arguments: Sequence[ast.expr], message: Message) -> Edit | None:
    """An f-string and what is printed beside it as one: no `"%s %s"` for what holds its values.

    None where there is none, or the parts do not fit into one literal.
    """
    found = [PLAIN_STRING.fullmatch(source.segment(argument)) for argument in arguments]
    quotes = {
        match["quote"]
        for match, argument in zip(found, arguments, strict=True)
        if match and isinstance(argument, ast.JoinedStr)
    }
    region = region_of(source, arguments)
    if len(quotes) != 1 or holds_comment(source, region):
        return None
    text = _f_string(source, arguments, quotes.pop(), message)
    return None if text is None else source.edit(region.start, region.end, text)


def merged(segments: list[str], message: Message) -> str | None:
    """One literal for plain one-token strings in the same quotes; None for anything else."""
    found = [PLAIN_STRING.fullmatch(segment) for segment in segments]
    quotes = {match["quote"] for match in found if match}
    if None in found or len(quotes) != 1:
        return None
    quote = quotes.pop()
    if any(match and ends_early(match["inner"], quote) for match in found):
        return None
    formatted = any(match and match["prefix"] for match in found)
    parts = []
    for match in found:
        assert match is not None
        doubled = formatted and not match["prefix"]
        parts.append(braced(match["inner"]) if doubled else match["inner"])
    joint = escaped(message.separator, quote)
    joint = braced(joint) if formatted else joint
    text = joint.join(message.parts(parts))
    formatted = formatted and "{" in text
    return f"{'f' if formatted else ''}{quote}{text}{quote}"


def whole(source: Source, arguments: Sequence[ast.expr], message: Message) -> list[Edit] | None:
    """For loggers that take no arguments: one f-string, or `%` where a value does not fit in one."""
    region = region_of(source, arguments)
    if holds_comment(source, region):
        return None
    text = _f_string(source, arguments, quote_of(source, arguments), message)
    if text is None:
        values = [
            source.slice(outer_parentheses(source, argument))
            for argument in arguments
            if not is_plain(argument)
        ]
        tail = "," if len(values) == 1 else ""
        literal = format_literal(source, arguments, "percent", message)
        text = f"{literal} % ({', '.join(values)}{tail})"
    return [source.edit(region.start, region.end, text)]


def region_of(source: Source, arguments: Sequence[ast.expr]) -> Span:
    """From the first to the last of several arguments, with the parentheses around them."""
    first, last = (outer_parentheses(source, arguments[at]) for at in (0, -1))
    return Span(first.start, last.end)


def _f_string(
    source: Source, arguments: Sequence[ast.expr], quote: str, message: Message
) -> str | None:
    """The arguments as one f-string; None where a part does not fit between its quotes."""
    found = (_part(source, argument, quote) for argument in arguments)
    parts = [part for part in found if part is not None]
    joint = braced(escaped(message.separator, quote))
    text = joint.join(message.parts(parts))
    return f"f{quote}{text}{quote}" if len(parts) == len(arguments) else None


def _part(source: Source, argument: ast.expr, quote: str) -> str | None:
    """An argument as it stands in an f-string."""
    if is_plain(argument):
        return braced(escaped(str(argument.value), quote))
    text = source.segment(argument)
    if isinstance(argument, ast.JoinedStr):
        found = PLAIN_STRING.fullmatch(text)
        fits = found is not None and found["quote"] == quote
        return found["inner"] if found and fits and not ends_early(found["inner"], quote) else None
    return f"{{{text}}}" if _SIMPLE.fullmatch(text) else None
