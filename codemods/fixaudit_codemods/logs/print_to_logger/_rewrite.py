"""From `print(…)` to `logger.level(…)`: only the tokens that change, never the layout around them."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from itertools import pairwise

from fixaudit import Edit, Source, Span
from fixaudit.authoring import (
    CallEditor,
    Refusal,
    comma_behind,
    comments,
    outer_parentheses,
    rename_callee,
)
from fixaudit_codemods.logs.print_to_logger._logger_choice import Style
from fixaudit_codemods.logs.print_to_logger._message import is_text

_SIMPLE = re.compile(r"[\w.()\[\], +*/-]*")
_PLAIN_STRING = re.compile(
    r"""(?P<prefix>[fF]?)(?P<quote>["'])(?P<inner>.*)(?P=quote)""", re.DOTALL
)
_PLACEHOLDERS: dict[Style, str] = {"percent": "%s", "braces": "{}"}


def rewritten(
    source: Source, call: ast.Call, target: str, style: Style, separator: str
) -> list[Edit] | None:
    """The edits that make `call` a call of `target`; None where a comment or string is in the way."""
    arguments = call.args
    editor = CallEditor(source, call) if _needs_editor(source, call, style) else None
    inner: list[Edit] | None = []
    if len(arguments) == 1:
        inner = _single(source, arguments[0], style, editor)
    elif all(_is_literal(argument) for argument in arguments):
        inner = _joined(source, arguments, separator)
    elif (text := _one_f_string(source, arguments, separator)) is not None:
        return _finished(source, call, target, [text], _dropping_keywords(source, call))
    elif style == "whole":
        inner = _whole(source, arguments, separator)
    else:
        assert editor is not None
        inner = _formatted(source, arguments, style, separator, editor)
    return None if inner is None else _finished(source, call, target, inner, editor)


def moved(source: Source, call: ast.Call, target: str) -> list[Edit] | None:
    """Only another function: the arguments stay as they are, the keywords go."""
    editor = CallEditor(source, call) if call.keywords else None
    return _finished(source, call, target, [], editor)


def _needs_editor(source: Source, call: ast.Call, style: Style) -> bool:
    """False where no argument comes or goes, which is most often so."""
    if call.keywords:
        return True
    if len(call.args) == 1:
        return style != "whole" and not is_text(source, call.args[0])
    return style != "whole" and not all(_is_literal(argument) for argument in call.args)


def _finished(
    source: Source, call: ast.Call, target: str, inner: list[Edit], editor: CallEditor | None
) -> list[Edit] | None:
    """The edits inside of arguments, those between them, and the other function."""
    changed = () if editor is None else editor.drop(*call.keywords, comments="keep").change()
    if isinstance(changed, Refusal):
        return None
    return [rename_callee(source, call, target), *inner, *changed]


def _is_literal(argument: ast.expr) -> bool:
    if isinstance(argument, ast.JoinedStr):
        return True
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)


# ----------------------------------------------------------------------------- one argument


def _single(
    source: Source, argument: ast.expr, style: Style, editor: CallEditor | None
) -> list[Edit]:
    if is_text(source, argument):
        return []
    if style != "whole":
        assert editor is not None
        editor.add_positional(f'"{_PLACEHOLDERS[style]}"', beside=True)
        return []
    span = outer_parentheses(source, argument)
    return [source.edit(span.start, span.start, "str("), source.edit(span.end, span.end, ")")]


# ----------------------------------------------------------------------------- strings only


def _joined(source: Source, arguments: Sequence[ast.expr], separator: str) -> list[Edit] | None:
    """Several strings become one: merged where they share a line, else as adjacent literals."""
    first = outer_parentheses(source, arguments[0])
    last = outer_parentheses(source, arguments[-1])
    if b"\n" not in source.body[first.start : last.end]:
        merged = _merged([source.segment(argument) for argument in arguments], separator)
        if merged is not None:
            return [source.edit(first.start, last.end, merged)]
    edits: list[Edit] = []
    for argument, following in pairwise(arguments):
        joint = _joint(source, argument, following, separator)
        if joint is None:
            return _spelled_out(source, arguments, separator)
        edits += joint
    return edits


