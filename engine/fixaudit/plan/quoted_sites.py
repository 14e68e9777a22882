"""The codemods' own detection, run over code that a report quotes."""

from __future__ import annotations

import ast
import re
import sys
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixaudit.authoring.codemod import Codemod
from fixaudit.errors import SourceError
from fixaudit.model.finding import Verdict
from fixaudit.reports.model import Snippet
from fixaudit.source.source import Source

_PYTHON = ("", "py", "python", "python3", "py3", "diff")
_LOGGER = re.compile(r"_?(?:log|logger|LOG|LOGGER)")
_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Shape:
    """A codemod's site in quoted code; `share` is how much of the code's lines it covers, 0 to 1."""

    codemod: str
    verdict: Verdict
    share: float


def shapes(snippet: Snippet, codemods: Sequence[Codemod]) -> list[Shape]:
    """What the codemods find in a snippet that is Python, or a piece of it."""
    source = quoted_source(snippet)
    if source is None:
        return []
    lines = max(1, sum(1 for line in snippet.code.splitlines() if _counts(line)))
    found = []
    for codemod in codemods:
        if not any(trigger in source.body for trigger in codemod.triggers):
            continue
        try:
            findings = [
                finding
                for kind in codemod.visits
                for node in source.nodes(kind)
                for finding in codemod.judge(node, source)
            ]
        except (
            Exception
        ):  # a quotation may be half a program: what fails on it says nothing about it
            continue
        for finding in codemod.in_scope(source, findings):
            covered = sum(1 for line in source.slice(finding.span).splitlines() if _counts(line))
            found.append(Shape(codemod.name, finding.verdict, min(1.0, covered / lines)))
    return found


def quoted_source(snippet: Snippet) -> Source | None:
    """The snippet as a module that parses, with the imports it takes for granted; None: it is none."""
    if snippet.language.lower() not in _PYTHON or len(snippet.code) > _LIMIT:
        return None
    for text in _readings(snippet.code):
        tree = _parsed(text)
        if tree is not None:
            source = Source("quoted.py", (_granted(tree) + text).encode("utf-8", "replace"))
            try:
                _ = source.tree
            except SourceError:
                return None
            return source
    return None


_ELIDED = re.compile(r"^(\s*(?:async )?def \w+)\(\s*\.\.\.\s*\)", re.MULTILINE)
"""The header of a function whose parameters are left out."""

_OPEN_HEADER = re.compile(r"^(\s*(?:async )?def \w+)\(\):\s*\Z", re.MULTILINE)
"""One that ends the code, without a body."""


def advice_source(snippet: Snippet) -> Source | None:
    """Recommended code as the module it would be, not wrapped in anything."""
    if snippet.language.lower() not in _PYTHON or len(snippet.code) > _LIMIT:
        return None
    text = textwrap.dedent(snippet.code.expandtabs(4)).strip("\n") + "\n"
    tree = _parsed(text)
    if tree is None:  # `def show(...):` without more
        text = _OPEN_HEADER.sub(r"\1(): ...", _ELIDED.sub(r"\1()", text))
        tree = _parsed(text)
    if tree is None:
        return None
    return Source("advice.py", (_granted(tree) + text).encode("utf-8", "replace"))


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith("#")


def _readings(code: str) -> Iterator[str]:
    """Ways to read a piece of code as a module: itself, in a function, behind a `try`, as arguments."""
    text = textwrap.dedent(code.expandtabs(4)).strip("\n")
    text = _ELIDED.sub(r"\1()", text)
    if re.search(
        r"^(?:return|await|async (?:for|with)|yield)\b|^[^#\n]*\bawait ", text, re.MULTILINE
    ):
        yield "async def quoted():\n" + textwrap.indent(text, "    ") + "\n"
    yield text + "\n"
    if re.match(r"except\b|finally\b", text):
        yield "def quoted():\n    try:\n        work()\n" + textwrap.indent(text, "    ") + "\n"
    if re.match(r"elif\b|else\b", text):
        yield "if ...:\n    pass\n" + text + "\n"
    if text.endswith(":"):
        yield text + "\n    ...\n"
    yield "quoted(\n" + text + "\n)\n"


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _granted(tree: ast.Module) -> str:
    """Imports of the standard modules used without one, and a logger of the usual name."""
    stored = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    stored |= {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    used = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    } - stored
    modules = sorted(name for name in used if name in sys.stdlib_module_names)
    lines = [f"import {name}\n" for name in modules]
    for name in sorted(name for name in used if _LOGGER.fullmatch(name)):
        lines.append(f"import logging\n{name} = logging.getLogger(__name__)\n")
    return "".join(lines)
