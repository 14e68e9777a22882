"""String literals as units: each character as it is written and read, each placeholder whole.

Works on the text as it stands in the file, so that quotes, prefixes, escapes and the layout of an
implicit concatenation stay when units go.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fixaudit.edits import cst, statements
from fixaudit.edits.phrase_removal import OTHER
from fixaudit.source.source import Source

if TYPE_CHECKING:
    from libcst import BaseExpression

_ESCAPE = r"\\(?:N\{[^}]*\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|\r\n|[\s\S])"
_PERCENT = (
    r"%(?:\((?P<key>[^)]*)\))?[#0\- +]*(?P<star>\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?"
    r"(?P<conversion>[diouxXeEfFgGcrsa%])"
)
_FIELD = r"\{(?P<field>[^{}]*)\}"
# LibCST does not keep every newline of a file that mixes them, so gaps are read as they stand.
_GAP = re.compile(r"(?:[ \t\f\r\n]|\\(?=\r?\n)|#[^\r\n]*)*")
_READ_AS = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\'": "'", '\\"': '"', "\\\\": "\\"}


class Style(StrEnum):
    """How the literal's own placeholders are written, besides those of an f-string."""

    NONE = "none"
    PERCENT = "percent"
    BRACE = "brace"


@dataclass(frozen=True, slots=True)
class Unit:
    """One character or placeholder: `raw` as written, `value` as read (`OTHER` for a placeholder).

    `expression` is an f-string placeholder's code; `slot` the argument a `%s` or `{}` takes, and
    `whole` whether it takes the argument itself and not an attribute of it.
    """

    raw: str
    value: str
    expression: str | None = None
    slot: int | str | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Leaf:
    """One literal of an implicit concatenation; `start` and `end` are byte offsets in the file."""

    start: int
    end: int
    prefix: str
    quote: str
    units: tuple[Unit, ...]

    @property
    def formatted(self) -> bool:
        return "f" in self.prefix.lower()


class UnreadableError(Exception):
    """The literal is written in a way this module does not take apart; says in which."""


class Reader:
    """Reads the literals of one message; positional placeholders are numbered across them."""

    def __init__(self, source: Source, style: Style) -> None:
        self._source = source
        self._style = style
        self._next = 0

    def leaves(self, node: ast.expr) -> tuple[Leaf, ...]:
        """The literals of a string constant or f-string expression, in order.

        Raises:
            UnreadableError: for named or starred `%` placeholders, nested fields, and the like.
        """
        text, newline = self._source.segment(node), self._source.newline
        try:
            literals = list(_literals(statements.parse_expression(text, newline)))
        except cst.ParserSyntaxError as error:
            raise UnreadableError("the literal is too unusual") from error
        position, reached, found = self._source.span(node).start, 0, []
        for literal in literals:
            code = statements.code(literal, newline)
            gap = _GAP.match(text, reached)
            if gap is None or not text.startswith(code, gap.end()):
                raise UnreadableError("the literal is too unusual")
            start = position + len(text[: gap.end()].encode("utf-8"))
            reached = gap.end() + len(code)
            found.append(self._leaf(literal, start, start + len(code.encode("utf-8"))))
        if reached != len(text):
            raise UnreadableError("the literal is too unusual")
        return tuple(found)

    def _leaf(self, literal: BaseExpression, start: int, end: int) -> Leaf:
        if isinstance(literal, cst.SimpleString):
            raw = "r" in literal.prefix.lower()
            units = tuple(self._units(literal.raw_value, raw, doubled=False))
            return Leaf(start, end, literal.prefix, literal.quote, units)
        assert isinstance(literal, cst.FormattedString)
        raw = "r" in literal.prefix.lower()
        found: list[Unit] = []
        for part in literal.parts:
            if isinstance(part, cst.FormattedStringText):
                found += self._units(part.value, raw, doubled=True)
            else:
                assert isinstance(part, cst.FormattedStringExpression)
                newline = self._source.newline
                inner = statements.code(part.expression, newline)
                found.append(Unit(statements.code(part, newline), OTHER, expression=inner))
        return Leaf(start, end, literal.prefix, literal.quote, tuple(found))

    def _units(self, text: str, raw: bool, *, doubled: bool) -> Iterator[Unit]:
        if doubled and self._style is Style.BRACE:
            raise UnreadableError("an f-string that is formatted once more")
        position = 0
        escape = re.compile(_ESCAPE)
        while position < len(text):
            found = None if raw else escape.match(text, position)
            if found:
                yield Unit(found[0], _read(found[0]))
            elif (doubled or self._style is Style.BRACE) and text[position] in "{}":
                found, unit = self._brace(text, position)
                yield unit
            elif self._style is Style.PERCENT and text[position] == "%":
                found, unit = self._percent(text, position)
                yield unit
            else:
                yield Unit(text[position], text[position])
            position = found.end() if found else position + 1

    def _brace(self, text: str, position: int) -> tuple[re.Match[str], Unit]:
        doubled = re.compile(r"\{\{|\}\}").match(text, position)
        if doubled:
            return doubled, Unit(doubled[0], doubled[0][0])
        found = re.compile(_FIELD).match(text, position)
        if found is None:
            raise UnreadableError("the placeholders are nested")
        name = re.split("[!:]", found["field"], maxsplit=1)[0]
        base = re.split(r"[.\[]", name, maxsplit=1)[0]
        slot: int | str = int(base) if base.isdigit() else base
        if not base:
            slot, self._next = self._next, self._next + 1
        return found, Unit(found[0], OTHER, slot=slot, whole=base == name)

    def _percent(self, text: str, position: int) -> tuple[re.Match[str], Unit]:
        found = re.compile(_PERCENT).match(text, position)
        if found is None or found["key"] is not None or "*" in found[0]:
            raise UnreadableError("the placeholders are named, starred or broken")
        if found["conversion"] == "%":
            return found, Unit(found[0], "%")
        slot, self._next = self._next, self._next + 1
        return found, Unit(found[0], OTHER, slot=slot, whole=found["conversion"] in "sra")


def _literals(node: BaseExpression) -> Iterator[BaseExpression]:
    if isinstance(node, cst.ConcatenatedString):
        yield from _literals(node.left)
        yield from _literals(node.right)
    elif isinstance(node, (cst.SimpleString, cst.FormattedString)):
        yield node
    else:
        raise UnreadableError("the message is not a literal")


def _read(escape: str) -> str:
    if escape[1] in "\r\n":
        return ""
    return _READ_AS.get(escape, "x")


def render_literal(
    leaf: Leaf, keep: Callable[[Unit], bool], *, undouble: Style, formats: bool = True
) -> str:
    """The literal with the units that `keep` answers for; an f-string that loses its last
    placeholder becomes a plain string, and `undouble` says whose doubled marks become single.

    Without `formats`, which says whether the whole text still has a placeholder, an f-string that
    never had one becomes plain too.
    """
    kept = [unit for unit in leaf.units if keep(unit)]
    inline = [unit for unit in leaf.units if unit.expression is not None]
    plain = (
        leaf.formatted and not any(keep(unit) for unit in inline) and bool(inline or not formats)
    )
    prefix = re.sub("[fF]", "", leaf.prefix) if plain else leaf.prefix
    single = set[str]()
    if plain or (undouble is Style.BRACE and not leaf.formatted):
        single |= {"{{", "}}"}
    if undouble is Style.PERCENT:
        single.add("%%")
    body = "".join(unit.raw[0] if unit.raw in single else unit.raw for unit in kept)
    return f"{prefix}{leaf.quote}{body}{leaf.quote}"
