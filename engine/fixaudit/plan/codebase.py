"""The audited tree as planning sees it: files, what stands on their lines, and every site in them."""

from __future__ import annotations

import ast
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixaudit.errors import SourceError
from fixaudit.files.plain_file import read_source
from fixaudit.model.outcome import Changed, Failed, LocatedFinding, Outcome, Problem, Unchanged
from fixaudit.reports.model import LineRange
from fixaudit.syntax.parser import MOST_PARSED, parse
from fixaudit.text.encoding import decode

_REMARK = re.compile(r"""^((?:[^#'"]|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")*[^\s#])\s+#.*$""")


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or class: its dotted name in the file, and its lines with decorators."""

    name: str
    line: int
    end_line: int


class Tree:
    """Files by their path relative to `root`, read when asked for; nothing outside is ever opened.

    `sites` holds every site of every codemod by path. `bases` are folders, relative to the root and
    ending in `/`, that cited paths may count from. `left_out` are Python files that are there and were
    not looked into, each with the reason.
    """

    def __init__(
        self,
        root: Path,
        files: Mapping[str, Path],
        sites: Mapping[str, Sequence[LocatedFinding]],
        bases: Iterable[str] = (),
        problems: Sequence[Problem] = (),
        left_out: Mapping[str, str] | None = None,
    ) -> None:
        self.root = root
        self.left_out = left_out or {}
        self.files = files
        self.sites = sites
        self.bases = tuple(bases)
        self.problems = tuple(problems)
        self._data: dict[str, bytes] = {}
        self._lines: dict[str, list[str]] = {}
        self._definitions: dict[str, tuple[Definition, ...]] = {}
        self._squeezed: dict[tuple[str, bool], tuple[str, list[int]]] = {}

    @classmethod
    def of(
        cls,
        root: Path,
        files: Mapping[str, Path],
        outcomes: Sequence[Outcome],
        bases: Iterable[str] = (),
    ) -> Tree:
        """The tree of a run's outcomes; their paths are the keys of `files`."""
        sites: dict[str, Sequence[LocatedFinding]] = {}
        problems: list[Problem] = []
        for outcome in outcomes:
            match outcome:
                case Failed():
                    problems.append(outcome.problem)
                case Changed() | Unchanged():
                    problems += outcome.problems
                    sites[outcome.path] = outcome.sites
        return cls(root, files, sites, bases, problems)

    def data(self, path: str) -> bytes:
        """The bytes of a file of the tree; none where it can no longer be read."""
        if path not in self._data:
            try:
                self._data[path] = read_source(self.files[path])
            except OSError:
                self._data[path] = b""
        return self._data[path]

    def digest(self, path: str) -> str:
        return hashlib.sha256(self.data(path)).hexdigest()

    def holds(self, path: str, word: str) -> bool:
        """True where an identifier stands anywhere in a file: asked before it is taken apart."""
        return word.encode("utf-8", "surrogatepass") in self.data(path)

    def lines(self, path: str) -> list[str]:
        """The text's lines without their ends; none where it is not readable as Python source."""
        if path not in self._lines:
            try:
                text = decode(self.data(path)).body.decode("utf-8")
            except SourceError:
                text = ""
            self._lines[path] = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return self._lines[path]

    def squeezed(self, path: str, *, code_only: bool = False) -> tuple[str, list[int]]:
        """The text without white space, and the 1-based line of each of its characters; `code_only`
        is without comments too."""
        key = path, code_only
        if key not in self._squeezed:
            parts, where = [], []
            for number, line in enumerate(self.lines(path), 1):
                bare = squeeze(without_remark(line) if code_only else line)
                parts.append(bare)
                where += [number] * len(bare)
            self._squeezed[key] = "".join(parts), where
        return self._squeezed[key]

    def definitions(self, path: str) -> tuple[Definition, ...]:
        """The functions and classes of a file; none where it does not parse."""
        if path not in self._definitions:
            text = "\n".join(self.lines(path))
            self._definitions[path] = definitions_in(text)
        return self._definitions[path]

    def sites_in(
        self, path: str, codemods: Sequence[str], where: LineRange | None = None
    ) -> list[LocatedFinding]:
        """The sites of some codemods in a file, at the given lines or anywhere."""
        return [
            site
            for site in self.sites.get(path, ())
            if site.finding.codemod in codemods and (where is None or touches(site, where))
        ]

    def has_other(self, path: str) -> bool:
        """True where a path that is not Python stands in the tree; it is looked up, not opened."""
        return self.other(path) is not None

    def other(self, path: str) -> str | None:
        """A path that stands in the tree but is not among its files, from the root; it is not opened."""
        top = os.path.realpath(self.root)
        for base in ("", *self.bases):
            place = os.path.realpath(os.path.join(self.root, base, path))
            if place.startswith(os.path.join(top, "")) and os.path.lexists(place):
                return base + path
        return None


def squeeze(text: str) -> str:
    """Text without white space and with one kind of quotes: what survives a formatter."""
    return "".join(text.split()).replace("'", '"')


def without_remark(line: str) -> str:
    """A line without the comment behind it; nothing of one that is all comment."""
    if line.lstrip().startswith("#"):
        return ""
    match = _REMARK.match(line)
    return match[1] if match else line


def touches(site: LocatedFinding, where: LineRange) -> bool:
    """True where a site shares a line with an inclusive range."""
    return site.line <= where[1] and max(site.line, site.end_line) >= where[0]


def definitions_in(text: str) -> tuple[Definition, ...]:
    """The functions and classes of a file's text; none where it does not parse."""
    found: list[Definition] = []
    if len(text) > MOST_PARSED:
        return ()

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}{child.name}"
                first = min([child.lineno, *(entry.lineno for entry in child.decorator_list)])
                found.append(Definition(name, first, child.end_lineno or child.lineno))
                visit(child, f"{name}.")
            else:
                visit(child, prefix)

    try:
        visit(parse(text), "")
    except (SourceError, RecursionError):
        return ()
    return tuple(found)
