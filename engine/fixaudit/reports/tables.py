"""Tables whose rows are findings: a column for the problem, and one for its place or severity."""

from __future__ import annotations

import re

from fixaudit.reports.collect import Candidate, Sink, Where
from fixaudit.reports.finding_body import Body
from fixaudit.reports.labels import Labelled, of_table
from fixaudit.reports.locations import locations_in
from fixaudit.reports.markdown_tree import Line, Table
from fixaudit.reports.titles import Title, title_of
from fixaudit.reports.vocabulary import Label, label_kind

_COLUMNS: tuple[tuple[Label, str], ...] = (
    ("location", r"(?:affected )?(?:file|location|path|where|module|source)s?(?:\W*(?:and )?(?:\(?s\)?|lines?|name|path))*"),
    ("lines", r"lines?(?: ?(?:no\.?|numbers?|#))?|ln"),
    ("severity", r"severity|risk(?: level)?|priority|level|sev\.?|criticality|cvss.*|impact level|impact"),
    ("id", r"#|id|no\.?|nr\.?|ref|number|(?:issue|finding|vuln\w*) ?(?:#|id|no\.?)"),
    ("title", r"(?:security )?(?:issue|finding|vulnerabilit(?:y|ies)|problem|bug|title|name|weakness|defect|smell|violation)s?(?: ?(?:title|name))?"),
    ("problem", r"descriptions?|details?|message|observation|what|concern|summary|comment|notes?|explanation|evidence|pattern"),
    ("recommendation", r"(?:recommended |suggested |proposed )?(?:recommendation|fix|remediation|solution|mitigation|action|suggestion|resolution)s?"),
    ("category", r"category|type|class|area|kind|owasp.*"),
    ("rule", r"rules?(?: id)?|cwe|code|check|test id"),
    ("symbol", r"function|method|symbol|function/method"),
    ("status", r"status|state|fixed\??|done"),
)  # fmt: skip


def read_table(table: Table, where: Where, sink: Sink) -> None:
    """Rows as candidates; a table that names files without a problem is refused as a whole."""
    if of_table(table):
        return
    kinds = [_column(cell.text) for cell in table.header]
    told = {"title", "problem", "recommendation", "rule", "category"} & set(kinds)
    placed = {"location", "lines"} & set(kinds)
    rated = "severity" in kinds and {"title", "problem"} & set(kinds)
    if not (told and placed) and not (rated and ("id" in kinds or "title" in kinds)):
        named = sum(any(locations_in(cell) for cell in row) for row in table.rows)
        if named and table.header:
            why = f"{named} table rows name files, but no column states a problem"
            sink.refuse(table.header[0], " | ".join(c.text for c in table.header), why)
        return
    for row in table.rows:
        _read_row(row, kinds, where, sink)


def _column(text: str) -> Label | None:
    words = re.sub(r"[^\w\s/#().&:-]", "", text).strip().lower()
    found = next((k for k, shape in _COLUMNS if re.fullmatch(shape, words)), None)
    return found or label_kind(text)


def _read_row(row: tuple[Line, ...], kinds: list[Label | None], where: Where, sink: Sink) -> None:
    cells = {kind: cell for kind, cell in reversed(list(zip(kinds, row, strict=False))) if kind}
    if not any(cell.text.strip(" -–—…") for cell in row):
        return
    named = next(
        (k for k in ("title", "problem", "recommendation", "category", "rule") if k in cells), None
    )
    if named is None:
        return
    title = title_of(cells[named])
    body = Body()
    body.cited.extend(title.locations)
    body._note(cells[named])
    for kind in (
        "location",
        "lines",
        "severity",
        "category",
        "rule",
        "symbol",
        "problem",
        "recommendation",
    ):
        if kind in cells and (kind != named or kind in ("category", "rule")):
            body._take(Labelled(kind, kind, cells[kind]))
            body.mode = None
    ident = cells["id"].text.strip("# []()`*") if "id" in cells else ""
    title = Title(
        title.text,
        ident or title.id,
        bool(ident),
        title.severity,
        title.severity_text,
        title.locations,
    )
    words = " | ".join(cell.text for cell in row)
    sink.candidates.append(
        Candidate(title, words, row[0].number, row[0].number, body, where, _done(cells))
    )


def _done(cells: dict[Label, Line]) -> bool | None:
    status = cells["status"].text.lower() if "status" in cells else ""
    if re.search(r"\b(?:fixed|done|resolved|closed|complete\w*)\b|✅|☑", status):
        return True
    return False if re.search(r"\b(?:open|todo|pending|new|unresolved)\b|❌", status) else None
