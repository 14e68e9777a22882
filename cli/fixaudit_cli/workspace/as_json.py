"""The packages as a document for programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from fixaudit._version import __version__
from fixaudit.text.visible import encodable, safe_json
from fixaudit.workspace.package import KINDS, Dependent
from fixaudit_cli.workspace.survey import Row, Survey

VERSION = 1


def document(survey: Survey) -> str:
    """The whole document; keys are added, never changed, within a version."""
    content = {
        "version": VERSION,
        "tool": {"name": "fixaudit", "version": __version__},
        "summary": _summary(survey),
        "packages": [_row(row) for row in survey.rows],
        "errors": [
            {
                "path": encodable(problem.path),
                "line": problem.line,
                "kind": problem.kind,
                "message": encodable(problem.message),
            }
            for problem in survey.problems
        ],
        "notes": list(map(encodable, survey.notes)),
    }
    return safe_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def _summary(survey: Survey) -> dict[str, Any]:
    rows = survey.rows
    kinds = Counter(row.package.found for row in rows)
    is_owned = survey.owner_file is not None
    return {
        "packages": len(rows),
        "found": {kind: kinds[kind] for kind in KINDS if kinds[kind]},
        "files": sum(row.files for row in rows),
        "lines": sum(row.lines for row in rows),
        "owner_file": survey.owner_file,
        "owners": len({name for row in rows for name in row.owners or ()}) if is_owned else None,
        "unowned": (
            sum(1 for row in rows if row.unowned and not row.has_owner) if is_owned else None
        ),
        "files_outside": survey.outside,
        "changed_outside": list(map(encodable, survey.changed_outside)),
    }


def _row(row: Row) -> dict[str, Any]:
    package = row.package
    because = row.because and {"changed": encodable(row.because[0]), **_dependent(row.because[1])}
    dependents = row.dependents
    return {
        "name": encodable(package.name),
        "folder": encodable(package.folder),
        "found": package.found,
        "by": encodable(package.file),
        "needs": sorted(package.needs),
        "owners": None if row.owners is None else list(row.owners),
        "files": row.files,
        "lines": row.lines,
        "unowned": list(map(encodable, row.unowned)),
        "changed": list(map(encodable, row.changed)),
        "because": because,
        "dependents": None if dependents is None else [_dependent(each) for each in dependents],
    }


def _dependent(dependent: Dependent) -> dict[str, Any]:
    return {
        "name": encodable(dependent.package.name),
        "folder": encodable(dependent.package.folder),
        "how": dependent.how,
        "by": encodable(dependent.by),
        "path": encodable(dependent.path),
        "line": dependent.line,
        "distance": dependent.distance,
        "on": encodable(dependent.on),
    }
