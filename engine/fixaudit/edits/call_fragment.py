"""A call's own text as a LibCST node whose values are opaque, and the edits between two such nodes.

The callee and each argument's value stand in the node as names of one word. So LibCST reads a short
text whatever the values are (literals of a thousand lines, syntax it does not know yet), a call of
the same shape is parsed once, and an edit never touches the bytes of a value that stays.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fixaudit.edits import cst, statements
from fixaudit.model.finding import Edit, Span
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source

if TYPE_CHECKING:
    from libcst import Arg, Call

Argument = ast.expr | ast.keyword

CALLEE = "_fixaudit_callee_"
_HOLE = re.compile(r"_fixaudit_\w+?_(?!\w)")
_LINE_END = re.compile(r"\r\n|\r")
_CHARACTER = re.compile(r"\r\n|.", re.DOTALL)
_ARGUMENT = re.compile(r"(?P<star>\*{0,2})\s*(?:(?P<name>\w+)\s*=(?!=)\s*)?")
_OPENING = re.compile(r"(?:[ \t\f\r\n]|#[^\r\n]*)*")
MISPLACED = "its place in an f-string is not certain"
UNUSUAL = "its layout is too unusual"


@dataclass(frozen=True, slots=True)
class Fragment:
    """`node` is the call with a name for each value; `texts` are the values as they are written.

    `arguments` are the nodes of the syntax tree in the order of the text. `bare` is true for a
    generator that stands in the parentheses of the call.
    """

    node: Call
    span: Span
    arguments: tuple[Argument, ...]
    texts: Mapping[str, str]
    bare: bool


def hole_name(index: int | str) -> str:
    """The name that stands for a value."""
    return f"_fixaudit_{index}_"


@memoized
def fragment(source: Source, node: ast.Call | ast.Tuple) -> Fragment | str:
    """The fragment of a call, or of a tuple in parentheses as if it were a call's arguments.

    A reason where its place or its layout is not understood.
    """
    if not is_placed_right(source, node):
        return MISPLACED
    given, callee = _parts(node)
    arguments = tuple(sorted(given, key=lambda argument: source.span(argument).start))
    span, body = source.span(node), source.body
    names = [hole_name(index) for index in range(len(arguments))]
    values = [_value_span(source, span, argument) for argument in arguments]
    pieces, texts, position = [CALLEE], {CALLEE: ""}, span.start
    holes = list(zip(names, values, strict=True))
    if callee is not None:
        pieces, holes = [], [(CALLEE, source.span(callee)), *holes]
    for name, hole in holes:
        pieces += [body[position : hole.start].decode(), name]
        texts[name] = _one_line_end(source.slice(hole))
        position = hole.end
    pieces.append(body[position : span.end].decode())
    parsed = _parsed(_one_line_end("".join(pieces)))
    if parsed is None or [hole_of(argument) for argument in parsed.args] != names:
        return UNUSUAL
    bare = bool(values) and _is_bare(source, arguments[0], span)
    if bare and "#" in texts[names[0]].splitlines()[-1]:
        return UNUSUAL
    return Fragment(parsed, span, arguments, texts, bare)


def _parts(node: ast.Call | ast.Tuple) -> tuple[list[Argument], ast.expr | None]:
    if isinstance(node, ast.Call):
        return [*node.args, *node.keywords], node.func
    return [*node.elts], None


def _is_bare(source: Source, value: ast.AST, call: Span) -> bool:
    """True for a generator in the call's own parentheses, which its span then ends with."""
    return isinstance(value, ast.GeneratorExp) and source.span(value).end == call.end


def _value_span(source: Source, call: Span, argument: Argument) -> Span:
    """The argument's value without `*`, name and parentheses; a bare generator's without the call's."""
    value = argument.value if isinstance(argument, (ast.Starred, ast.keyword)) else argument
    span = source.span(value)
    if not _is_bare(source, value, call):
        return span
    inner = source.slice(Span(span.start + 1, span.end - 1))
    opening = _OPENING.match(inner)
    assert opening is not None
    length = len(inner[opening.end() :].rstrip().encode())
    start = span.start + 1 + len(opening[0].encode())
    return Span(start, start + length)


def _one_line_end(text: str) -> str:
    """LibCST does not keep every line end of a text that mixes them."""
    return _LINE_END.sub("\n", text) if "\r" in text else text


@lru_cache(512)
def _parsed(text: str) -> Call | None:
    try:
        node = statements.parse_expression(text)
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        return None
    return node if isinstance(node, cst.Call) and statements.code(node) == text else None


def hole_of(argument: Arg) -> str:
    """The name that stands for an argument's value in a fragment."""
    return argument.value.value if isinstance(argument.value, cst.Name) else ""


