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
from fixaudit.reports.disposition import disposition_of_value
from fixaudit.reports.locations import location_of, merged, ranges_in
from fixaudit.reports.model import Location, Report, ReportFinding, Snippet
from fixaudit.reports.severity import severity_in
from fixaudit.reports.titles import rules_in

_NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "message", "issue", "finding", "summary", "text", "issuetext", "problem", "bug", "vulnerability", "headline", "description", "name", "details", "observation", "impact"),
    "path": ("path", "file", "filename", "location", "filepath", "files", "coderefs", "coderef", "references", "paths", "affectedfiles", "affectedfile", "source", "module"),
    "line": ("line", "lines", "linenumber", "startline", "linestart", "lineno", "linenumbers", "linerange", "row"),
    "end_line": ("endline", "lineend"),
    "id": ("id", "number", "ref", "no", "#", "issueid", "findingid", "key", "nr"),
    "severity": ("severity", "issueseverity", "level", "priority", "risk", "risklevel", "criticality"),
    "category": ("category", "type", "class", "component", "area", "domain"),
    "rule": ("rule", "ruleid", "testid", "checkid", "messageid", "code", "cwe", "issuecwe"),
    "symbol": ("symbol", "function", "method", "obj"),
    "snippet": ("snippet", "offending", "code", "evidence", "codesnippet"),
    "recommendation": ("recommendation", "fix", "remediation", "suggestion", "solution", "proposeddiff", "proposedfix", "action", "mitigation"),
    "description": ("description", "details", "problem", "impact"),
    "status": ("status", "state", "disposition", "decision", "verdict", "resolution"),
}  # fmt: skip
_RULE = re.compile(r"[A-Za-z]{1,6}[-_]?\d{2,5}|[a-z][\w.-]*[-.][\w.-]+")
_PLACE = re.compile(r"(?P<path>.*?)(?::(?P<lines>\d[\d,\s-]*))?(?::\d+)?")


def read_json(name: str, value: Any, text: str = "") -> Report:
    """Reads the parsed minimal JSON form. Raises `ReportError` naming the entry.

    With its `text` the lines of the findings are those where their objects begin, where each has one.
    """
    rows = value if isinstance(value, list) else _list_in(value)
    if rows is None:
        raise ReportError(
            f"{name}:1: no list of findings in this JSON; see docs/audit-formats.md for the form"
        )
    findings = []
    lines = _lines_of_objects(text, len(rows))
    for position, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise ReportError(
                f"{name}: entry {position} is no object; see docs/audit-formats.md for the form"
            )
        line = lines[position - 1] if lines else position
        findings.append(_finding(f"{name}: entry {position}", row, line))
    return Report(source=name, format="json", findings=_unique(findings))


def _lines_of_objects(text: str, count: int) -> list[int]:
    """The lines at which the objects of the one list with `count` objects begin, if they differ."""
    inside: list[list[int]] = []
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
    found = lists[0] if len(lists) == 1 else []
    return found if len({*found}) == len(found) else []


def _list_in(value: dict[str, Any]) -> list[Any] | None:
    """The list of findings of an object: under a usual name, else the one list of objects it holds."""
    for key in ("findings", "results", "issues", "vulnerabilities", "problems"):
        if isinstance(value.get(key), list):
            return list(value[key])
    lists = [
        each
        for each in value.values()
        if isinstance(each, list) and each and isinstance(each[0], dict)
    ]
    return lists[0] if len(lists) == 1 else None


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


def _check_header(name: str, line: int, header: list[str]) -> None:
    keys = {_key(cell) for cell in header}
    for field in ("title", "path"):
        if not keys & set(_NAMES[field]):
            raise ReportError(
                f"{name}:{line}: no column for the {field} ({', '.join(_NAMES[field][:4])}); see docs/audit-formats.md"
            )


def _key(name: str) -> str:
    return re.sub(r"[\s_-]", "", str(name).lower())


