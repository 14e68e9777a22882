"""The variants: what the kit makes of every fixture, and what must hold for each."""

from __future__ import annotations

import ast
import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from fixaudit.errors import SourceError
from fixaudit.source.source import Source
from fixaudit.testing import importing, renaming, text_lines, wrapping

_PLAIN_IMPORT = re.compile(rb"^import .*\b[a-z_]\w*[ \t]*(?:#.*)?$", re.MULTILINE)
_COOKIE = re.compile(rb"\A(?:.*\n)?[ \t\f]*#.*coding[:=]")
_INDENTED = re.compile(rb"^( +)\S", re.MULTILINE)
_DEFINITION = re.compile(rb"^(?:@|(?:async )?def |class )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SameText:
    """`change` is done to both sides; the codemod must lead from one to the other.

    `settle` takes out of result and expectation what a codemod cannot be held to; it is given
    the text and the varied `before`.
    """

    name: str
    change: Callable[[bytes], bytes | None]
    applies: Callable[[bytes], bool] = bool
    settle: Callable[[bytes, bytes], bytes] = lambda text, before: text


@dataclass(frozen=True, slots=True)
class NoCode:
    """The text stands where it is no code any more: nothing may be edited."""

    name: str
    change: Callable[[Source], bytes | None]
    applies: Callable[[bytes], bool] = bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The code stands in other surroundings: whatever becomes of it must be sound.

    `same_verdicts`: as many findings of each verdict as in the fixture itself.
    `shadows`: calls of the names shadowed must not be edited.
    `proofs_hold`: a verdict that no hint speaks for stays what it is.
    """

    name: str
    change: Callable[[Source], bytes | None]
    applies: Callable[[bytes], bool] = bool
    same_verdicts: bool = False
    shadows: bool = False
    proofs_hold: bool = False


Variant = SameText | NoCode | Elsewhere


def _crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def _unix_only(data: bytes) -> bool:
    return b"\r" not in data and b"\n" in data


def _mixed(data: bytes) -> bytes:
    """About every third line ends in `\\r\\n`; its text alone decides, so both sides agree."""
    return b"".join(
        line[:-1] + b"\r\n" if line.endswith(b"\n") and sum(line) % 3 == 0 else line
        for line in data.splitlines(keepends=True)
    )


def _new_lines_free(text: bytes, before: bytes) -> bytes:
    """What was there keeps its end; a new line may have either."""
    there = frozenset(before.splitlines(keepends=True))
    text_lines = text.splitlines(keepends=True)
    return b"".join(line if line in there else line.replace(b"\r\n", b"\n") for line in text_lines)


def _bom(data: bytes) -> bytes:
    return codecs.BOM_UTF8 + data


def _takes_bom(data: bytes) -> bool:
    return not data.startswith(codecs.BOM_UTF8) and not _COOKIE.match(data)


def _tabs(data: bytes) -> bytes | None:
    try:
        return text_lines.with_tabs(data.decode("utf-8")).encode()
    except (UnicodeDecodeError, SyntaxError):
        return None


def _tabs_again(data: bytes, before: bytes) -> bytes:
    # A definition brought in as a whole has the four spaces of the house; Python takes that.
    return _tabs(data) or data


def _indented_by_four(data: bytes) -> bool:
    widths = [len(entry) for entry in _INDENTED.findall(data)]
    return bool(widths) and min(widths) == 4 and b"\r" not in data and b"\n\t" not in data


def _no_final_newline(data: bytes) -> bytes:
    return data.rstrip(b"\n")


def _final_newline(data: bytes) -> bool:
    return data.endswith(b"\n") and b"\r" not in data and bool(data.strip())


def _form_feed(data: bytes) -> bytes:
    """A page break before the last definition of the module."""
    found = list(_DEFINITION.finditer(data))
    return data[: found[-1].start()] + b"\f\n" + data[found[-1].start() :] if found else data


def _has_definition(data: bytes) -> bool:
    return b"\r" not in data and b"\f" not in data and _DEFINITION.search(data) is not None


def _page_breaks_counted(data: bytes, before: bytes) -> bytes:
    # What is put above the definition may come before or after its page break.
    return data.replace(b"\f\n", b"") + b"\f" * data.count(b"\f")


def _without_last_newlines(data: bytes, before: bytes) -> bytes:
    return data.rstrip(b"\n")


def _has_import(data: bytes) -> bool:
    return b"\r" not in data and _PLAIN_IMPORT.search(data) is not None


def _has_call(data: bytes) -> bool:
    return b"\r" not in data and b"(" in data


_TYPE_CHECKING = ("import typing as _typing\nif _typing.TYPE_CHECKING:",)

VARIANTS: tuple[Variant, ...] = (
    SameText("crlf", _crlf, _unix_only),
    SameText("mixed-newlines", _mixed, _unix_only, _new_lines_free),
    SameText("bom", _bom, _takes_bom),
    SameText("tabs", _tabs, _indented_by_four, _tabs_again),
    SameText("no-final-newline", _no_final_newline, _final_newline, _without_last_newlines),
    SameText("form-feed", _form_feed, _has_definition, _page_breaks_counted),
    NoCode("string", wrapping.in_string),
    NoCode("docstring", wrapping.in_docstring),
    NoCode("comment", wrapping.in_comments),
    Elsewhere("indented", wrapping.body_below("if True:"), _unix_only),
    Elsewhere("type-checking", wrapping.body_below(*_TYPE_CHECKING), _unix_only),
    Elsewhere("nested-function", wrapping.body_below("def _outer():"), _unix_only),
    Elsewhere("async-function", wrapping.body_below("async def _outer():"), _unix_only),
    Elsewhere("method", wrapping.body_below("class _Outer:", "def method(self):"), _unix_only),
    Elsewhere("decorator", wrapping.in_decorator, _has_call),
    Elsewhere("aliased-import", importing.aliased, _has_import, same_verdicts=True),
    Elsewhere("from-import", importing.from_imported, _has_import, same_verdicts=True),
    Elsewhere("shadowed", wrapping.shadowed, _has_call, shadows=True),
    Elsewhere("renamed", renaming.renamed, _unix_only, proofs_hold=True),
)

NAMES = frozenset(variant.name for variant in VARIANTS)


def varied(variant: NoCode | Elsewhere, source: Source) -> bytes | None:
    """The variant of a source; None where there is nothing in it to vary."""
    try:
        return variant.change(source)
    except (SourceError, RecursionError):
        return None


def certain_root(source: Source, start: int, end: int) -> str | None:
    """The imported or builtin name without which the call (awaited or not) in a span is another.

    None where the span is no call, or one of a method of an object, however it came here.
    """
    for node in source.nodes(ast.Call):
        parent = source.parent(node)
        fills = [source.span(node)]
        if isinstance(parent, ast.Await):
            fills.append(source.span(parent))
        if any((entry.start, entry.end) == (start, end) for entry in fills):
            function: ast.expr = node.func
            if isinstance(function, ast.Name):
                return function.id
            while isinstance(function, ast.Attribute):
                function = function.value
            if isinstance(function, ast.Name) and _is_module(source, function.id):
                return function.id
    return None


def _is_module(source: Source, name: str) -> bool:
    found = source.scopes.module.bindings.get(name, [])
    return any(isinstance(entry.statement, ast.Import) for entry in found)
