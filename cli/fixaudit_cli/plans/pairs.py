"""Which codemods a person has paired with the findings of reports: given now, in a plan file, or before.

What is given is remembered in the user's folder for the tree, by the report: its findings' ids and
titles, else its path. A finding whose title has changed is another one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixaudit.errors import FixauditError
from fixaudit.files.atomic_write import write_atomically
from fixaudit.files.plain_file import read_plain
from fixaudit_cli.write.workspace import known_state, own_state

if TYPE_CHECKING:
    from fixaudit.plan.named_pairs import Settled
    from fixaudit.plan.stored import PlanFile
    from fixaudit.plan.tree_findings import Survey
    from fixaudit.reports.model import Report

VERSION = 1
NAME = "pairs.json"
_MOST = 2_000_000

ByReport = dict[str, dict[str, tuple[str, ...]]]


class PairsError(FixauditError):
    """The remembered pairs cannot be read or written."""


def settled(
    reports: Sequence[Report],
    found: Survey,
    given: Sequence[str] | None,
    earlier: PlanFile | None = None,
) -> ByReport:
    """What a person has paired, by report and finding; what is given now is remembered and told.

    Raises:
        ConfigError: `--pair` names a finding or a codemod nobody knows.
        PairsError: the remembered pairs cannot be read or written.
    """
    from fixaudit.plan.named_pairs import named_pairs

    root = found.tree.root
    kept = _load(root)
    result = {report.source: _remembered(kept, report, root) for report in reports}
    for entry in earlier.findings if earlier is not None else ():
        if entry.by_hand and entry.report in result:
            result[entry.report][entry.id] = tuple(name for name, _ in entry.codemods)
    keys = [(report.source, finding.id) for report in reports for finding in report.findings]
    named = named_pairs(given or (), keys, found.codemods)
    for (source, key), names in named.items():
        if names is None:
            result[source].pop(key, None)
        else:
            result[source][key] = names
    if named:
        _keep(root, kept, reports, result)
        _tell(named, len(reports) > 1)
    running = {codemod.name for codemod in found.codemods}
    return {
        source: {key: tuple(n for n in names if n in running) for key, names in pairs.items()}
        for source, pairs in result.items()
    }


def earlier_plan(path: Path | None) -> PlanFile | None:
    """The plan file that a plan is compared with, if any. Raises ConfigError."""
    from fixaudit.plan.stored import load

    return None if path is None else load(path)


def _tell(named: Settled, several: bool) -> None:
    from fixaudit_cli.output.terminal import note

    for (source, key), names in named.items():
        finding = f"{source}:{key}" if several else key
        if names is None:
            note(f"{finding}: what you have paired is forgotten")
        else:
            what = ", ".join(f"`{name}`" for name in names) or "nothing"
            note(f"{finding}: paired by you with {what}; remembered until `--pair {finding}=auto`")


def _remembered(kept: Mapping[str, Any], report: Report, root: Path) -> dict[str, tuple[str, ...]]:
    """What was paired before in a report that is the same, or stands at the same path."""
    row = kept.get(_digest(report))
    if row is None:
        path = _path(report, root)
        row = next((each for each in kept.values() if each["path"] == path), {"findings": {}})
    titles = {finding.id: finding.title for finding in report.findings}
    return {
        key: tuple(pair["codemods"])
        for key, pair in row["findings"].items()
        if titles.get(key) == pair["title"]
    }


def _keep(root: Path, kept: dict[str, Any], reports: Sequence[Report], pairs: ByReport) -> None:
    for report in reports:
        path, digest = _path(report, root), _digest(report)
        for key in [key for key, row in kept.items() if row["path"] == path or key == digest]:
            del kept[key]
        titles = {finding.id: finding.title for finding in report.findings}
        rows = {
            key: {"title": titles[key], "codemods": list(names)}
            for key, names in pairs[report.source].items()
        }
        if rows:
            kept[digest] = {"path": path, "findings": rows}
    place = own_state(root) / NAME
    text = json.dumps({"version": VERSION, "reports": kept}, indent=2, sort_keys=True) + "\n"
    try:
        write_atomically(place, text.encode())
    except OSError as error:
        raise PairsError(f"cannot write {place}: {error.strerror or error}") from error


def _load(root: Path) -> dict[str, Any]:
    folder = known_state(root)
    if folder is None or not (folder / NAME).exists():
        return {}
    place = folder / NAME
    try:
        content = json.loads(read_plain(place, _MOST))
        if content["version"] != VERSION:
            raise PairsError(f"{place}: written by another version ({content['version']})")
        return {str(key): _row(row) for key, row in content["reports"].items()}
    except OSError as error:
        raise PairsError(f"cannot read {place}: {error.strerror or error}") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise PairsError(f"{place}: is no file of pairs ({error}); remove it") from error


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    findings = {
        str(key): {"title": str(pair["title"]), "codemods": [str(n) for n in pair["codemods"]]}
        for key, pair in row["findings"].items()
    }
    return {"path": str(row["path"]), "findings": findings}


def _digest(report: Report) -> str:
    rows = [[finding.id, finding.title] for finding in report.findings]
    return sha256(json.dumps(rows).encode()).hexdigest()


def _path(report: Report, root: Path) -> str:
    return os.path.relpath(os.path.realpath(report.source), os.path.realpath(root))
