"""Tables to entries, a row each: what a column holds is told by its name, else by its cells."""

from __future__ import annotations

import re
from dataclasses import replace

from fixaudit.reports.disposition import disposition_of_value
from fixaudit.reports.entry import ReportEntry
from fixaudit.reports.field_names import Label
from fixaudit.reports.labels import of_table
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import (
    Line,
    Piece,
    Table,
)
from fixaudit.reports.severity import WORD, severity_in, severity_mark
from fixaudit.reports.titles import Title, lead_of, title_of
from fixaudit.reports.vocabulary import column_kind

_IDENT = re.compile(
    r"#\d{1,3}|#?[A-Z]{1,8}(?:-[A-Z0-9]{1,8}){0,3}-?\d{1,4}[a-z]?|\d{1,2}(?:\.\d{1,2})+"
)


def table_of(table: Table) -> ReportEntry | None:
    """A table of more than properties, with its rows."""
    if of_table(table) or not table.header:
        return None
    kinds = _columns(table)
    rows = [_row(row, kinds) for row in table.rows if any(c.text.strip(" -–—…") for c in row)]
    words = " | ".join(cell.text for cell in table.header)
    head = replace(table.header[0], pieces=tuple(p for c in table.header for p in c.pieces))
    end = rows[-1].line if rows else head.number
    return ReportEntry(
        "table", head, end, Title(words), children=rows,
        labels=frozenset(kind for kind in kinds if kind),
    )  # fmt: skip


def _columns(table: Table) -> list[Label | None]:
    """What each column holds: by its name, else by its cells."""
    kinds = [column_kind(cell.text) for cell in table.header]
    for at in range(len(kinds)):
        cells = [row[at] for row in table.rows if at < len(row) and row[at].text.strip(" -–—…")]
        texts = {cell.text.strip(" `*[]") for cell in cells}
        if kinds[at] in (None, "id", "rule") and _are_rules(texts):
            kinds[at] = "rule"
        elif (
            len(texts) == len(cells) > 0
            and kinds[at] != "rule"
            and all(map(_IDENT.fullmatch, texts))
        ):
            kinds[at] = "id" if "id" not in kinds else kinds[at]
        elif kinds[at] in (None, "category", "status") and cells:
            kinds[at] = _kind_of_cells(table.header[at].text, cells, kinds) or kinds[at]
    for at, kind in enumerate(kinds):
        words = [row[at].text for row in table.rows if at < len(row)]
        words = [each for each in words if each.strip(" -–—…")]
        if kind == "location" and not any(re.search(r"[^\W\d_]", each) for each in words):
            kinds[at] = None  # how many files
        rated = sum(bool(_RATES.match(each) or severity_mark(each)) for each in words)
        if kind == "severity" and rated * 2 < len(words):
            kinds[at] = None if "problem" in kinds else "problem"  # "Risk: information leakage"
    if "lines" in kinds and not {"title", "severity", "weak-severity"} & {*kinds}:
        at = kinds.index("lines")
        counts = all(at >= len(r) or re.fullmatch(r"\W*[\d,]*\W*", r[at].text) for r in table.rows)
        if counts and re.search(
            r"lines|zeilen|lignes|l[ií]neas|linhas|строк\b|行数", table.header[at].text, re.I
        ):
            kinds[at] = None  # how long each file is
    if not {"title", "problem", "recommendation", "category", "rule"} & {*kinds} and (
        {"location"} < {*kinds} & {"location", "lines", "severity", "id"}
    ):
        kinds = _with_title(table, kinds)
    told = [cell.text for cell, kind in zip(table.header, kinds, strict=True) if kind == "problem"]
    if "title" not in kinds and told and all(map(_EFFECT.match, told)):
        kinds = _with_title(table, kinds)  # "# | Pain | Impact"
    return kinds


