"""What a file says of a symbol: the places that certainly mean it, and what stands in the way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixaudit.model.finding import Span
from fixaudit.source.source import Source
from fixaudit.symbols.identifiers import Identifier, Written, identifiers, spans_in_joined
from fixaudit.symbols.meaning import (
    TOLD,
    Hindrance,
    HindranceKind,
    Meaning,
)
from fixaudit.symbols.members import method_meaning
from fixaudit.symbols.names import (
    collisions,
    is_home,
    name_meaning,
)
from fixaudit.symbols.strings import string_meaning
from fixaudit.symbols.symbol import Symbol


@dataclass(frozen=True, slots=True)
class SymbolScan:
    """What one file says: `spans` are to hold the new name, `told` are the lines of texts and comments
    that say the old one."""

    path: str
    spans: tuple[Span, ...] = ()
    hindrances: tuple[Hindrance, ...] = ()
    told: tuple[int, ...] = ()


def scan_for_symbol(source: Source, symbol: Symbol) -> SymbolScan:
    """Looks at every place of a file that writes the word."""
    found = identifiers(source, symbol.old)
    meant = [(each, _meaning(source, symbol, each)) for each in found]
    uses = [each for each, meaning in meant if meaning.is_use]
    hindrances = [
        Hindrance(meaning.kind, source.path, each.line, meaning.why)
        for each, meaning in meant
        if meaning.why and meaning is not TOLD
    ]
    spans: list[Span] = []
    for each, meaning in meant:
        if meaning.is_use:
            placed = meaning.spans or each.spans or _joined(source, symbol, each, meant)
            spans += placed
            if not placed:
                why = "its place in the text is not certain"
                hindrances.append(Hindrance(HindranceKind.USE, source.path, each.line, why))
    if symbol.homes:
        hindrances += collisions(source, symbol, uses)
        hindrances += _star_imports(source, symbol)
        hindrances += _tables_of_names(source, symbol)
    lines = [each.line for each, meaning in meant if meaning is TOLD]
    told = tuple(sorted({*lines, *_comments(source, symbol)}))
    return SymbolScan(source.path, tuple(sorted(set(spans))), tuple(hindrances), told)


def _meaning(source: Source, symbol: Symbol, found: Identifier) -> Meaning:
    if found.kind is Written.STRING:
        return string_meaning(source, symbol, found)
    read = name_meaning if symbol.homes else method_meaning
    return read(source, symbol, found)


def _joined(
    source: Source,
    symbol: Symbol,
    found: Identifier,
    meant: list[tuple[Identifier, Meaning]],
) -> tuple[Span, ...]:
    """The places in an f-string in which every time the word is a use."""
    joined = found.joined
    if joined is None:
        return ()
    inside = [meaning for each, meaning in meant if each.joined is joined]
    spans = spans_in_joined(source, symbol.old, joined)
    sure = all(each.is_use for each in inside) and len(spans) == len(inside)
    return spans if sure else ()


def _star_imports(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    """Star imports that take the name along."""
    project = source.project
    facts = project.facts_of_source(source)
    for star in facts.stars:
        if project.path_of(star.module, facts.path) in symbol.homes:
            if project.stars.provides(facts, star, symbol.old) != "no":
                why = f"a star import may take it from `{star.module}`"
                yield Hindrance(HindranceKind.USE, source.path, star.line, why)


def _tables_of_names(source: Source, symbol: Symbol) -> Iterator[Hindrance]:
    """`globals()` in a module that holds the name, where what is read of it is not written."""
    for call in source.nodes(ast.Call) if is_home(source, symbol) else ():
        if source.qualified_name(call.func) in ("builtins.globals", "builtins.vars"):
            above = source.parent(call)
            key = above.slice if isinstance(above, ast.Subscript) else None
            if not call.args and not isinstance(key, ast.Constant):
                why = "names of the module are looked up at run time"
                yield Hindrance(HindranceKind.DYNAMIC, source.path, call.lineno, why)


def _comments(source: Source, symbol: Symbol) -> list[int]:
    word = re.compile(rf"(?<!\w){re.escape(symbol.old)}(?!\w)")
    return [line for line, text in source.comments_by_line.items() if word.search(text)]