def _spelled_out(
    source: Source, arguments: Sequence[ast.expr], separator: str
) -> list[Edit] | None:
    """One new literal for plain strings whose own tokens cannot stand side by side."""
    first = outer_parentheses(source, arguments[0])
    region = Span(first.start, outer_parentheses(source, arguments[-1]).end)
    values = [argument.value for argument in arguments if isinstance(argument, ast.Constant)]
    if len(values) < len(arguments) or _holds_comment(source, region):
        return None
    quote = _quote_of(source, arguments)
    text = _escaped(separator.join(map(str, values)), quote)
    return [source.edit(region.start, region.end, f"{quote}{text}{quote}")]


def _merged(segments: list[str], separator: str) -> str | None:
    """One literal for plain one-token strings in the same quotes; None for anything else."""
    found = [_PLAIN_STRING.fullmatch(segment) for segment in segments]
    quotes = {match["quote"] for match in found if match}
    if None in found or len(quotes) != 1:
        return None
    quote = quotes.pop()
    if any(match and _ends_early(match["inner"], quote) for match in found):
        return None
    formatted = any(match and match["prefix"] for match in found)
    parts = []
    for match in found:
        assert match is not None
        doubled = formatted and not match["prefix"]
        parts.append(_braced(match["inner"]) if doubled else match["inner"])
    joint = _escaped(separator, quote)
    joint = _braced(joint) if formatted else joint
    return f"{'f' if formatted else ''}{quote}{joint.join(parts)}{quote}"


def _ends_early(inner: str, quote: str) -> bool:
    """True where the inside of a literal holds its own quote, or a named escape with braces."""
    return quote in re.sub(r"\\.", "", inner, flags=re.DOTALL) or "\\N{" in inner


def _joint(
    source: Source, argument: ast.expr, following: ast.expr, separator: str
) -> list[Edit] | None:
    """Drop the comma between two literals and put the separator inside the first."""
    span, next_span = source.span(argument), source.span(following)
    if outer_parentheses(source, argument) != span:
        return None
    if outer_parentheses(source, following) != next_span:
        return None
    gap = source.slice(Span(span.end, next_span.start))
    comma = comma_behind(source, argument)
    if comma is None:
        return None
    text = source.segment(argument)
    quote = text[-1]
    if text.endswith(quote * 3) and text[:1].lower() not in "rbf" and len(text) < 6:
        return None
    width = 3 if text.endswith(quote * 3) else 1
    inside = _escaped(separator, quote)
    if isinstance(argument, ast.JoinedStr):
        if _braced(inside) != inside and not _is_one_token(text):
            return None
        inside = _braced(inside)
    if _last_is_raw(text) and "\\" in inside:
        return None
    close = span.end - width
    spaced = source.body[comma.end : comma.end + 1] == b" "
    kept = "" if "\n" in gap or spaced else " "
    if not inside:
        return [source.edit(comma.start, comma.end, kept)]
    return [
        source.edit(close, close, inside),
        source.edit(comma.start, comma.end, kept),
    ]


def _is_one_token(text: str) -> bool:
    found = _PLAIN_STRING.fullmatch(text)
    return found is not None and not _ends_early(found["inner"], found["quote"])


def _last_is_raw(text: str) -> bool:
    return re.search(r"""(?:^|[\s"'])[fF]?[rR][fF]?["']""", text) is not None


# ----------------------------------------------------------------------------- strings and values


def _formatted(
    source: Source,
    arguments: Sequence[ast.expr],
    style: Style,
    separator: str,
    editor: CallEditor,
) -> list[Edit] | None:
    """`"text", value` becomes `"text %s", value`: the texts move into one literal at the front."""
    literal = _format_literal(source, arguments, style, separator)
    first = outer_parentheses(source, arguments[0])
    inner: list[Edit] = []
    if not _is_plain(arguments[0]):
        editor.add_positional(literal, beside=True)
    elif _holds_comment(source, first):
        return None
    else:
        inner.append(source.edit(first.start, first.end, literal))
    texts = (argument for argument in arguments[1:] if _is_plain(argument))
    editor.drop(*texts, comments="keep")
    return inner


def _is_plain(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)


def _holds_comment(source: Source, span: Span) -> bool:
    text = source.slice(span)
    return "#" in text and "\n" in text and any(comments(f"({text})"))


def _format_literal(
    source: Source, arguments: Sequence[ast.expr], style: Style, separator: str
) -> str:
    quote = _quote_of(source, arguments)
    texts = [argument for argument in arguments if _is_plain(argument)]
    for kept in (True, False):
        parts = [
            (
                _doubled(_inside(source, argument, quote, kept), style)
                if argument in texts
                else _PLACEHOLDERS[style]
            )
            for argument in arguments
        ]
        literal = quote + _doubled(_escaped(separator, quote), style).join(parts) + quote
        if _reads_as(literal, _format_value(arguments, style, separator)):
            break
    return literal


