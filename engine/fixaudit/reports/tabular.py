"""Findings as plain JSON or CSV, in a minimal form any script can write.

JSON: a list of objects, or an object with such a list under `findings`, `results` or `issues`.
CSV: a header line, then one line for each finding; `,`, `;` or tab between the cells.
One finding has (other names that are understood in brackets; case, `-`, `_` and blanks are alike):

    title            [message, name, issue, finding, text, issue_text, description]    required
    path             [file, filename, location]     `pkg/a.py`, or with lines: `pkg/a.py:3-5,9`
    line             [lines, line_number, start_line]     `12`, `3-5`, `31,39-50`
    end_line         [line_end]
    id               [number, ref, #]               default: `L<line>`
    severity         [level, priority, risk, issue_severity]
    category         [type, class]
    rule             [rule_id, code, test_id, check_id, cwe, message_id]
    symbol           [function, method]
    snippet          [offending]                    quoted code
    recommendation   [fix, remediation, suggestion, solution]
    locations        JSON only: a list of `{"path": …, "line": …}` objects or `"path:lines"` strings

`line` of the findings is the line at which they begin, or the position in a JSON list without line ends.
The JSON of ruff and bandit reads this way as it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fixaudit.errors import ReportError
from fixaudit.reports.data_rows import flat, key_of, rows_of
from fixaudit.reports.disposition import disposition_of_value
from fixaudit.reports.locations import location_of, merged, ranges_in
from fixaudit.reports.model import Format, Location, Report, ReportFinding, Snippet
from fixaudit.reports.severity import severity_in
from fixaudit.reports.told_places import places_told
from fixaudit.reports.tool_words import level_of, rule_forms, rules_in, tool_severity

_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "message", "issue", "finding", "summary", "text", "issuetext", "problem", "bug", "vulnerability", "headline", "description", "name", "details", "observation", "impact", "issuetitle", "occurrencetitle", "subject", "item", "body", "comment", "note"),
    "path": ("path", "file", "filename", "location", "filepath", "files", "coderefs", "coderef", "references", "paths", "affectedfiles", "affectedfile", "resource", "component", "source", "module"),
    "line": ("line", "lines", "linenumber", "startline", "linestart", "lineno", "linenumbers", "linerange", "row", "lnum", "beginline", "startlinenumber", "originalline", "originalstartline"),
    "end_line": ("endline", "lineend", "endlinenumber"),
    "id": ("id", "number", "ref", "no", "#", "issuekey", "issueid", "findingid", "key", "nr"),
    "severity": ("severity", "issueseverity", "level", "priority", "risk", "risklevel", "criticality"),
    "category": ("category", "type", "class", "component", "area", "domain"),
    "rule": ("rule", "ruleid", "testid", "checkid", "messageid", "checkname", "issuecode", "code"),
    "symbol": ("symbol", "function", "method", "obj"),
    "snippet": ("snippet", "offending", "code", "evidence", "codesnippet"),
    "recommendation": ("recommendation", "fix", "remediation", "suggestion", "solution", "proposeddiff", "proposedfix", "action", "mitigation"),
    "description": ("description", "details", "problem", "impact", "body", "content", "comment", "note"),
    "status": ("status", "state", "disposition", "decision", "verdict", "resolution"),
}  # fmt: skip
_RULE = re.compile(r"[\w.:/@-]*[A-Za-z][\w.:/@-]*")
_CODE = re.compile(r"[A-Z]{1,8}[-_]?\d{1,5}|[a-z][\w.-]*")
_RANKED = re.compile(r"P[0-4](?=-\d)")
"""The priority that an id opens with."""
_PYLINT_CODE = re.compile(r"[A-Z]\d{3,4}")
_PYLINT_NAME = re.compile(r"[a-z]+(?:-[a-z]+)+")
_COMPONENT = re.compile(r"(?:[\w.-]{2,}:)?(?P<path>[\w./@+-]+\.\w{1,5})")
"""A file as SonarQube names it: the project's key and the path."""
_PLACE = re.compile(r"(?P<path>.*?)(?::(?P<lines>\d[\d,\s-]*))?(?::\d+)?")


def read_json(name: str, value: Any, text: str = "") -> Report:
    """Reads the parsed minimal JSON form. Raises `ReportError` naming the entry.

    With its `text` the lines of the findings are those where their objects begin, where each has one.
    """
    rows = rows_of(value)
    if rows is None:
        raise ReportError(
            f"{name}:1: no list of findings in this JSON; see docs/audit-formats.md for the form"
        )
    lines = _lines_of_objects(text, len(rows)) or range(1, len(rows) + 1)
    return read_rows(name, "json", zip(lines, rows, strict=True))