def _finding(at: str, row: dict[str, Any], position: int) -> ReportFinding:
    keyed = {_key(key): value for key, value in row.items()}
    if isinstance(keyed.get("extra"), dict):  # semgrep keeps message and severity one level down
        keyed |= {_key(k): v for k, v in keyed["extra"].items() if _key(k) not in keyed}

    def get(field: str) -> Any:
        return next((keyed[n] for n in _NAMES[field] if keyed.get(n) not in (None, "")), None)

    title = get("title")
    if isinstance(title, dict):
        title = title.get("text")
    if not isinstance(title, str) or not title.strip():
        raise ReportError(f"{at} has no title; see docs/audit-formats.md for the form")
    severity = str(get("severity") or "")
    snippet = get("snippet")
    if snippet == keyed.get("code") and _is_rule(snippet):
        snippet = keyed.get("snippet")
    rules = [str(keyed[n]) for n in _NAMES["rule"] if _is_rule(keyed.get(n))]
    cwe = re.findall(
        r"(?:CWE-|'id': |/definitions/|^)(\d{1,5})",
        str(keyed.get("issuecwe") or keyed.get("cwe") or ""),
    )
    weak = [f"CWE-{number}" for number in cwe[:1]]
    advice = get("recommendation")
    said = disposition_of_value(str(get("status") or ""))
    return ReportFinding(
        id=str(get("id") or f"L{position}"),
        title=title.strip().split("\n", 1)[0],
        line=position,
        end_line=position,
        severity=severity_in(severity),
        severity_text=severity,
        category=str(get("category") or ""),
        locations=_places(at, keyed, get, position),
        snippets=(Snippet("", snippet, "offending", position),) if isinstance(snippet, str) else (),
        problem=str(get("description") or title).strip(),
        recommendation=advice if isinstance(advice, str) else "",
        rules=tuple(dict.fromkeys([*rules, *weak, *rules_in(title)])),
        disposition=said or "open",
    )


def _is_rule(value: Any) -> bool:
    return isinstance(value, str) and _RULE.fullmatch(value) is not None


def _places(at: str, keyed: dict[str, Any], get: Any, position: int) -> tuple[Location, ...]:
    listed = keyed.get("locations")
    if isinstance(listed, list):
        found = [_one(at, each, position) for each in listed]
        return merged(place for place in found if place is not None)
    path = next(
        (keyed[n] for n in _NAMES["path"] if keyed.get(n) and isinstance(keyed[n], str | list)),
        None,
    )
    if path is None:
        return ()
    listed = (
        path
        if isinstance(path, list)
        else re.split(r"\s*(?:[;|\n]|,\s+(?=[^\d\s]))\s*", path.strip())
    )
    if len(listed) > 1 or isinstance(path, list):
        found = [_one(at, each, position) for each in listed if each]
        return merged(place for place in found if place is not None)
    start = get("line") or _row(keyed.get("location")) or _row(keyed.get("start"))
    end = get("end_line") or _row(keyed.get("endlocation")) or _row(keyed.get("end"))
    lines = f"{start}-{end}" if start and end and str(start).isdigit() else str(start or "")
    symbol = get("symbol")
    return (_made(at, path, lines, position, symbol if isinstance(symbol, str) else ""),)


def _row(value: Any) -> Any:
    return (value.get("row") or value.get("line")) if isinstance(value, dict) else None


def _one(at: str, value: Any, position: int) -> Location | None:
    if isinstance(value, str):
        return _made(at, value, "", position, "")
    if isinstance(value, dict):
        keyed = {_key(key): each for key, each in value.items()}
        path = next((keyed[n] for n in _NAMES["path"] if isinstance(keyed.get(n), str)), "")
        line = next((keyed[n] for n in _NAMES["line"] if keyed.get(n)), "")
        end = next((keyed[n] for n in _NAMES["end_line"] if keyed.get(n)), "")
        return (
            _made(at, path, f"{line}-{end}" if end else str(line), position, "") if path else None
        )
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
    seen: set[str] = set()
    kept = []
    for finding in findings:
        ident = finding.id if finding.id not in seen else f"L{finding.line}"
        while ident in seen:
            ident += "b"
        seen.add(ident)
        kept.append(replace(finding, id=ident))
    return tuple(kept)
