"""The JSON contract: one object with summary, findings and errors; other tools build on it."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fixaudit._version import __version__
from fixaudit.model.evidence import Evidence
from fixaudit.model.outcome import LocatedEdit, LocatedFinding, Note, Problem
from fixaudit.text.visible import encodable, safe_json
from fixaudit_cli.output.formats.document import Collected
from fixaudit_cli.output.tally import VERDICTS, Tally

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Answered, Names

VERSION = 1


def document(collected: Collected) -> Iterator[str]:
    """The whole document, findings in path order, each by itself: there may be a lot of them."""
    tally = collected.tally
    tool = {"name": "fixaudit", "version": __version__}
    head: dict[str, Any] = {"version": VERSION, "tool": tool, "summary": summary(tally)}
    if collected.baseline is not None:
        head["baseline"] = collected.baseline
    yield _text(head)[: -len("\n}")]
    yield ',\n  "findings": ['
    between = "\n    "
    for row in collected.rows:
        for entry in findings(row.path, row.sites, collected.answers, collected.standing):
            yield between + _text(entry).replace("\n", "\n    ")
            between = ",\n    "
    yield "\n  ],\n" if between.startswith(",") else "],\n"
    rest = {
        "errors": [error(problem) for problem in tally.problems],
        "notes": [error(note) for note in tally.notes],
        # In a run that writes these stand among the findings too.
        "later": [row for site in tally.made_later for row in findings(site.path, [site])],
    }
    yield _text(rest)[len("{\n") :]


def _text(content: dict[str, Any]) -> str:
    return safe_json(json.dumps(content, indent=2, ensure_ascii=False))


def summary(tally: Tally) -> dict[str, Any]:
    """Counts by verdict and codemod; every verdict is there, with 0 where nothing was found."""
    return {
        "files": tally.files,
        "changed": tally.changed,
        "failed": tally.failed,
        "suppressed": tally.suppressed,
        "verdicts": {verdict.value: tally.verdicts[verdict] for verdict in VERDICTS},
        "later": {verdict.value: tally.later[verdict] for verdict in VERDICTS},
        "codemods": {
            name: {verdict.value: counts[verdict] for verdict in VERDICTS}
            for name, counts in sorted(tally.codemods.items())
        },
    }


def findings(
    path: str,
    sites: Iterable[LocatedFinding],
    answers: Names | None = None,
    standing: Mapping[str, str] | None = None,
) -> Iterator[dict[str, Any]]:
    """The findings of one file, each with those of reports that its edit answers.

    `standing` says of those to act on what they are against a baseline.
    """
    for site in sites:
        found = site.finding
        yield {
            "codemod": found.codemod,
            "code": found.code,
            "path": path,
            **_path_bytes(path),
            "line": site.line,
            "column": site.column,
            "end_line": site.end_line,
            "end_column": site.end_column,
            "verdict": found.verdict.value,
            "reason": encodable(found.reason),
            "guidance": found.guidance,
            "held": None if site.held is None else site.held.value,
            "suppressed": site.suppressed,
            "fingerprint": site.fingerprint,
            "symbol": encodable(site.symbol),
            "tokens": site.tokens,
            **({} if standing is None else {"baseline": standing.get(site.fingerprint)}),
            "evidence": [_evidence(entry) for entry in found.evidence],
            "if_cited": found.withheld.verdict.value if found.withheld else None,
            "edits": [_edit(entry) for entry in site.offered],
            "answers": _answers((answers or {}).get(site.fingerprint)),
        }


def _answers(answered: Answered | None) -> list[dict[str, Any]]:
    found = () if answered is None else answered.findings
    return [
        {
            "report": encodable(entry.report),
            "id": encodable(entry.id),
            "severity": entry.severity,
            "title": encodable(entry.title),
        }
        for entry in found
    ]


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "strength": evidence.strength.value,
        "reach": evidence.reach.value,
        "path": evidence.path,
        "line": evidence.line,
        "text": evidence.text,
    }


def _edit(edit: LocatedEdit) -> dict[str, Any]:
    return {
        "start": {"line": edit.line, "column": edit.column},
        "end": {"line": edit.end_line, "column": edit.end_column},
        "content": edit.content,
    }


def error(problem: Problem | Note) -> dict[str, Any]:
    return {
        "path": problem.path,
        **_path_bytes(problem.path),
        "line": problem.line,
        "kind": problem.kind,
        "message": encodable(problem.message),
    }


def _path_bytes(path: str) -> dict[str, str]:
    """The bytes of a name that is not UTF-8, in base64; there `path` can only show them."""
    if path.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in path):
        return {}
    return {"path_bytes": b64encode(os.fsencode(path)).decode("ascii")}
