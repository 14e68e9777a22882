"""Where a message begins and ends: without what only a screen needs, and without what a log adds itself.

Line breaks and blanks at its ends go, and so do a level (`[ERROR]`, `Warning:`) and a time of its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from fixaudit import Edit, ObsoleteImport, Source, rewriting
from fixaudit.authoring import walk

_BLANK = r"(?:\s|\\[nrt])"
_OPENING = re.compile(rf"{_BLANK}+")
_CLOSING = re.compile(rf"(?<!\\)(?P<kept>(?:\\\\)*){_BLANK}+\Z")
_ORNAMENT = re.compile(r"(?:[#=*~+\-]{2,}>*|>{2,}|#)\s+")
_TOKEN = re.compile(r"""(?P<prefix>[fF]?)(?P<quote>\"{3}|'{3}|"|')""")
_RAW = re.compile(r"""(?:^|[\s"'])[bBfF]?[rR][bBfF]?["']""")
LABEL = re.compile(
    r"^\W*?(?P<source>\[[\w.-]+\]\W*(?=\[))?"
    r"\W*(?:(?P<debug>debug|trace)|(?P<info>info|notice)|(?P<warning>warn(?:ing)?)"
    r"|(?P<error>err(?:or)?|critical|fatal))\b\s*[\]:>)!\-\N{EM DASH}]",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"(?:[\s\]:>)!|,\-\N{EM DASH}]|\\[nrt])*")
_CLOCK = re.compile(r"\b(?:(?:utc)?now|strftime|a?sctime|ctime|localtime)\(")
_PLACEHOLDERS = re.compile(r"\{[^{}]*\}|%[a-z]")


@dataclass(frozen=True, slots=True)
class Edges:
    """What the ends of a message lose.

    `labelled`: the text names its level, which the log says by itself; `stamps`: the variables that
    hold the time of the message; `assigned`: the statements that make nothing but those.
    """

    labelled: bool = False
    stamps: frozenset[str] = frozenset()
    assigned: tuple[ast.stmt, ...] = ()

    def opened(self, inner: str, *, more: bool = False) -> str:
        """The inside of the first literal as a log's message begins; `more`: words follow it."""
        blank = _OPENING.match(inner)
        inner = inner[blank.end() :] if blank else inner
        ornament = _ORNAMENT.match(inner)
        if ornament and _goes_on(inner[ornament.end() :], is_error=False, more=more):
            # A second one closes what the first opens: `--- name ---`.
            is_pair = ornament[0].strip() in inner[ornament.end() :]
            inner = inner if is_pair else inner[ornament.end() :]
        inner = self._without_stamp(inner, more)
        label = LABEL.match(inner) if self.labelled else None
        if label is None:
            return inner
        rest = _behind(inner, label.end())
        is_error = label["error"] is not None
        if not _goes_on(rest, is_error, more):
            return inner
        return (label["source"] or "") + rest if rest else (label["source"] or "").rstrip()

    def _without_stamp(self, inner: str, more: bool) -> str:
        found = re.match(r"\W?\{(?P<shown>[^{}]*)\}", inner)
        if found is None:
            return inner
        shown = found["shown"]
        if shown not in self.stamps and not _CLOCK.search(shown):
            return inner
        rest = _behind(inner, found.end())
        return rest if _goes_on(rest, is_error=False, more=more) else inner


@dataclass(frozen=True, slots=True)
class Message:
    """How the values of a print become one text: what stands between them, and how it begins and ends."""

    separator: str
    edges: Edges = Edges()

    def parts(self, texts: Sequence[str]) -> list[str]:
        """The parts of one literal, as they may stand between its quotes, without needless blanks.

        Beside a blank between two parts no other is kept; a part of blanks alone goes.
        """
        parts = list(texts)
        parts[-1] = closed(parts[-1])
        more = any(_says_something(part) for part in parts[1:])
        parts[0] = self.edges.opened(parts[0], more=more)
        if self.separator != " ":
            return parts
        parts = [closed(part) for part in parts]
        parts[1:] = [
            part[found.end() :] if (found := _OPENING.match(part)) else part for part in parts[1:]
        ]
        return [part for part in parts if part] or [""]


def _behind(inner: str, position: int) -> str:
    rest = inner[position:]
    found = _BEHIND.match(rest)
    return rest[found.end() :] if found else rest


def _goes_on(rest: str, is_error: bool, more: bool) -> bool:
    """True where a text behind its label still says something: `Error: {e}` would not."""
    if not rest:
        return more
    starts_with_value = rest[:1] in ("{", "%")
    return _says_something(rest) and not (is_error and starts_with_value)


def _says_something(text: str) -> bool:
    return any(char.isalpha() for char in _PLACEHOLDERS.sub("", text))


def closed(inner: str) -> str:
    """The inside of a literal without blanks at its end."""
    return _CLOSING.sub(lambda found: found["kept"], inner)


# ----------------------------------------------------------------------------- literals in place


def edge_edits(source: Source, arguments: Sequence[ast.expr], edges: Edges) -> list[Edit]:
    """Edits of the literals that a message begins and ends with, where they stand in the file."""
    first, last = _outer_literal(arguments[0], 0), _outer_literal(arguments[-1], -1)
    edits: list[Edit] = []
    if first is not None:
        edits += _opening_edit(source, first, edges, more=_has_literal_words(arguments[1:]))
    if last is not None and not any(_overlaps(source, entry, last) for entry in edits):
        edits += _closing_edit(source, last)
    return edits


def _has_literal_words(arguments: Sequence[ast.expr]) -> bool:
    constants = (node for argument in arguments for node in walk(argument))
    return any(
        char.isalpha()
        for node in constants
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for char in node.value
    )


def _outer_literal(expression: ast.expr, at: int) -> ast.expr | None:
    """The literal that an expression begins (`at` 0) or ends (-1) with."""
    match expression:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return expression
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _outer_literal(left if at == 0 else right, at)
        case ast.BinOp(op=ast.Mod(), left=text):
            return _outer_literal(text, at)
        case ast.Call(func=ast.Attribute(value=text, attr="format")):
            return _outer_literal(text, at)
    return None


def _opening_edit(source: Source, literal: ast.expr, edges: Edges, *, more: bool) -> list[Edit]:
    text = source.segment(literal)
    token = _TOKEN.match(text)
    if token is None:
        return []
    quote = token["quote"]
    inner = text[token.end() :].removesuffix(quote)
    after = edges.opened(inner, more=more)
    if after == inner or not after or after.startswith(quote):
        return []
    pairs = zip(reversed(inner), reversed(after), strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    begin = token[0]
    if token["prefix"] and "{" not in after and _is_one_token(inner, quote):
        begin = quote
    start = source.span(literal).start
    end = start + len((token[0] + inner[: len(inner) - same]).encode())
    return [source.edit(start, end, begin + after[: len(after) - same])]


def _is_one_token(inner: str, quote: str) -> bool:
    return quote not in re.sub(r"\\.", "", inner, flags=re.DOTALL)


def _closing_edit(source: Source, literal: ast.expr) -> list[Edit]:
    text = source.segment(literal)
    quote = text[-3:] if text[-3:] in ('"""', "'''") else text[-1:]
    inner = text[: -len(quote)]
    after = closed(inner)
    if after == inner or _RAW.search(text) or after.endswith(quote):
        return []
    end = source.span(literal).end - len(quote)
    return [source.edit(end - len(inner[len(after) :].encode()), end, "")]


def _overlaps(source: Source, edit: Edit, literal: ast.expr) -> bool:
    return edit.span.end >= source.span(literal).end


# ----------------------------------------------------------------------------- a time of its own


def edges_of(source: Source, call: ast.Call, *, labelled: bool) -> Edges:
    """What the message of a print loses at its ends; `labelled` as in `Edges`."""
    plain = Edges(labelled)
    first = _outer_literal(call.args[0], 0) if call.args else None
    if not isinstance(first, ast.JoinedStr):
        return plain
    shown = next(
        (part.value for part in first.values if isinstance(part, ast.FormattedValue)), None
    )
    if not isinstance(shown, ast.Name):
        return plain
    name, made = shown.id, _made_above(source, source.statement(call), shown.id)
    if made is None or rewriting.delete_lines(source, made) is None:
        return plain
    if not all(_stamps(source, use) for use in _uses(source, call, name)):
        return plain
    edges = Edges(labelled, frozenset({name}), (made,))
    text = source.segment(first)
    token = _TOKEN.match(text)
    inner = "" if token is None else text[token.end() : -len(token["quote"])]
    # Only where the time does go is its variable of no use any more.
    more = _has_literal_words(call.args[1:])
    return edges if edges.opened(inner, more=more) != plain.opened(inner, more=more) else plain


def _made_above(source: Source, statement: ast.stmt, name: str) -> ast.stmt | None:
    """The statement right above that gives `name` the time."""
    block = source.block(statement)
    position = block.index(statement)
    above = block[position - 1] if position else None
    match above:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
            return above if _CLOCK.search(ast.unparse(value)) else None
    return None


def _uses(source: Source, call: ast.Call, name: str) -> Iterator[ast.Name]:
    around = source.function(call) or source.tree
    for node in walk(around):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node


def _stamps(source: Source, use: ast.Name) -> bool:
    """True for a use as the time of a print, right below the statement that makes it."""
    statement = source.statement(use)
    return _made_above(source, statement, use.id) is not None


def removals(source: Source, edges: Edges) -> list[Edit]:
    """Takes out the statements that made nothing but the time."""
    edits = (rewriting.delete_lines(source, entry) for entry in edges.assigned)
    return [entry for entry in edits if entry is not None]


def freed(call: ast.Call, edges: Edges) -> Iterator[ObsoleteImport]:
    """The imports that the time may have been the last to use."""
    for node in (call, *edges.assigned):
        for inner in walk(node):
            if isinstance(inner, ast.Name) and inner.id in ("datetime", "time", "dt"):
                yield ObsoleteImport(inner.id)