def _format_value(arguments: Sequence[ast.expr], style: Style, separator: str) -> str:
    parts = [
        (
            _doubled(str(argument.value), style)
            if isinstance(argument, ast.Constant) and _is_plain(argument)
            else _PLACEHOLDERS[style]
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
    return text.replace("%", "%%") if style == "percent" else _braced(text)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _inside(source: Source, argument: ast.expr, quote: str, kept: bool) -> str:
    """The inside of a literal as it may stand between `quote`s: its own tokens where they fit."""
    assert isinstance(argument, ast.Constant)
    found = _PLAIN_STRING.fullmatch(source.segment(argument))
    if kept and found and found["quote"] == quote and not _ends_early(found["inner"], quote):
        return found["inner"]
    return _escaped(str(argument.value), quote)


def _escaped(value: str, quote: str) -> str:
    named = {"\\": "\\\\", quote: f"\\{quote}", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return "".join(
        named.get(char) or (char if char.isprintable() else repr(char)[1:-1]) for char in value
    )


def _quote_of(source: Source, arguments: Sequence[ast.expr]) -> str:
    """The quote of the first plain string: the new literal looks like those it is made of."""
    for argument in arguments:
        if _is_plain(argument):
            found = _PLAIN_STRING.fullmatch(source.segment(argument))
            return found["quote"] if found else '"'
    return '"'


# ----------------------------------------------------------------------------- one finished string


def _dropping_keywords(source: Source, call: ast.Call) -> CallEditor | None:
    return CallEditor(source, call) if call.keywords else None


def _one_f_string(source: Source, arguments: Sequence[ast.expr], separator: str) -> Edit | None:
    """An f-string and what is printed beside it as one: no `"%s %s"` for what holds its values.

    None where there is none, or the parts do not fit into one literal.
    """
    found = [_PLAIN_STRING.fullmatch(source.segment(argument)) for argument in arguments]
    quotes = {
        match["quote"]
        for match, argument in zip(found, arguments, strict=True)
        if match and isinstance(argument, ast.JoinedStr)
    }
    first = outer_parentheses(source, arguments[0])
    region = Span(first.start, outer_parentheses(source, arguments[-1]).end)
    if len(quotes) != 1 or _holds_comment(source, region):
        return None
    quote = quotes.pop()
    parts = []
    for argument, match in zip(arguments, found, strict=True):
        text = source.segment(argument)
        if isinstance(argument, ast.JoinedStr):
            if match is None or match["quote"] != quote or _ends_early(match["inner"], quote):
                return None
            parts.append(match["inner"])
        elif _is_plain(argument):
            assert isinstance(argument, ast.Constant)
            parts.append(_braced(_escaped(str(argument.value), quote)))
        elif _SIMPLE.fullmatch(text):
            parts.append(f"{{{text}}}")
        else:
            return None
    joint = _braced(_escaped(separator, quote))
    return source.edit(region.start, region.end, f"f{quote}{joint.join(parts)}{quote}")


def _whole(source: Source, arguments: Sequence[ast.expr], separator: str) -> list[Edit] | None:
    """For loggers that take no arguments: one f-string, or `%` where a value does not fit in one."""
    first = outer_parentheses(source, arguments[0])
    last = outer_parentheses(source, arguments[-1])
    region = Span(first.start, last.end)
    if _holds_comment(source, region):
        return None
    quote = _quote_of(source, arguments)
    segments = [source.segment(argument) for argument in arguments]
    values = [
        segment
        for argument, segment in zip(arguments, segments, strict=True)
        if not _is_plain(argument)
    ]
    if all(_SIMPLE.fullmatch(value) for value in values):
        parts = [
            (
                _braced(_escaped(str(argument.value), quote))
                if isinstance(argument, ast.Constant) and _is_plain(argument)
                else f"{{{segment}}}"
            )
            for argument, segment in zip(arguments, segments, strict=True)
        ]
        text = _braced(_escaped(separator, quote)).join(parts)
        return [source.edit(region.start, region.end, f"f{quote}{text}{quote}")]
    literal = _format_literal(source, arguments, "percent", separator)
    values = [
        source.slice(outer_parentheses(source, argument))
        for argument in arguments
        if not _is_plain(argument)
    ]
    tail = "," if len(values) == 1 else ""
    return [source.edit(region.start, region.end, f"{literal} % ({', '.join(values)}{tail})")]
