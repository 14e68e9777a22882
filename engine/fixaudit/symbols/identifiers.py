"""Where a file writes a word: as an identifier, whatever it means there, and in its strings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from fixaudit.model.finding import Span
from fixaudit.source.memo import memoized
from fixaudit.source.source import Source
from fixaudit.syntax.tree import walk

_DEFINED = re.compile(rb"(?:async\s+)?(?:def|class)(?:\s|\\\r?\n)+(\w+)")


class Written(StrEnum):
    """What a word is in the grammar."""

    NAME = "name"
    ATTRIBUTE = "attribute"
    DEFINITION = "definition"
    PARAMETER = "parameter"
    KEYWORD = "keyword"
    IMPORTED = "imported"
    """The name that `from … import` takes."""
    ALIAS = "alias"
    """The name behind `as` in an import."""
    DECLARED = "declared"
    """A name of `global` or `nonlocal`."""
    BOUND = "bound"
    """Bound by `except … as`, a pattern or a type parameter."""
    PATTERN = "pattern"
    """The attribute that a class pattern looks at: `case Point(x=0)`."""
    MODULE = "module"
    """A part of a module's name in an import."""
    STRING = "string"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One place that writes the word. `node` is what holds it: the name, the attribute, the `def`, …

    `spans` are its bytes, none where the text does not show for certain which: in f-strings, whose
    pieces older Pythons misplace, `joined` is then the outermost f-string around it. In a string
    there is a span for each time that the word stands in it, none where it has escapes.
    """

    kind: Written
    node: ast.AST
    line: int
    spans: tuple[Span, ...]
    joined: ast.JoinedStr | None = None


@memoized
def identifiers(source: Source, word: str) -> tuple[Identifier, ...]:
    """Every place of the file that writes a word, comments left out, in the order of the tree.

    Costs a walk of the file's tree. A word that is not plain ASCII may be written in other ways too.
    """
    return tuple(_Identifiers(source, word).read())


class _Identifiers:
    def __init__(self, source: Source, word: str) -> None:
        self.source = source
        self.word = word
        self.bytes = word.encode()
        self.pattern = re.compile(rb"(?<!\w)" + re.escape(self.bytes) + rb"(?!\w)")

    def read(self) -> Iterator[Identifier]:
        for node in walk(self.source.tree):
            for kind, spans in self._of(node):
                yield self._placed(kind, node, spans)

    def _placed(self, kind: Written, node: ast.AST, spans: tuple[Span, ...]) -> Identifier:
        body, joined = self.source.body, self._joined(node)
        if any(body[span.start : span.end] != self.bytes for span in spans):
            spans = ()
        if joined is not None and kind is Written.STRING:
            spans = ()  # a piece of an f-string has no place of its own
        line = getattr(node, "lineno", 1)
        if kind is Written.DEFINITION and spans:
            line += body.count(b"\n", self.source.span(node).start, spans[0].start)
        return Identifier(kind, node, line, spans, joined if not spans else None)

    def _joined(self, node: ast.AST) -> ast.JoinedStr | None:
        found = None
        for above in self.source.ancestors(node):
            if isinstance(above, ast.JoinedStr):
                found = above
            elif isinstance(above, ast.stmt):
                break
        return found

    def _of(self, node: ast.AST) -> Iterator[tuple[Written, tuple[Span, ...]]]:
        word = self.word
        match node:
            case ast.Name(id=name) if name == word:
                yield Written.NAME, (self.source.span(node),)
            case ast.Attribute(attr=name) if name == word:
                yield Written.ATTRIBUTE, self._last(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                if node.name == word:
                    yield Written.DEFINITION, self._defined(node)
            case ast.arg(arg=name) if name == word:
                yield Written.PARAMETER, self._first(node)
            case ast.keyword(arg=name) if name == word:
                yield Written.KEYWORD, self._first(node)
            case ast.Global(names=names) | ast.Nonlocal(names=names) if word in names:
                yield Written.DECLARED, self._within(node)
            case ast.Constant(value=str(text)) if word in text:
                if self.pattern.search(text.encode("utf-8", "replace")):
                    yield Written.STRING, self._in_string(node, text)
            case ast.ImportFrom(module=str(module)) if word in module.split("."):
                yield Written.MODULE, ()
            case ast.alias():
                yield from self._import(node)
            case ast.MatchClass(kwd_attrs=names) if word in names:
                yield Written.PATTERN, ()
            case _ if word in _bound_by(node):
                yield Written.BOUND, ()

    def _import(self, alias: ast.alias) -> Iterator[tuple[Written, tuple[Span, ...]]]:
        if isinstance(self.source.parent(alias), ast.ImportFrom):
            if alias.name == self.word:
                yield Written.IMPORTED, self._first(alias)
        elif self.word in alias.name.split("."):
            yield Written.MODULE, ()
        if alias.asname == self.word:
            yield Written.ALIAS, self._last(alias)

    def _first(self, node: ast.AST) -> tuple[Span, ...]:
        start = self.source.span(node).start
        return (Span(start, start + len(self.bytes)),)

    def _last(self, node: ast.AST) -> tuple[Span, ...]:
        end = self.source.span(node).end
        return (Span(end - len(self.bytes), end),)

    def _defined(self, node: ast.AST) -> tuple[Span, ...]:
        # Decorators stand above the `def`, at which the node's own line points.
        start = self.source.positions.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]
        found = _DEFINED.match(self.source.body, start)
        return (Span(*found.span(1)),) if found is not None else ()

    def _within(self, node: ast.AST) -> tuple[Span, ...]:
        span = self.source.span(node)
        found = self.pattern.finditer(self.source.body, span.start, span.end)
        return tuple(Span(*each.span()) for each in found)

    def _in_string(self, node: ast.AST, text: str) -> tuple[Span, ...]:
        span = self.source.span(node)
        raw = self.source.body[span.start : span.end]
        if b"\\" in raw or raw[:1] not in (b'"', b"'"):
            return ()
        found = self._within(node)
        count = len(self.pattern.findall(text.encode("utf-8", "replace")))
        return found if len(found) == count else ()


def _bound_by(node: ast.AST) -> tuple[str | None, ...]:
    """The name that a handler, a pattern or a type parameter binds."""
    match node:
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return (name,)
        case ast.MatchMapping(rest=name):
            return (name,)
    is_parameter = node.__class__.__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple")
    return (getattr(node, "name", None),) if is_parameter else ()


def spans_in_joined(source: Source, word: str, joined: ast.JoinedStr) -> tuple[Span, ...]:
    """Every place that the word stands at in the text of an f-string, its plain pieces too."""
    span = source.span(joined)
    pattern = re.compile(rb"(?<!\w)" + re.escape(word.encode()) + rb"(?!\w)")
    return tuple(Span(*each.span()) for each in pattern.finditer(source.body, span.start, span.end))
