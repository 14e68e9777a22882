"""SARIF 2.1.0 of any tool to findings: one finding for each result.

Ids are the rule and its count, `S324.1`, `S324.2`; `line` is the position of the result, from 1.
Suppressed results, passes and results gone since the baseline are listed as not taken.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from fixaudit.errors import ReportError
from fixaudit.reports.locations import location_of, merged
from fixaudit.reports.model import Location, NotTaken, Report, ReportFinding, Severity, Snippet
from fixaudit.reports.severity import severity_in
from fixaudit.reports.tool_words import rule_forms

_LEVELS: dict[str, Severity] = {"error": "high", "warning": "medium", "note": "low", "none": "info"}


def read_sarif(name: str, value: Any) -> Report:
    """Reads a parsed SARIF log. Raises `ReportError` where a key the standard demands is missing."""
    runs = _list(name, "the log", value, "runs")
    if not runs:
        raise ReportError(f"{name}:1: the SARIF log holds no runs; run the tool again")
    reader = _Reader(name)
    for at, run in enumerate(runs):
        reader.read_run(f"runs[{at}]", run)
    return Report(
        source=name,
        format="sarif",
        findings=tuple(reader.findings),
        not_taken=tuple(reader.not_taken),
        warnings=tuple(reader.warnings),
    )


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[ReportFinding] = []
        self.not_taken: list[NotTaken] = []
        self.warnings: list[str] = []
        self.counts: Counter[str] = Counter()
        self.position = 0

    def read_run(self, at: str, run: Any) -> None:
        driver = _dict(self.name, f"{at}.tool", _dict(self.name, at, run, "tool"), "driver")
        tool = _text(self.name, f"{at}.tool.driver", driver, "name")
        if run.get("results") is None:
            self.warnings.append(f"{at} ({tool}) has no results: the tool did not finish its run")
            return
        rules = [rule for rule in _maybe_list(driver.get("rules")) if isinstance(rule, dict)]
        for extension in _maybe_list(run["tool"].get("extensions")):
            rules += [r for r in _maybe_list(_maybe(extension, "rules")) if isinstance(r, dict)]
        by_id = {str(rule.get("id")): rule for rule in rules}
        for number, result in enumerate(_list(self.name, at, run, "results")):
            self.position += 1
            self._result(f"{at}.results[{number}]", result, run, rules, by_id)

    def _result(
        self, at: str, result: Any, run: Any, rules: list[Any], by_id: dict[str, Any]
    ) -> None:
        if not isinstance(result, dict):
            raise ReportError(f"{self.name}: {at} is no object; export the SARIF log again")
        index = result.get("ruleIndex")
        rule = by_id.get(str(result.get("ruleId") or _maybe(result.get("rule"), "id")))
        if rule is None and isinstance(index, int) and 0 <= index < len(rules):
            rule = rules[index]
        rule = rule or {}
        ident = str(result.get("ruleId") or rule.get("id") or "finding")
        message = _message(result, rule)
        if not message:
            raise ReportError(f"{self.name}: {at} has no message; export the SARIF log again")
        why = _passed_over(result)
        if why:
            self.not_taken.append(NotTaken(self.position, f"{ident}: {message}"[:160], why))
            return
        self.counts[ident] += 1
        places = [
            self._place(f"{at}.locations[{n}]", p, run)
            for n, p in enumerate(_maybe_list(result.get("locations")))
        ]
        severity, words = _severity(result, rule)
        self.findings.append(
            ReportFinding(
                id=f"{ident}.{self.counts[ident]}",
                title=message.split("\n", 1)[0].strip(),
                line=self.position,
                end_line=self.position,
                severity=severity,
                severity_text=words,
                category=str(_maybe(rule.get("properties"), "category") or ""),
                locations=merged(place for place, _ in places if place is not None),
                snippets=(*(s for _, s in places if s is not None), *_fixes(result, self.position)),
                problem=message,
                recommendation=_help(rule),
                rules=tuple(dict.fromkeys([*rule_forms(ident), *_weaknesses(result, rule)])),
            )
        )

    def _place(self, at: str, place: Any, run: Any) -> tuple[Location | None, Snippet | None]:
        names = [
            _maybe(p, "fullyQualifiedName") or _maybe(p, "name")
            for p in _maybe_list(_maybe(place, "logicalLocations"))
        ]
        symbols = tuple(str(name) for name in names if name)
        physical = _maybe(place, "physicalLocation")
        if physical is None:
            return (
                Location(symbols[0], None, (), symbols, "", self.position) if symbols else None
            ), None
        artifact = _maybe(physical, "artifactLocation") or {}
        uri, index = artifact.get("uri"), artifact.get("index")
        artifacts = _maybe_list(run.get("artifacts"))
        if not uri and isinstance(index, int) and 0 <= index < len(artifacts):
            uri = _maybe(_maybe(artifacts[index], "location"), "uri")
        if not isinstance(uri, str) or not uri:
            raise ReportError(
                f"{self.name}: {at} has no artifactLocation.uri; export the SARIF log again"
            )
        region = _maybe(physical, "region") or {}
        first, last = _int(region.get("startLine")), _int(region.get("endLine"))
        lines = f"{first}-{last or first}" if first else ""
        found = location_of(uri, lines, self.position, symbols[0] if symbols else "")
        code = _maybe(_maybe(_maybe(physical, "region"), "snippet"), "text")
        snippet = Snippet("", str(code), "offending", self.position, found) if code else None
        return found, snippet


def _passed_over(result: dict[str, Any]) -> str:
    if any(
        _maybe(s, "status") in (None, "accepted") for s in _maybe_list(result.get("suppressions"))
    ):
        return "suppressed in the tool's own report"
    if result.get("baselineState") == "absent":
        return "gone since the baseline, says the report"
    if result.get("kind") in ("pass", "notApplicable"):
        return f"the tool says {result['kind']}"
    return ""


def _message(result: dict[str, Any], rule: dict[str, Any]) -> str:
    message = result.get("message")
    text = _maybe(message, "text") or _maybe(message, "markdown")
    if text:
        return str(text).strip()
    template = _maybe(_maybe(rule.get("messageStrings"), str(_maybe(message, "id"))), "text")
    arguments = [str(a) for a in _maybe_list(_maybe(message, "arguments"))]
    return re.sub(
        r"\{(\d+)\}",
        lambda m: arguments[int(m[1])] if int(m[1]) < len(arguments) else m[0],
        str(template or ""),
    )


def _severity(result: dict[str, Any], rule: dict[str, Any]) -> tuple[Severity | None, str]:
    for holder in (result, rule):
        properties = holder.get("properties")
        score = _maybe(properties, "security-severity")
        if score is not None and severity_in(str(score), "cvss"):
            return severity_in(str(score), "cvss"), str(score)
        said = _maybe(properties, "issue_severity") or _maybe(properties, "severity")
        if said and severity_in(str(said)):
            return severity_in(str(said)), str(said)
    level = str(
        result.get("level") or _maybe(rule.get("defaultConfiguration"), "level") or "warning"
    )
    return _LEVELS.get(level), level


def _weaknesses(result: dict[str, Any], rule: dict[str, Any]) -> list[str]:
    words = [
        _maybe(rule.get("properties"), "tags"),
        _maybe(rule.get("properties"), "cwe"),
        result.get("taxa"),
    ]
    words += [
        _maybe(result.get("properties"), "cwe"),
        _maybe(result.get("properties"), "tags"),
        rule.get("relationships"),
    ]
    found = re.findall(r"cwe[-/ ]?0*(\d{1,5})", str(words), re.I)
    return [f"CWE-{number}" for number in dict.fromkeys(found)]


def _help(rule: dict[str, Any]) -> str:
    text = _maybe(rule.get("help"), "text") or _maybe(rule.get("fullDescription"), "text")
    return str(text or "").strip()[:4000]


def _fixes(result: dict[str, Any], position: int) -> list[Snippet]:
    found = []
    for fix in _maybe_list(result.get("fixes")):
        for change in _maybe_list(_maybe(fix, "artifactChanges")):
            for replacement in _maybe_list(_maybe(change, "replacements")):
                text = _maybe(_maybe(replacement, "insertedContent"), "text")
                if text:
                    found.append(Snippet("", str(text), "recommended", position))
    return found


def _maybe(holder: Any, key: str) -> Any:
    return holder.get(key) if isinstance(holder, dict) else None


def _maybe_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _int(value: Any) -> int:
    return (
        value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**7 else 0
    )


def _list(name: str, at: str, holder: Any, key: str) -> list[Any]:
    value = _maybe(holder, key)
    if not isinstance(value, list):
        raise ReportError(
            f"{name}: {at} has no list {key!r}, which SARIF 2.1.0 demands; export it again"
        )
    return value


def _dict(name: str, at: str, holder: Any, key: str) -> dict[str, Any]:
    value = _maybe(holder, key)
    if not isinstance(value, dict):
        raise ReportError(
            f"{name}: {at} has no {key!r}, which SARIF 2.1.0 demands; export it again"
        )
    return value


def _text(name: str, at: str, holder: Any, key: str) -> str:
    value = _maybe(holder, key)
    if not isinstance(value, str) or not value:
        raise ReportError(
            f"{name}: {at} has no {key!r}, which SARIF 2.1.0 demands; export it again"
        )
    return value
