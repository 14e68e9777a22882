"""Trees that have moved since the audit: lines inserted, functions reordered, files renamed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixaudit.authoring.codemod import Codemod
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.tree_findings import Survey

INSERTED = 50


@dataclass(frozen=True)
class Mutant:
    """A file as it is now: its path, its lines, and where each old line went (both from 1)."""

    path: str
    lines: list[str]
    moved: dict[int, int]


def inserted(path: str, lines: list[str]) -> Mutant:
    """Fifty lines more below the imports at the top."""
    at = _after_header("\n".join(lines))
    filler = [f"_REVISION_{number} = {number}" for number in range(INSERTED)]
    moved = {old: old if old <= at else old + INSERTED for old in range(1, len(lines) + 1)}
    return Mutant(path, lines[:at] + filler + lines[at:], moved)


def reordered(path: str, lines: list[str]) -> Mutant:
    """Neighbouring functions and classes at the top level change places, from the end forward."""
    blocks = _blocks("\n".join(lines), len(lines))
    order = [line for block in _swapped(blocks) for line in range(block[0], block[1] + 1)]
    moved = {old: new for new, old in enumerate(order, 1)}
    return Mutant(path, [lines[old - 1] for old in order], moved)


def renamed(path: str, lines: list[str]) -> Mutant:
    """The same file under another name."""
    folder, _, name = path.rpartition("/")
    same = {number: number for number in range(1, len(lines) + 1)}
    return Mutant(f"{folder}/renamed_{name}", lines, same)


def unmoved(path: str, lines: list[str]) -> Mutant:
    return Mutant(path, lines, {number: number for number in range(1, len(lines) + 1)})


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _after_header(text: str) -> int:
    """The last line of the docstring and imports a module starts with."""
    last = 0
    for node in _parsed(text).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not (docstring or isinstance(node, ast.Import | ast.ImportFrom)):
            break
        last = node.end_lineno or last
    return last


def _blocks(text: str, count: int) -> list[tuple[int, int, bool]]:
    """The file cut at its top-level definitions: first line, last line, may it move."""
    blocks: list[tuple[int, int, bool]] = []
    start = 1
    for node in _parsed(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(entry.lineno for entry in node.decorator_list)])
            if first > start:
                blocks.append((start, first - 1, False))
            blocks.append((first, node.end_lineno or first, True))
            start = (node.end_lineno or first) + 1
    if start <= count:
        blocks.append((start, count, False))
    return blocks


def _swapped(blocks: list[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    free = [number for number, block in enumerate(blocks) if block[2]]
    result = list(blocks)
    for here, there in zip(free, reversed(free), strict=True):
        result[here] = blocks[there]
    return result


@dataclass(frozen=True)
class Owner:
    """A finding made from a site: where it was, by what it is described, and its Markdown.

    `shown` are the lines its quotation shows, none where it has none.
    """

    id: str
    site: LocatedFinding
    form: str
    shown: tuple[int, ...]
    text: str


FORMS = ("code", "function", "code", "function", "code", "function", "code", "code", "line", "code")


def owners(surveyed: Survey, lines: dict[str, list[str]], limit: int) -> Iterator[Owner]:
    """Findings about the sites of a tree, in the forms reports have."""
    codemods = {codemod.name: codemod for codemod in surveyed.codemods}
    number, cited = 0, set()
    for path in sorted(lines):
        for site in surveyed.tree.sites.get(path, ()):
            codemod = codemods[site.finding.codemod]
            if (path, site.line) in cited:
                continue  # a second site of a line would be the same finding again
            cited.add((path, site.line))
            if site.finding.verdict.value == "leave" or not _title(codemod) or number >= limit:
                continue
            number += 1
            form = FORMS[number % len(FORMS)]
            shown, text = _written(number, site, codemod, form, surveyed)
            yield Owner(f"{number}.1", site, form, shown, text)


def _title(codemod: Codemod) -> str:
    groups = sorted(codemod.report_match.keywords, key=lambda group: "`" in "".join(group))
    return " ".join(groups[0]) if groups else ""


def _written(
    number: int, site: LocatedFinding, codemod: Codemod, form: str, surveyed: Survey
) -> tuple[tuple[int, ...], str]:
    text = surveyed.tree.lines(site.path)
    inside = [
        definition
        for definition in surveyed.tree.definitions(site.path)
        if definition.line < site.line <= definition.end_line
    ]
    cited = site.path.partition("/")[2] if number % 2 else site.path
    parts = [
        f"### {number}.1 {_title(codemod)}",
        f"**Severity:** Low\n**File:** `{cited}:{site.line}`",
    ]
    shown: tuple[int, ...] = ()
    if form == "function" and inside:
        parts.append(f"**Problem:** this happens in `{max(inside, key=lambda d: d.line).name}`.")
    elif form != "line":
        low, high = max(site.line - 2, 1), min(site.end_line + 1, len(text))
        shown = tuple(range(low, high + 1))
        parts.append("```python\n" + "\n".join(text[low - 1 : high]) + "\n```")
    return shown, "\n\n".join(parts) + "\n"


def write_tree(root: Path, mutants: Sequence[Mutant]) -> None:
    for mutant in mutants:
        target = root / mutant.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(mutant.lines), "utf-8")
