"""String literals for messages: one for several arguments, with placeholders or as an f-string."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from fixaudit import Edit, Source, Span
from fixaudit.authoring import comments, outer_parentheses
from fixaudit_codemods.logs.print_to_logger._logger_choice import Style

_SIMPLE = re.compile(r"[\w.()\[\], +*/-]*")
PLAIN_STRING = re.compile(r"""(?P<prefix>[fF]?)(?P<quote>["'])(?P<inner>.*)(?P=quote)""", re.DOTALL)
PLACEHOLDERS: dict[Style, str] = {"percent": "%s", "braces": "{}"}


def is_plain(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)


def holds_comment(source: Source, span: Span) -> bool:
    text = source.slice(span)
    return "#" in text and "\n" in text and any(comments(f"({text})"))


def format_literal(
    source: Source, arguments: Sequence[ast.expr], style: Style, separator: str
) -> str:
    quote = quote_of(source, arguments)
    texts = [argument for argument in arguments if is_plain(argument)]
    for kept in (True, False):
        parts = [
            (
                _doubled(_inside(source, argument, quote, kept), style)
                if argument in texts
                else PLACEHOLDERS[style]
            )
            for argument in arguments
        ]
        literal = quote + _doubled(escaped(separator, quote), style).join(parts) + quote
        if _reads_as(literal, _format_value(arguments, style, separator)):
            break
    return literal


def _format_value(arguments: Sequence[ast.expr], style: Style, separator: str) -> str:
    parts = [
        (
            _doubled(str(argument.value), style)
            if isinstance(argument, ast.Constant) and is_plain(argument)
            else PLACEHOLDERS[style]
        )
        for argument in arguments
    ]
    return _doubled(separator, style).join(parts)


def _reads_as(literal: str, value: str) -> bool:
    try:
        return bool(ast.literal_eval(literal) == value)
    except (SyntaxError, ValueError):
        return False


def _doubled(text: str, style: Style) -> str:
    return text.replace("%", "%%") if style == "percent" else braced(text)


def braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _inside(source: Source, argument: ast.expr, quote: str, kept: bool) -> str:
    """The inside of a literal as it may stand between `quote`s: its own tokens where they fit."""
    assert isinstance(argument, ast.Constant)
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


def one_f_string(source: Source, arguments: Sequence[ast.expr], separator: str) -> Edit | None:
    """An f-string and what is printed beside it as one: no `"%s %s"` for what holds its values.

    None where there is none, or the parts do not fit into one literal.
    """
    found = [PLAIN_STRING.fullmatch(source.segment(argument)) for argument in arguments]
    quotes = {
        match["quote"]
        for match, argument in zip(found, arguments, strict=True)
        if match and isinstance(argument, ast.JoinedStr)
    }
    first = outer_parentheses(source, arguments[0])
    region = Span(first.start, outer_parentheses(source, arguments[-1]).end)
    if len(quotes) != 1 or holds_comment(source, region):
        return None
    quote = quotes.pop()
    parts = []
    for argument, match in zip(arguments, found, strict=True):
        text = source.segment(argument)
        if isinstance(argument, ast.JoinedStr):
            if match is None or match["quote"] != quote or ends_early(match["inner"], quote):
                return None
            parts.append(match["inner"])
        elif is_plain(argument):
            assert isinstance(argument, ast.Constant)
            parts.append(braced(escaped(str(argument.value), quote)))
        elif _SIMPLE.fullmatch(text):
            parts.append(f"{{{text}}}")
        else:
            return None
    joint = braced(escaped(separator, quote))
    return source.edit(region.start, region.end, f"f{quote}{joint.join(parts)}{quote}")


def whole(source: Source, arguments: Sequence[ast.expr], separator: str) -> list[Edit] | None:
    """For loggers that take no arguments: one f-string, or `%` where a value does not fit in one."""
    first = outer_parentheses(source, arguments[0])
    last = outer_parentheses(source, arguments[-1])
    region = Span(first.start, last.end)
    if holds_comment(source, region):
        return None
    quote = quote_of(source, arguments)
    segments = [source.segment(argument) for argument in arguments]
    values = [
        segment
        for argument, segment in zip(arguments, segments, strict=True)
        if not is_plain(argument)
    ]
    if all(_SIMPLE.fullmatch(value) for value in values):
        parts = [
            (
                braced(escaped(str(argument.value), quote))
                if isinstance(argument, ast.Constant) and is_plain(argument)
                else f"{{{segment}}}"
            )
            for argument, segment in zip(arguments, segments, strict=True)
        ]
        text = braced(escaped(separator, quote)).join(parts)
        return [source.edit(region.start, region.end, f"f{quote}{text}{quote}")]
    literal = format_literal(source, arguments, "percent", separator)
    values = [
        source.slice(outer_parentheses(source, argument))
        for argument in arguments
        if not is_plain(argument)
    ]
    tail = "," if len(values) == 1 else ""
    return [source.edit(region.start, region.end, f"{literal} % ({', '.join(values)}{tail})")]
