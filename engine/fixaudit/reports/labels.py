"""`**File:** x`, `Severity - High`, `| Line | 12 |`: the labelled lines of a report."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from fixaudit.reports.disposition import disposition_of_stamp
from fixaudit.reports.field_names import Label
from fixaudit.reports.markdown_tree import Block, Line, Listing, Paragraph, Piece, Table
from fixaudit.reports.model import Disposition
from fixaudit.reports.vocabulary import label_kind


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line's label as written, what it announces (None: nothing known), and the rest."""

    label: str
    kind: Label | None
    rest: Line


def labelled(line: Line) -> Labelled | None:
    """The label a line opens with: bold words with a colon, or known words with a colon."""
    pieces = [piece for piece in line.pieces if piece.text.strip()]
    if not pieces:
        return None
    first, after = pieces[0], pieces[1:]
    bold = first.strong and not first.code
    if bold:
        words = first.text.strip()
        if words.endswith((":", "：")):
            return _made(words, after, line.number)
        if after and re.match(r"\s*[:：]", after[0].text) and not after[0].strong:
            cut = Piece(re.split("[:：]", after[0].text, maxsplit=1)[1])
            return _made(words, [cut, *after[1:]], line.number)
        label, colon, rest = words.replace("：", ":").partition(":")
        if colon and label_kind(label):
            return _made(label, [Piece(rest), *after], line.number)
        return None
    found = re.match(r"\W{0,4}([^\W\d_][\w /()&-]{1,30}?)\s*(?::\s|:$|：|\s[–—-]\s)", first.text)
    if found and not first.code and label_kind(found.group(1)):
        return _made(found.group(1), [Piece(first.text[found.end() :]), *after], line.number)
    return None


def _made(label: str, rest: list[Piece], number: int) -> Labelled:
    kept = tuple(piece for piece in rest if piece.text)
    kind, value = label_kind(label), Line(kept, number)
    if kind == "location" and _COUNT.fullmatch(value.text):
        kind = None  # "Files: 3"
    return Labelled(label.strip(" :："), kind, value)


_COUNT = re.compile(r"[~≈]?\d+\+?(?: \w+)?(?: \(.*\))?")


_BETWEEN = re.compile(r"\s*(?:[|•·;]|\s[–—]\s|,)\s*\Z")


def fields_in(line: Line) -> list[Line]:
    """`**Priority:** high | **Status:** open` as the lines of its fields; any other line as it is."""
    starts = [0]
    pieces = list(line.pieces)
    for at in range(1, len(pieces)):
        before = pieces[at - 1]
        if pieces[at].strong and not before.strong and _BETWEEN.search(before.text):
            starts.append(at)
    parts = [
        Line(tuple(pieces[a:b]), line.number)
        for a, b in zip(starts, [*starts[1:], None], strict=True)
    ]
    labels = [labelled(part) for part in parts]
    if len(parts) < 2 or any(
        label is None or (label.kind is None and not label.rest.text) for label in labels
    ):
        return [line]
    return [
        replace(
            p,
            pieces=(
                *p.pieces[:-1],
                replace(p.pieces[-1], text=_BETWEEN.sub("", p.pieces[-1].text)),
            ),
        )
        for p in parts
    ]


def own_labels(blocks: list[Block] | tuple[Block, ...]) -> list[Labelled]:
    """The labels standing directly in `blocks`: on lines, on first lines of items, in tables."""
    found: list[Labelled | None] = []
    for block in blocks:
        match block:
            case Paragraph(lines):
                found.extend(labelled(field) for line in lines for field in fields_in(line))
            case Listing(items):
                heads = (item.blocks[0] for item in items if item.blocks)
                firsts = [h.lines[0] for h in heads if isinstance(h, Paragraph)]
                found.extend(labelled(field) for line in firsts for field in fields_in(line))
            case Table():
                found.extend(of_table(block))
            case _:
                pass
    return [label for label in found if label is not None]


_BESIDE: frozenset[Label | None] = frozenset(
    {"severity", "weak-severity", "location", "lines", "category", "rule", "status", "id"}
)


def of_table(table: Table) -> list[Labelled]:
    """The rows of a two-column table of properties as labels, [] for any other table."""
    cells = [cell for row in (table.header, *table.rows) for cell in row if cell.text]
    if len(cells) > 2 and all(re.match(r"[A-Z][\w ]{1,25}:\s", cell.text) for cell in cells):
        known = (labelled(cell) for cell in cells)  # `| Severity: High | Difficulty: Low |`
        return [label for label in known if label is not None]
    heads = [label_kind(cell.text) for cell in table.header]
    if len(table.rows) == 1 and len(heads) > 1:
        told = "severity" in heads and not {None, "title", "location", "id"} & {*heads}
        if told or {*heads} <= _BESIDE:  # "| Severity | Reason | Fix |", "| Severity | Location |"
            beside = zip(table.header, heads, table.rows[0], strict=False)
            return [Labelled(head.text, kind, cell) for head, kind, cell in beside]
    rows = [row for row in (table.header, *table.rows) if len(row) >= 2]
    if len(table.header) != 2 or not rows:
        return []
    kinds = [label_kind(row[0].text) for row in rows]
    strong = {kind for kind in kinds if kind in ("severity", "location", "lines", "id", "rule")}
    named = len(strong) > 1 or (strong and len({*kinds}) > 2)
    if not named or kinds[1:].count(None) > len(rows) // 2:
        return []
    return [
        Labelled(row[0].text, kind, row[1]) for row, kind in zip(rows, kinds, strict=True) if kind
    ]


def stamp_on(line: Line) -> Disposition | None:
    """What bold capitals anywhere in a line say of it."""
    stamps = (disposition_of_stamp(p.text) for p in line.pieces if p.strong and not p.code)
    return next(filter(None, stamps), None)