def new_argument(text: str, hole: str) -> tuple[Arg, str]:
    """A new argument for a fragment from its text, and what its name stands for."""
    found = _ARGUMENT.match(text)
    assert found is not None
    word = cst.Name(found["name"]) if found["name"] else None
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    equal = tight if word is not None else cst.MaybeSentinel.DEFAULT
    star: Any = found["star"]
    return cst.Arg(cst.Name(hole), word, equal, star=star), text[found.end() :]


def is_placed_right(source: Source, node: ast.expr) -> bool:
    """True where the span certainly is the node: old Pythons misplace pieces of f-strings."""
    for above in source.ancestors(node):
        if isinstance(above, ast.JoinedStr):
            return _reads_as(source.segment(node), node)
        if isinstance(above, ast.stmt):
            break
    return True


def _reads_as(text: str, node: ast.expr) -> bool:
    try:
        found = ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return ast.dump(found) == ast.dump(node)


# ----------------------------------------------------------------------------- two fragments


@dataclass(frozen=True, slots=True)
class _Part:
    """A core (a value with its `*`, name and parentheses), or (`name` empty) what stands between."""

    name: str
    text: str


def edits_between(
    source: Source, old: Fragment, node: Call, texts: Mapping[str, str], *, drops_comments: bool
) -> tuple[Edit, ...]:
    """The edits that make `old` the call `node`: none touches a core that stays."""
    after = list(_pieces(node))
    kept = {piece.name for piece in after if piece.name}
    before = list(_pieces(old.node))
    kept &= {piece.name for piece in before if piece.name}
    place = _places(source, old.span)
    position, found = 0, list[Edit]()
    pairs = zip(_runs(before, kept, old.texts), _runs(after, kept, texts), strict=True)
    for index, (old_text, new_text) in enumerate(pairs):
        head, tail = 0, 0
        if old_text != new_text and index % 2 == 0:  # a value changes as a whole
            head, tail = _shared(old_text, new_text)
        if old_text != new_text:
            start, end = position + head, position + len(old_text) - tail
            text = new_text[head : len(new_text) - tail]
            noted = drops_comments and "#" in old_text[head : len(old_text) - tail]
            found.append(source.edit(place(start), place(end), text, drops_comments=noted))
        position += len(old_text)
    return tuple(found)


def _places(source: Source, span: Span) -> Callable[[int], int]:
    """From a place in the text with `\\n` as its only line end to that in the file's bytes."""
    text = source.slice(span)
    if text.isascii() and "\r" not in text:
        return lambda place: span.start + place
    offsets, offset = [], span.start
    for char in _CHARACTER.findall(text):
        offsets.append(offset)
        offset += len(char.encode())
    return [*offsets, offset].__getitem__


def _pieces(node: Call) -> Iterator[_Part]:
    code = statements.code
    yield _Part(CALLEE, code(node.func))
    yield _Part("", f"{code(node.whitespace_after_func)}({code(node.whitespace_before_args)}")
    for argument in node.args:
        yield _Part(hole_of(argument), _core(argument))
        comma = code(argument.comma) if isinstance(argument.comma, cst.Comma) else ""
        yield _Part("", comma + code(argument.whitespace_after_arg))
    yield _Part("", ")")


def _core(argument: Arg) -> str:
    bare = argument.with_changes(
        comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=cst.SimpleWhitespace("")
    )
    return statements.code(bare)


def core_text(argument: Arg, texts: Mapping[str, str]) -> str:
    """An argument as it is written, without the comma and the white space behind it."""
    return _filled(_core(argument), texts)


def _runs(pieces: list[_Part], kept: set[str], texts: Mapping[str, str]) -> Iterator[str]:
    """The text in turns, for both alike: what stands before a kept value, the value, before, …"""
    run = ""
    for piece in pieces:
        if piece.name not in kept:
            run += _filled(piece.text, texts)
            continue
        before, after = piece.text.split(piece.name)
        yield run + before
        yield texts[piece.name]
        run = after
    yield run


def _filled(text: str, texts: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda found: texts[found[0]], text)


def _shared(old: str, new: str) -> tuple[int, int]:
    """How much two texts share in front and at the end.

    What comes or goes is whole lines where it can be read as such.
    """
    shortest = min(len(old), len(new))
    tail = 0
    while tail < shortest and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    head = 0
    while head < shortest - tail and old[head] == new[head]:
        head += 1
    first, last = head, tail
    longer = old if len(old) > len(new) else new
    while head + tail == shortest:
        end = len(longer) - tail
        if longer[end - 1] == "\n" and longer[head - 1 : head] == "\n":
            return head, tail
        if not tail or longer[head] != longer[end]:
            break
        head, tail = head + 1, tail - 1
    return first, last