def read_rows(name: str, form: Format, rows: Iterable[tuple[int, Any]]) -> Report:
    """The findings of rows with the lines they stand at. Raises `ReportError` naming the entry."""
    findings = []
    for position, (line, row) in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise ReportError(
                f"{name}: entry {position} is no object; see docs/audit-formats.md for the form"
            )
        findings.append(_finding(f"{name}: entry {position}", row, line))
    return Report(source=name, format=form, findings=_unique(findings))


def _lines_of_objects(text: str, count: int) -> list[int]:
    """The lines at which the objects of the one list with `count` objects begin, if they differ."""
    inside: list[list[int]] = [[0]]  # JSON lines: a list without its brackets
    lists: list[list[int]] = []
    line, last = 1, 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        mark = token.group()
        if mark[0] == '"':
            continue
        line, last = line + text.count("\n", last, token.start()), token.start()
        if mark in "[{":
            if mark == "{" and inside and inside[-1] and inside[-1][0] == 0:
                inside[-1].append(line)
            inside.append([0] if mark == "[" else [])
        elif inside:
            closed = inside.pop()
            if mark == "]" and len(closed) == count + 1:
                lists.append(closed[1:])
    if len(inside[0]) == count + 1 > 2:
        lists.append(inside[0][1:])
    found = lists[0] if len(lists) == 1 else []
    return found if len({*found}) == len(found) else []


def read_csv(name: str, text: str) -> Report:
    """Reads the CSV form. Raises `ReportError` naming the line."""
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    findings: list[ReportFinding] = []
    header: list[str] | None = None
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None and _is_codeql(cells):
                header = _CODEQL
            if header is None:
                header = cells
                _check_header(name, line, header)
                continue
            row = {key: cell for key, cell in zip(header, cells, strict=False) if cell.strip()}
            findings.append(_finding(f"{name}:{line}", row, line))
    except csv.Error as error:
        raise ReportError(
            f"{name}:{reader.line_num}: not valid CSV: {error}; see docs/audit-formats.md"
        ) from error
    return Report(source=name, format="csv", findings=_unique(findings))


_CODEQL = ["name", "description", "severity", "message", "path", "line", "column", "end_line"]
"""The columns of CodeQL's CSV, which has no line for them."""


def _is_codeql(cells: list[str]) -> bool:
    return len(cells) >= 8 and cells[5].isdigit() and severity_in(cells[2]) is not None


def _check_header(name: str, line: int, header: list[str]) -> None:
    keys = {key_of(cell) for cell in header}
    for field in ("title", "path"):
        if field == "path" and keys & {*_NAMES["id"], *_NAMES["status"], *_NAMES["severity"]}:
            continue  # a tracker's export: its texts cite the places
        if not keys & set(_NAMES[field]):
            raise ReportError(
                f"{name}:{line}: no column for the {field} ({', '.join(_NAMES[field][:4])}); see docs/audit-formats.md"
            )


def _finding(at: str, row: dict[str, Any], position: int) -> ReportFinding:
    keyed = flat(row)

    def get(field: str) -> Any:
        return next((keyed[n] for n in _NAMES[field] if keyed.get(n) not in (None, "")), None)

    title = get("title")
    if isinstance(title, dict):
        title = title.get("text")
    if not isinstance(title, str) or not title.strip():
        raise ReportError(f"{at} has no title; see docs/audit-formats.md for the form")
    severity = str(get("severity") or "")
    if not severity and tool_severity(str(keyed.get("type"))):
        severity = str(keyed["type"])
    snippet = get("snippet")
    if snippet == keyed.get("code") and isinstance(snippet, str) and _CODE.fullmatch(snippet):
        snippet = keyed.get("snippet")
    rules = _rules(keyed)
    ranked = _RANKED.match(str(get("id") or ""))
    severity = severity or level_of(rules) or (ranked[0] if ranked else "")
    title = title.strip().split("\n", 1)[0]
    if rules and title.startswith(f"{rules[0]}: "):
        title = title.removeprefix(f"{rules[0]}: ")
    advice = get("recommendation")
    said = disposition_of_value(str(get("status") or ""))
    return ReportFinding(
        id=str(get("id") or f"L{position}"),
        title=title,
        line=position,
        end_line=position,
        severity=tool_severity(severity),
        severity_text=severity,
        category=str(get("category") or ""),
        locations=_places(at, keyed, get, position),
        snippets=(Snippet("", snippet, "offending", position),) if isinstance(snippet, str) else (),
        problem=str(get("description") or title).strip(),
        recommendation=advice if isinstance(advice, str) else "",
        rules=tuple(dict.fromkeys([*rules, *rules_in(title)])),
        disposition=said or "open",
    )


