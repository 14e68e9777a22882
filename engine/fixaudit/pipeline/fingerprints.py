"""What a finding is known by when lines, folders and formatting change: its symbol and its tokens."""

from __future__ import annotations

import ast
import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixaudit.model.finding import Finding
from fixaudit.source.source import Source
from fixaudit.syntax.normalised_tokens import normalised_tokens

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """How a finding is recognised.

    Attributes:
        symbol: the function or class that holds it, as `Class.method`; empty at module level.
        tokens: 16 hexadecimal digits of the tokens of its code, formatting left out.
        name: 16 hexadecimal digits of codemod, path, symbol, tokens, and of how many such findings
            stand above it in the file: one name a finding.
    """

    symbol: str
    tokens: str
    name: str


def fingerprints(source: Source, findings: Sequence[Finding]) -> Iterator[Fingerprint]:
    """The fingerprint of each finding of a file."""
    if not findings:
        return
    symbols, seen = _Symbols(source), Counter[tuple[str, ...]]()
    for finding in findings:
        symbol = symbols.at(finding.span.start)
        tokens = _digest(normalised_tokens(source.slice(finding.span)))
        key = (finding.codemod, source.path, symbol, tokens)
        name = _digest([*key, str(seen[key])])
        seen[key] += 1
        yield Fingerprint(symbol, tokens, name)


def _digest(parts: Sequence[str]) -> str:
    joined = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(joined).hexdigest()[:_DIGITS]


class _Symbols:
    """The functions and classes of a file by where they stand."""

    def __init__(self, source: Source) -> None:
        nodes: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = [
            *source.nodes(ast.FunctionDef),
            *source.nodes(ast.AsyncFunctionDef),
            *source.nodes(ast.ClassDef),
        ]
        spans = sorted(
            (source.span(node).start, source.span(node).end, node.name) for node in nodes
        )
        self._starts = [start for start, _, _ in spans]
        self._ends = [end for _, end, _ in spans]
        self._names: list[str] = []
        self._above: list[int] = []
        open_ones: list[int] = []
        for number, (start, _, name) in enumerate(spans):
            while open_ones and self._ends[open_ones[-1]] <= start:
                open_ones.pop()
            above = open_ones[-1] if open_ones else -1
            self._above.append(above)
            self._names.append(name if above < 0 else f"{self._names[above]}.{name}")
            open_ones.append(number)

    def at(self, offset: int) -> str:
        """The dotted name of the innermost one around an offset; empty at module level."""
        number = bisect_right(self._starts, offset) - 1
        while number >= 0 and self._ends[number] <= offset:
            number = self._above[number]
        return self._names[number] if number >= 0 else ""
