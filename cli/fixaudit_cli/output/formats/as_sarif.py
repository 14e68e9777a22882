"""SARIF 2.1.0, as code-scanning services read it: every finding a result, every edit a fix.

A `fix` or `unsafe` finding is a failure of its rule, `review` asks for a human, `leave` is a pass.
Source of the format: OASIS, Static Analysis Results Interchange Format 2.1.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fixaudit._version import __version__
from fixaudit.authoring.codemod import Codemod
from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedEdit, LocatedFinding, Problem
from fixaudit.text.visible import encodable
from fixaudit_cli.output.formats.document import Collected

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Names

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_KINDS = {
    Verdict.FIX: ("fail", "warning"),
    Verdict.UNSAFE: ("fail", "warning"),
    Verdict.REVIEW: ("review", "none"),
    Verdict.LEAVE: ("pass", "none"),
}
_APPLICABILITY = {Verdict.FIX: "safe", Verdict.UNSAFE: "unsafe"}


def document(collected: Collected) -> str:
    """One run with all codemods as rules."""
    problems = collected.tally.problems
    run = {
        "tool": {"driver": _driver(collected.codemods)},
        "columnKind": "unicodeCodePoints",
        "results": [
            {**_result(row.path, site, collected.answers), **_state(site, collected.standing)}
            for row in collected.rows
            for site in row.sites
        ],
        "invocations": [
            {
                "executionSuccessful": not problems,
                "toolExecutionNotifications": [notification(problem) for problem in problems],
            }
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _driver(codemods: Iterable[type[Codemod]]) -> dict[str, Any]:
    return {
        "name": "fixaudit",
        "semanticVersion": __version__,
        "rules": [_rule(codemod) for codemod in codemods],
    }


def _rule(codemod: type[Codemod]) -> dict[str, Any]:
    return {
        "id": codemod.code,
        "name": codemod.name,
        "shortDescription": {"text": codemod.summary()},
        "fullDescription": {"text": codemod.documentation()},
        "defaultConfiguration": {"enabled": codemod.default},
        "properties": {"tags": sorted(codemod.tags)},
    }


def _state(site: LocatedFinding, standings: Mapping[str, str] | None) -> dict[str, str]:
    """What a result is against the baseline: a codemod's first findings are new to SARIF, too."""
    standing = None if standings is None else standings.get(site.fingerprint)
    if standing is None:
        return {}
    return {"baselineState": "unchanged" if standing == "known" else "new"}


def _result(path: str, site: LocatedFinding, answers: Names) -> dict[str, Any]:
    found = site.finding
    kind, level = _KINDS[found.verdict]
    text = found.reason if found.guidance is None else f"{found.reason}. {found.guidance}"
    properties: dict[str, Any] = {"verdict": found.verdict.value}
    if site.fingerprint in answers:
        properties["answers"] = [encodable(line) for line in answers[site.fingerprint].lines]
    if found.verdict in _APPLICABILITY:
        properties["applicability"] = _APPLICABILITY[found.verdict]
    result: dict[str, Any] = {
        "ruleId": found.code,
        "kind": kind,
        "level": level,
        "message": {"text": encodable(text)},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact(path), "region": region(site)}}
        ],
        "partialFingerprints": {"fixaudit/v2": site.fingerprint},
        "properties": properties,
    }
    if site.offered:
        result["fixes"] = [fix(path, found.reason, site.offered)]
    if site.suppressed is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": site.suppressed}]
    return result


def fix(path: str, reason: str, edits: Iterable[LocatedEdit]) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": region(edit), "insertedContent": {"text": edit.content}} for edit in edits
    ]
    change = {"artifactLocation": artifact(path), "replacements": replacements}
    return {"description": {"text": encodable(reason)}, "artifactChanges": [change]}


def region(place: LocatedFinding | LocatedEdit) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path.encode("utf-8", "surrogateescape"))}


def notification(problem: Problem) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": artifact(problem.path)}
    if problem.line:
        location["region"] = {"startLine": problem.line}
    return {
        "level": "error",
        "message": {"text": encodable(problem.message)},
        "descriptor": {"id": problem.kind},
        "locations": [{"physicalLocation": location}],
    }
