"""`plan.json`: a plan as a file people may cut down by hand before it is applied."""

from __future__ import annotations

import json
from typing import Any

from fixaudit.model.outcome import LocatedEdit, LocatedFinding
from fixaudit.plan.codebase import Tree
from fixaudit.plan.lookalikes import Likeness
from fixaudit.plan.model import VERSION, Anchor, AuditPlan, Offer, Pair, Planned, ReportHead
from fixaudit.plan.outcome_words import happens
from fixaudit.plan.selection import PlannedEdit, edits
from fixaudit.text.visible import safe_json


def document(
    plan: AuditPlan, tree: Tree, root: str, version: str, *, unsafe: bool = False
) -> dict[str, Any]:
    """The plan as JSON values; `root` is how the tree is found from the file's folder, `unsafe` says
    whether unsafe edits are wanted."""
    rows = edits(plan)
    spared = {entry.site.fingerprint for entry in plan.kept if entry.spared}
    alike = Likeness(tree)
    return {
        "version": VERSION,
        "tool": {"name": "fixaudit", "version": version},
        "root": root,
        "summary": summary(plan),
        "reports": [_report(entry) for entry in plan.reports],
        "files": plan.files,
        "findings": [
            {**_finding(entry, alike), "happens": happens(entry, unsafe, spared)}
            for entry in plan.findings
        ],
        "edits": [_edit(row) for row in rows],
        "kept": [
            {
                **_site(entry.site),
                "warning": entry.warning,
                "spared": entry.spared,
                "by_hand": entry.by_hand,
            }
            for entry in plan.kept
        ],
        "errors": [
            {"path": p.path, "line": p.line, "kind": p.kind, "message": p.message}
            for p in plan.problems
        ],
    }


def summary(plan: AuditPlan) -> dict[str, Any]:
    """Counts: findings by verdict, edits, places by status."""
    verdicts: dict[str, int] = {}
    statuses: dict[str, int] = {}
    for entry in plan.findings:
        verdicts[entry.verdict] = verdicts.get(entry.verdict, 0) + 1
        for found in entry.anchors:
            statuses[found.status.value] = statuses.get(found.status.value, 0) + 1
    return {
        "findings": len(plan.findings),
        "verdicts": dict(sorted(verdicts.items())),
        "places": dict(sorted(statuses.items())),
        "edits": len(edits(plan)),
    }


def dump(content: dict[str, Any]) -> str:
    return safe_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def _report(head: ReportHead) -> dict[str, Any]:
    return {
        "source": head.source,
        "format": head.format,
        "exclusions": [{"line": entry.line, "text": entry.text} for entry in head.exclusions],
        "not_taken": [
            {
                "line": entry.line,
                "end_line": max(entry.line, entry.end_line),
                "text": entry.text,
                "why": entry.why,
            }
            for entry in head.not_taken
        ],
        "warnings": list(head.warnings),
    }


def _finding(entry: Planned, alike: Likeness) -> dict[str, Any]:
    finding = entry.finding
    return {
        "report": entry.report,
        "id": finding.id,
        "line": finding.line,
        "title": finding.title,
        "severity": finding.severity,
        "severity_text": finding.severity_text,
        "category": finding.category,
        "flaw": entry.flaw.value,
        "verdict": entry.verdict,
        "says": entry.says,
        "notes": list(entry.notes),
        "settings": list(entry.settings),
        "by_hand": entry.by_hand,
        "decided": entry.decided or None,
        "offers": [_offer(offer) for offer in entry.offers],
        "codemods": [_pair(pair) for pair in entry.pairs],
        "places": [_anchor(found) for found in entry.anchors],
        "here": [{**_site(site), **alike.of(site).as_json()} for site in entry.here],
        "elsewhere": [_site(site) for site in entry.elsewhere],
        "guidance": None if entry.codemods else (finding.recommendation or finding.problem or None),
        "mentions": [mention.line for mention in finding.mentions],
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "name": pair.codemod,
        "code": pair.code,
        "confidence": pair.confidence,
        "acts": pair.acts,
        "by_hand": pair.by_hand,
        "reason": pair.reason,
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "codemod": offer.codemod,
        "reason": offer.reason,
        "where": offer.where,
        "pair": offer.accept,
    }


def _anchor(found: Anchor) -> dict[str, Any]:
    return {
        "cited": found.location.written if found.location else None,
        "cited_lines": list(found.cited) if found.cited else None,
        "status": found.status.value,
        "path": found.path,
        "line": found.line,
        "end_line": found.end_line,
        "moved_by": found.moved_by,
        "why": found.why,
        "flaw": found.flaw.value,
        "flaw_why": found.flaw_why,
        "candidates": list(found.candidates),
        "sites": [site.fingerprint for site in found.sites],
    }


def _site(site: LocatedFinding) -> dict[str, Any]:
    return {
        "fingerprint": site.fingerprint,
        "codemod": site.finding.codemod,
        "path": site.path,
        "line": site.line,
        "verdict": site.finding.verdict.value,
        "reason": site.finding.reason,
        "suppressed": site.suppressed,
        "held": None if site.held is None else site.held.value,
    }


def _edit(row: PlannedEdit) -> dict[str, Any]:
    return {
        **_site(row.site),
        "findings": [{"report": report, "id": key} for report, key in row.findings],
        "cited": row.cited,
        "warning": row.warning,
        "edits": [_placed(entry) for entry in row.site.edits],
    }


def _placed(edit: LocatedEdit) -> dict[str, Any]:
    return {
        "start": {"line": edit.line, "column": edit.column},
        "end": {"line": edit.end_line, "column": edit.end_column},
        "content": edit.content,
    }
