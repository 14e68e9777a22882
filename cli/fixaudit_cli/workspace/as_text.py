"""The packages as a table for people, or as one line of counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from fixaudit.text.visible import visible
from fixaudit.workspace.package import KINDS, Dependent, WorkspaceProblem
from fixaudit_cli.output.terminal import Painter
from fixaudit_cli.workspace.survey import Row, Survey

_HEADS = ("name", "folder", "owners", "files", "lines", "found")
_RIGHT = ("files", "lines")
_MOST_OWNERS = 3


def table(survey: Survey, paint: Painter, *, unowned: bool = False) -> Iterator[str]:
    """A line for each package, those below it that say why it is shown, and who needs it."""
    rows = [_cells(row) for row in survey.rows]
    widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
    yield paint(_line(_HEADS, widths), "dim") + "\n"
    names = {row.package.folder: row.package.name for row in survey.rows}
    for row, cells in zip(survey.rows, rows, strict=True):
        text = _line(cells, widths)
        yield paint(text[: len(cells[0])], "bold") + text[len(cells[0]) :] + "\n"
        yield from (f"    {visible(line)}\n" for line in _below(row, names, unowned))


def _line(cells: Iterable[str], widths: Iterable[int]) -> str:
    placed = (
        cell.rjust(width) if head in _RIGHT else cell.ljust(width)
        for head, cell, width in zip(_HEADS, cells, widths, strict=True)
    )
    return "  ".join(placed).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    shown = row.owners or ()
    more = f" +{len(shown) - _MOST_OWNERS}" if len(shown) > _MOST_OWNERS else ""
    owners = " ".join(shown[:_MOST_OWNERS]) + more
    cells = (row.package.name, row.package.folder or ".", owners or "-")
    sizes = (f"{row.files:,}", f"{row.lines:,}", row.package.found)
    return tuple(map(visible, (*cells, *sizes)))


def _below(row: Row, names: Mapping[str, str], unowned: bool) -> Iterator[str]:
    if row.changed:
        more = f" and {len(row.changed) - 1} more" if len(row.changed) > 1 else ""
        yield f"changed: {row.changed[0]}{more}"
    if row.because is not None:
        folder, dependent = row.because
        yield f"depends on {folder or '.'}{_over(dependent, folder)}: {_proof(dependent)}"
    for dependent in row.dependents or ():
        name = dependent.package.folder or "."
        yield f"needed by {name}{_over(dependent, row.package.folder)}: {_proof(dependent)}"
    if unowned and row.has_owner:
        yield from (f"no owner: {path}" for path in row.unowned)


def _over(dependent: Dependent, folder: str) -> str:
    """By which package a dependency leads that is no direct one."""
    if dependent.on == folder:
        return ""
    return f" at {dependent.distance} removes, over {dependent.on or '.'}"


def _proof(dependent: Dependent) -> str:
    place = dependent.path if dependent.line is None else f"{dependent.path}:{dependent.line}"
    verb = "declares" if dependent.how == "declared" else "imports"
    return f"{place} {verb} {dependent.by}"


def statistics(survey: Survey) -> str:
    """One line of counts: packages by how they are found, owners, lines, and what nobody owns."""
    rows = survey.rows
    kinds = Counter(row.package.found for row in rows)
    by_kind = ", ".join(f"{kind} {kinds[kind]:,}" for kind in KINDS if kinds[kind])
    packages = _counted(len(rows), "package") + (f" ({by_kind})" if by_kind else "")
    lines = _counted(sum(row.lines for row in rows), "line")
    if survey.owner_file is None:
        return f"{packages}, {lines}; no owner file (CODEOWNERS)"
    owners = {name for row in rows for name in row.owners or ()}
    nobody = sum(1 for row in rows if row.unowned and not row.has_owner)
    tail = f"; {_counted(nobody, 'package')} without owner: `fixaudit packages --unowned`"
    return f"{packages}, {_counted(len(owners), 'owner')}, {lines}{tail if nobody else ''}"


def outside(survey: Survey) -> Iterator[str]:
    """What belongs to no package, a line each."""
    if survey.outside:
        verb = "belongs" if survey.outside == 1 else "belong"
        yield f"{_counted(survey.outside, 'Python file')} {verb} to no package"
    lost = survey.changed_outside
    if lost:
        verb = "belongs" if len(lost) == 1 else "belong"
        more = ", …" if len(lost) > 1 else ""
        yield f"{_counted(len(lost), 'changed file')} {verb} to no package: {lost[0]}{more}"


def problem_line(problem: WorkspaceProblem) -> str:
    """`path:line: kind: message`, as `check` prints it."""
    path = visible(problem.path)
    place = path if problem.line is None else f"{path}:{problem.line}"
    return f"{place}: {problem.kind}: {visible(problem.message)}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