def _rules(keyed: dict[str, Any]) -> list[str]:
    """Rules and weaknesses, under whatever keys a tool names them."""
    named = [(_CODE if name == "code" else _RULE, keyed.get(name)) for name in _NAMES["rule"]]
    named += [(_PYLINT_NAME, keyed.get("symbol")), (_PYLINT_CODE, keyed.get("number"))]
    listed = keyed.get("identifiers")  # GitLab
    for each in listed if isinstance(listed, list) else ():
        kind, value = (each.get("type"), each.get("value")) if isinstance(each, dict) else ("", "")
        named.append((_RULE, f"CWE-{value}" if kind == "cwe" else value))
    found = [
        str(value) for shape, value in named if isinstance(value, str) and shape.fullmatch(value)
    ]
    cwe = re.findall(
        r"(?:CWE-|'id': |/definitions/|^)(\d{1,5})",
        str(keyed.get("issuecwe") or keyed.get("cwe") or ""),
    )
    forms = [form for rule in found for form in rule_forms(rule)]
    return [*forms, *(f"CWE-{number}" for number in cwe[:1])]


def _places(at: str, keyed: dict[str, Any], get: Any, position: int) -> tuple[Location, ...]:
    listed = keyed.get("locations")
    if isinstance(listed, list):
        found = [_one(at, each, position) for each in listed]
        return merged(place for place in found if place is not None)
    path = next(filter(None, (_path(name, keyed.get(name)) for name in _NAMES["path"])), None)
    if path is None:
        return places_told(position, get("title"), get("description"))
    listed = (
        path
        if isinstance(path, list)
        else re.split(r"\s*(?:[;|\n]|,\s+(?=[^\d\s]))\s*", path.strip())
    )
    if len(listed) > 1 or isinstance(path, list):
        found = [_one(at, each, position) for each in listed if each]
        return merged(place for place in found if place is not None)
    symbol = next((keyed[n] for n in _NAMES["symbol"] if isinstance(keyed.get(n), str)), "")
    if _PYLINT_NAME.fullmatch(symbol) or "messageid" in keyed:  # pylint's `symbol` is its rule
        symbol = str(keyed.get("obj") or "")
    return (_made(at, path, _lines(get("line"), get("end_line")), position, symbol),)


def _path(name: str, value: Any) -> Any:
    if name == "component":
        found = _COMPONENT.fullmatch(value) if isinstance(value, str) else None
        return found["path"] if found else None
    return value if isinstance(value, str | list) else None


def _lines(start: Any, end: Any) -> str:
    """The lines in words; tools that speak of a whole file say line 0 or none."""
    if isinstance(start, int) and start < 1:
        return ""
    return f"{start}-{end}" if start and end and str(start).isdigit() else str(start or "")


def _one(at: str, value: Any, position: int) -> Location | None:
    if isinstance(value, str):
        return _made(at, value, "", position, "")
    if isinstance(value, dict):
        keyed = flat(value)
        path = next((keyed[n] for n in _NAMES["path"] if isinstance(keyed.get(n), str)), "")
        line = next((keyed[n] for n in _NAMES["line"] if keyed.get(n)), "")
        end = next((keyed[n] for n in _NAMES["end_line"] if keyed.get(n)), "")
        return _made(at, path, _lines(line, end), position, "") if path else None
    raise ReportError(
        f"{at} has a location that is neither text nor object; see docs/audit-formats.md"
    )


def _made(at: str, written: str, lines: str, position: int, symbol: str) -> Location:
    match = _PLACE.fullmatch(written.strip())
    path = match.group("path") if match else written.strip()
    said = lines or ((match.group("lines") or "") if match else "")
    if said and not ranges_in(said):
        raise ReportError(
            f"{at} has line {said!r}, which is no line number; see docs/audit-formats.md"
        )
    return location_of(path, said, position, symbol)


def _unique(findings: Iterable[ReportFinding]) -> tuple[ReportFinding, ...]:
    seen: dict[str, int] = {}
    kept = []
    for finding in findings:
        ident = finding.id if finding.id not in seen else f"L{finding.line}"
        times = seen[ident] = seen.get(ident, 0) + 1
        if times > 1:  # several on one line: L2, L2b, L2b3, L2b4
            ident += "b" if times == 2 else f"b{times}"
            seen[ident] = 1
        kept.append(replace(finding, id=ident))
    return tuple(kept)
