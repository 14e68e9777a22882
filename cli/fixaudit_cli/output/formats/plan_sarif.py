"""A plan as SARIF 2.1.0: a rule a finding, a result a place, its planned edits as fixes.

A place where the flaw is fails, one where it is proved gone passes, all else is open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from fixaudit._version import __version__
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.plan.model import Anchor, Flaw
from fixaudit.text.visible import encodable
from fixaudit_cli.output.formats.as_sarif import SCHEMA, artifact, fix, notification, region
from fixaudit_cli.output.formats.plan_rows import PlanRow, PlanView

_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}


def document(view: PlanView) -> str:
    """One run; the ids of its rules are those of the findings."""
    rows = view.rows
    driver = {
        "name": "fixaudit",
        "semanticVersion": __version__,
        "rules": [_rule(row) for row in rows],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [result for row in rows for result in _results(row)],
        "invocations": [
            {
                "executionSuccessful": not view.plan.problems,
                "toolExecutionNotifications": [notification(p) for p in view.plan.problems],
            }
        ],
        "properties": {"notUnderstood": list(_not_understood(view))},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _not_understood(view: PlanView) -> Iterator[dict[str, Any]]:
    """The passages of the reports that are no findings although they name a place, an id or code."""
    for head in view.plan.reports:
        for entry in head.not_taken:
            texts = {"text": encodable(entry.text), "why": encodable(entry.why)}
            yield {"report": encodable(head.source), "line": entry.line, **texts}


def _rule(row: PlanRow) -> dict[str, Any]:
    finding = row.finding.finding
    return {
        "id": encodable(row.id),
        "shortDescription": {"text": encodable(row.title) or encodable(row.id)},
        "fullDescription": {"text": encodable(finding.problem) or encodable(row.title) or "-"},
        "properties": {"report": encodable(row.finding.report), "severity": row.severity or None},
    }


def _results(row: PlanRow) -> Iterator[dict[str, Any]]:
    entry = row.finding
    for anchor in entry.anchors:
        yield _result(row, anchor.flaw, anchor.status.value, _location(anchor), anchor.sites)
    if not entry.anchors:
        yield _result(row, entry.flaw, None, None, ())
    for site in entry.elsewhere:
        physical = {"artifactLocation": artifact(site.path), "region": region(site)}
        yield _result(row, Flaw.HERE, None, physical, (site,), cited=False)


def _location(anchor: Anchor) -> dict[str, Any] | None:
    path = anchor.path or (anchor.location.path if anchor.location else None)
    if not path or (anchor.location is not None and anchor.location.outside_tree):
        return None
    found: dict[str, Any] = {"artifactLocation": artifact(path)}
    line = anchor.line or (anchor.cited[0] if anchor.cited else None)
    if line:
        last = anchor.end_line if anchor.line else anchor.cited[1] if anchor.cited else None
        found["region"] = {"startLine": line, "endLine": max(line, last or line)}
    return found


def _result(
    row: PlanRow,
    flaw: Flaw,
    status: str | None,
    physical: dict[str, Any] | None,
    sites: Sequence[LocatedFinding],
    *,
    cited: bool = True,
) -> dict[str, Any]:
    entry = row.finding
    kind = {Flaw.HERE: "fail", Flaw.NOT_HERE: "pass"}.get(flaw, "open")
    level = _LEVELS.get(row.severity, "warning") if kind == "fail" else "none"
    result: dict[str, Any] = {
        "ruleId": encodable(row.id),
        "kind": kind,
        "level": level,
        "message": {"text": encodable(f"{row.title}: {entry.told}")},
        "properties": {
            "verdict": entry.verdict,
            "happens": row.happens,
            "status": status,
            "flaw": flaw.value,
            "cited": cited,
            "codemods": list(entry.codemods),
        },
    }
    if physical is not None:
        result["locations"] = [{"physicalLocation": physical}]
    fixes = [fix(s.path, s.finding.reason, s.edits) for s in sites if _is_planned(s)]
    if fixes:
        result["fixes"] = fixes
    words = [site.suppressed for site in sites if site.suppressed]
    if words and len(words) == len(sites):
        result["suppressions"] = [{"kind": "external", "justification": encodable(words[0])}]
    return result


def _is_planned(site: LocatedFinding) -> bool:
    acting = site.finding.verdict in (Verdict.FIX, Verdict.UNSAFE)
    return acting and bool(site.edits) and site.suppressed is None