_EFFECT = re.compile(
    r"\W*(?:business |potential )?(?:impact\w*|reason|rationale|begr[üu]ndung|motivo|raison|причина|consequences?|effects?|auswirkung\w*|efecto|efeito|cons[ée]quences?|impatto|skutek|wpływ|влияние|последстви\w+|影响|影響|원인|原因|理由|영향)",
    re.I,
)
"""A column that says why, or what comes of a problem: another one names it."""
_RATES = re.compile(rf"\W*(?:{WORD}|\d+(?:\.\d)?|cvss.*)(?:\W|\Z)", re.I)


def _are_rules(texts: set[str]) -> bool:
    """True for a linter's codes, `W0611` and `C0116`: ids of a report are numbered on."""
    numbers = [int(text[1:]) for text in texts if re.fullmatch(r"[A-Z]\d{3,4}", text)]
    return len(numbers) == len(texts) > 1 and max(numbers) - min(numbers) > 4 * len(numbers)


_OTHER = re.compile(
    "complex|effort|difficult|confiden|likelihood|probab|aufwand|schwierig|esfuer|esfor[cç]|complej|сложн|трудо|вероятн|уверен|难度|工作量|概率|工数",
    re.I,
)
"""Columns of other scales, in the words of severities."""


def _kind_of_cells(name: str, cells: list[Line], kinds: list[Label | None]) -> Label | None:
    """A column of paths or of severities, whatever it is called."""
    placed = sum(bool(locations_in(cell)) for cell in cells)
    if "location" not in kinds and placed * 2 > len(cells):
        return "location"
    judged = sum(disposition_of_value(cell.text) is not None for cell in cells)
    if column_kind(name) == "status" and judged * 2 > len(cells):
        return None  # "🔴 Open"
    rated = not _OTHER.search(name) and all(
        len(cell.text) < 20 and severity_in(cell.text) is not None for cell in cells
    )
    plain_words = not any(re.fullmatch(r"[\d.,%/ ]+", cell.text) for cell in cells)
    return "severity" if "severity" not in kinds and rated and plain_words else None


def _with_title(table: Table, kinds: list[Label | None]) -> list[Label | None]:
    """The column with the most words is the title, where no other is named so."""
    free = [at for at, kind in enumerate(kinds) if kind is None]
    words = {
        at: sum(
            len(re.findall(r"[^\W\d_]{2,}", row[at].text)) for row in table.rows if at < len(row)
        )
        for at in free
    }
    best = max(free, key=lambda at: words[at], default=None)
    if best is not None and words[best] >= len(table.rows):
        kinds[best] = "title"
    return kinds


def _row(row: tuple[Line, ...], kinds: list[Label | None]) -> ReportEntry:
    cells: dict[Label, Line] = {}
    for kind, cell in zip(kinds, row, strict=False):
        if kind and kind not in cells:
            cells[kind] = cell
    if len(row) > len(kinds) and "status" not in cells and "✅" in row[-2].text:
        cells["status"] = row[-2]
    named = next(
        (
            k
            for k in ("title", "problem", "category", "recommendation", "rule", "symbol")
            if k in cells
        ),
        None,
    )
    head = cells[named] if named else row[0]
    lead, rest = lead_of(head)
    head = lead if rest.text and not rest.text.startswith("(") else head
    title = title_of(head)
    judged = "status" in kinds and not {"lines", "severity"} & {*kinds}
    if (
        judged
        and named == "problem"
        and len(head.text.split()) < 3
        and kinds[0] in (None, "location")
    ):
        title = replace(title, text=row[0].text)  # "| setup.cfg | missing |"
    ident = cells["id"].text.strip("# []()`*") if "id" in cells else ""
    if ident:
        title = replace(title, id=ident, explicit=True)
    pieces = tuple(piece for cell in row for piece in (*cell.pieces, Piece(" | ")))[:-1]
    return ReportEntry(
        "row", head, row[0].number, title, rest=Line(pieces, row[0].number), cells=cells
    )
