"""Tables drawn with signs, as Markdown tables with the same lines.

A row of Markdown is one line: the words of a row stand on its first line, what is left of it are empty rows.
"""

from __future__ import annotations

import re

_BORDER = re.compile(r"\s*\+(?:[-=]+\+)+\s*\Z")
_EDGE = re.compile(r"\s*={2,}(?: +={2,})+\s*\Z")
_EMPTY = "| |"


def drawn_tables(lines: list[str]) -> list[str]:
    """The lines with grid, simple and list tables of reStructuredText as Markdown tables."""
    made = list(lines)
    at = 0
    while at < len(lines):
        if _BORDER.match(lines[at]):
            at = _grid(lines, made, at)
        elif _EDGE.match(lines[at]):
            at = _simple(lines, made, at)
        elif re.match(r"\s*\* - ", lines[at]):
            at = _listed(lines, made, at)
        else:
            at += 1
    return made


def _emit(made: list[str], first: int, end: int, rows: list[tuple[int, list[str]]]) -> None:
    """Writes rows at their lines; the first is the header, moved up so that its delimiter has a line."""
    if len(rows) < 2:
        return
    made[first:end] = [_EMPTY] * (end - first)
    head_line, header = rows[0]
    top = first if head_line > first else max(first - 1, 0)
    if top < first and made[top].strip():
        top = first
    made[top] = _row(header)
    made[top + 1] = "|" + "---|" * len(header)
    for line, cells in rows[1:]:
        if line > top + 1:
            made[line] = _row(cells)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _grid(lines: list[str], made: list[str], at: int) -> int:
    end = at
    rows: list[tuple[int, list[str]]] = []
    fresh = True
    while end < len(lines) and lines[end].strip()[:1] in ("+", "|"):
        line = lines[end].strip()
        if line.startswith("+"):
            fresh = True
        else:
            cells = re.split(r"\|", line.strip("|"))
            if fresh or not rows or len(rows[-1][1]) != len(cells):
                rows.append((end, cells))
            else:
                rows[-1] = (
                    rows[-1][0],
                    [a + " " + b for a, b in zip(rows[-1][1], cells, strict=True)],
                )
            fresh = False
        end += 1
    _emit(made, at, end, rows)
    return max(end, at + 1)


def _simple(lines: list[str], made: list[str], at: int) -> int:
    spans = [match.span() for match in re.finditer(r"=+", lines[at])]
    edges = [at]
    end = at + 1
    while end < len(lines) and len(edges) < 3:
        if _EDGE.match(lines[end]):
            edges.append(end)
            after = lines[end + 1] if end + 1 < len(lines) else ""
            if not after.strip():
                break
        end += 1
    if len(edges) < 2:
        return at + 1
    rows: list[tuple[int, list[str]]] = []
    for number in range(at + 1, edges[-1]):
        line = lines[number]
        if not line.strip() or number in edges or re.fullmatch(r"[\s-]+", line):
            continue
        starts = [first for first, _ in spans]
        cells = [line[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
        if rows and not cells[0].strip():
            rows[-1] = (rows[-1][0], [a + " " + b for a, b in zip(rows[-1][1], cells, strict=True)])
        else:
            rows.append((number, cells))
    _emit(made, at, edges[-1] + 1, rows)
    return edges[-1] + 1


def _listed(lines: list[str], made: list[str], at: int) -> int:
    column = lines[at].index("*")
    rows: list[tuple[int, list[str]]] = []
    end = last = at
    while end < len(lines):
        line = lines[end]
        bare = line.strip()
        if bare and len(line) - len(line.lstrip()) < column:
            break
        if line[column:].startswith("* -"):
            rows.append((end, [line[column + 3 :]]))
        elif bare.startswith("- ") and rows and line.index("-") == column + 2:
            rows[-1][1].append(bare[2:])
        elif bare == "-" and rows:
            rows[-1][1].append("")
        elif bare and rows:
            rows[-1][1][-1] += " " + bare
        end += 1
        last = end if bare else last
    _emit(made, at, last, rows)
    return max(last, at + 1)
