"""From `print(…)` to `logger.level(…)`: only the tokens that change, never the layout around them."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from itertools import pairwise

from fixaudit import Edit, ObsoleteImport, Source, Span, handlers
from fixaudit.authoring import (
    CallEditor,
    Refusal,
    comma_behind,
    outer_parentheses,
    rename_callee,
    walk,
)
from fixaudit_codemods.logs.print_to_logger._bare import failure, has_words, is_traceback, labels
from fixaudit_codemods.logs.print_to_logger._edges import (
    Message,
    edge_edits,
    edges_of,
    freed,
    removals,
)
from fixaudit_codemods.logs.print_to_logger._literals import (
    PLACEHOLDERS,
    PLAIN_STRING,
    braced,
    ends_early,
    escaped,
    format_literal,
    holds_comment,
    is_plain,
    merged,
    one_f_string,
    quote_of,
    region_of,
    whole,
)
from fixaudit_codemods.logs.print_to_logger._logger_choice import Style
from fixaudit_codemods.logs.print_to_logger._message import is_text

Written = tuple[list[Edit], list[ObsoleteImport]]


def written(
    source: Source, call: ast.Call, target: str, style: Style, separator: str, *, labelled: bool
) -> Written | None:
    """The edits that make `call` a call of `target`, and the imports that may lose their last use.

    None where a comment or string is in the way. `labelled`: the text names its level itself.
    """
    edges = edges_of(source, call, labelled=labelled)
    edits = _rewritten(source, call, target, style, Message(separator, edges))
    if edits is None:
        return None
    return [*edits, *removals(source, edges)], [*freed(call, edges)]


def _rewritten(
    source: Source, call: ast.Call, target: str, style: Style, message: Message
) -> list[Edit] | None:
    """The edits that make `call` a call of `target`; None where a comment or string is in the way."""
    arguments = call.args
    names = None if has_words(arguments) else labels(source, arguments)
    if names is not None:
        return _labelled(source, call, target, style, names, message.separator)
    editor = CallEditor(source, call) if _needs_editor(source, call, style) else None
    inner: list[Edit] | None = []
    if len(arguments) == 1:
        inner = _single(source, arguments[0], style, editor, message)
    elif all(_is_literal(argument) for argument in arguments):
        inner = _joined(source, arguments, message)
    elif (text := one_f_string(source, arguments, message)) is not None:
        return _finished(
            source, call, target, [text], CallEditor(source, call) if call.keywords else None
        )
    elif style == "whole":
        inner = whole(source, arguments, message)
    else:
        assert editor is not None
        inner = _formatted(source, arguments, style, message, editor)
    return None if inner is None else _finished(source, call, target, inner, editor)


def failed(
    source: Source, call: ast.Call, target: str, style: Style, text: str, *, shows_value: bool
) -> Written | None:
    """`print(e)` as a message that says what failed; the value goes where the traceback shows it."""
    (shown,) = call.args
    if holds_comment(source, region_of(source, [shown])):
        return None
    if shows_value:
        edits = _labelled(source, call, target, style, [text], " ")
        return None if edits is None else (edits, [])
    editor = CallEditor(source, call) if call.keywords else None
    found = _finished(source, call, target, [source.replace(shown, f'"{text}"')], editor)
    if found is None:
        return None
    if is_traceback(source, shown):
        return found, [ObsoleteImport("traceback")]
    handler = source.handler(call)
    assert handler is not None
    inside = set(walk(call))
    gone = [use for use in handlers.name_uses(handler) if use in inside]
    return [*found, *handlers.release_name(source, handler, gone, [gone])], []


def what_failed(source: Source, call: ast.Call) -> str | None:
    """The message of a print that shows nothing but an exception or traceback; None for any other."""
    return failure(source, call)


def shows_nothing_but_traceback(source: Source, call: ast.Call) -> bool:
    """True for `print(traceback.format_exc())`."""
    return is_traceback(source, call.args[0])


def _labelled(
    source: Source, call: ast.Call, target: str, style: Style, names: list[str], separator: str
) -> list[Edit] | None:
    """Values without a text, each behind its name: `"rows: %s, total: %s"`."""
    joint = ", " if separator == " " else separator
    editor = CallEditor(source, call)
    if style != "whole":
        literal = escaped(joint, '"').join(f"{name}: {PLACEHOLDERS[style]}" for name in names)
        editor.add_positional(f'"{literal}"', beside=True)
        return _finished(source, call, target, [], editor)
    region = region_of(source, call.args)
    if holds_comment(source, region):
        return None
    values = [source.slice(outer_parentheses(source, argument)) for argument in call.args]
    if any(set('"\\\n{}') & set(value) for value in values):
        literal = escaped(joint, '"').join(f"{name}: %s" for name in names)
        text = f'"{literal}" % ({", ".join(values)}{"," if len(values) == 1 else ""})'
    else:
        parts = (f"{name}: {{{value}}}" for name, value in zip(names, values, strict=True))
        text = f'f"{braced(escaped(joint, chr(34))).join(parts)}"'
    inner = [source.edit(region.start, region.end, text)]
    return _finished(source, call, target, inner, editor if call.keywords else None)


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
    return isinstance(argument, ast.JoinedStr) or is_plain(argument)


# ----------------------------------------------------------------------------- one argument


def _single(
    source: Source,
    argument: ast.expr,
    style: Style,
    editor: CallEditor | None,
    message: Message,
) -> list[Edit]:
    if is_text(source, argument):
        return edge_edits(source, [argument], message.edges)
    if style != "whole":
        assert editor is not None
        editor.add_positional(f'"{PLACEHOLDERS[style]}"', beside=True)
        return []
    span = outer_parentheses(source, argument)
    return [source.edit(span.start, span.start, "str("), source.edit(span.end, span.end, ")")]


# ----------------------------------------------------------------------------- strings only


def _joined(source: Source, arguments: Sequence[ast.expr], message: Message) -> list[Edit] | None:
    """Several strings become one: merged where they share a line, else as adjacent literals."""
    separator = message.separator
    region = region_of(source, arguments)
    if b"\n" not in source.body[region.start : region.end]:
        text = merged([source.segment(argument) for argument in arguments], message)
        if text is not None:
            return [source.edit(region.start, region.end, text)]
    edits = edge_edits(source, arguments, message.edges)
    for argument, following in pairwise(arguments):
        joint = _joint(source, argument, following, separator)
        if joint is None:
            return _spelled_out(source, arguments, message)
        edits += joint
    return edits


def _spelled_out(
    source: Source, arguments: Sequence[ast.expr], message: Message
) -> list[Edit] | None:
    """One new literal for plain strings whose own tokens cannot stand side by side."""
    region = region_of(source, arguments)
    values = [argument.value for argument in arguments if isinstance(argument, ast.Constant)]
    if len(values) < len(arguments) or holds_comment(source, region):
        return None
    quote = quote_of(source, arguments)
    text = escaped(message.separator.join(message.parts([str(value) for value in values])), quote)
    return [source.edit(region.start, region.end, f"{quote}{text}{quote}")]


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
    inside = escaped(separator, quote)
    if isinstance(argument, ast.JoinedStr):
        if braced(inside) != inside and not _is_one_token(text):
            return None
        inside = braced(inside)
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
    found = PLAIN_STRING.fullmatch(text)
    return found is not None and not ends_early(found["inner"], found["quote"])


def _last_is_raw(text: str) -> bool:
    return re.search(r"""(?:^|[\s"'])[fF]?[rR][fF]?["']""", text) is not None


# ----------------------------------------------------------------------------- strings and values


def _formatted(
    source: Source,
    arguments: Sequence[ast.expr],
    style: Style,
    message: Message,
    editor: CallEditor,
) -> list[Edit] | None:
    """`"text", value` becomes `"text %s", value`: the texts move into one literal at the front."""
    literal = format_literal(source, arguments, style, message)
    first = outer_parentheses(source, arguments[0])
    inner: list[Edit] = []
    if not is_plain(arguments[0]):
        editor.add_positional(literal, beside=True)
    elif holds_comment(source, first):
        return None
    else:
        inner.append(source.edit(first.start, first.end, literal))
    texts = (argument for argument in arguments[1:] if is_plain(argument))
    editor.drop(*texts, comments="keep")
    return inner
