"""What a person has settled about the findings of reports, kept in the user's folder for the tree.

It is known by the report: its findings' ids and titles, else its path. A finding whose title has changed is
another one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixaudit.errors import FixauditError
from fixaudit.files.atomic_write import write_atomically
from fixaudit.files.plain_file import read_plain
from fixaudit.files.state_folders import known_state, own_state

if TYPE_CHECKING:
    from fixaudit.plan.decided import Decided, Settled
    from fixaudit.reports.model import Report

VERSION = 1
NAME = "findings.json"
_MOST = 4_000_000


class RememberedError(FixauditError):
    """What is remembered of reports cannot be read or written."""


@dataclass(frozen=True, slots=True)
class OfFinding:
    """What a person has settled about one finding: the codemods that answer it (None: what its words say),
    and what was decided about it."""

    codemods: tuple[str, ...] | None = None
    decided: Decided | None = None


class Remembered:
    """What is settled about the findings of some reports, by report and id; `save` keeps it.

    Raises:
        RememberedError: what is kept cannot be read.
    """

    def __init__(self, root: Path, reports: Sequence[Report]) -> None:
        self._root = root
        self._reports = reports
        self._kept = _load(root)
        self._found = {report.source: self._of(report) for report in reports}

    def get(self, report: str, key: str) -> OfFinding:
        """What is settled about a finding."""
        return self._found[report].get(key, OfFinding())

    def pair(self, report: str, key: str, codemods: tuple[str, ...] | None) -> None:
        """Settle which codemods answer a finding."""
        self._found[report][key] = replace(self.get(report, key), codemods=codemods)

    def decide(self, report: str, key: str, decided: Decided | None) -> None:
        """Settle what was decided about a finding; None: nothing."""
        self._found[report][key] = replace(self.get(report, key), decided=decided)

    def given(self, running: Collection[str]) -> dict[str, Settled]:
        """What is settled by report, as a plan is given it; of codemods those that are `running`."""
        return {source: _as_given(rows, running) for source, rows in self._found.items()}

    def save(self) -> None:
        """Write it down. Raises RememberedError, WorkspaceError."""
        for report in self._reports:
            path, digest = _path(report, self._root), _digest(report)
            for key in [key for key, row in self._kept.items() if row["path"] == path]:
                del self._kept[key]
            titles = {finding.id: finding.title for finding in report.findings}
            rows = {
                key: _row(titles[key], each)
                for key, each in self._found[report.source].items()
                if each != OfFinding()
            }
            self._kept.pop(digest, None)
            if rows:
                self._kept[digest] = {"path": path, "findings": rows}
        place = own_state(self._root) / NAME
        content = {"version": VERSION, "reports": self._kept}
        text = json.dumps(content, indent=2, sort_keys=True) + "\n"
        try:
            write_atomically(place, text.encode())
        except OSError as error:
            raise RememberedError(f"cannot write {place}: {error.strerror or error}") from error

    def _of(self, report: Report) -> dict[str, OfFinding]:
        """What was settled before in a report that is the same, or stands at the same path."""
        row = self._kept.get(_digest(report))
        if row is None:
            path = _path(report, self._root)
            rows = (each for each in self._kept.values() if each["path"] == path)
            row = next(rows, {"findings": {}})
        titles = {finding.id: finding.title for finding in report.findings}
        return {
            key: _settled(each)
            for key, each in row["findings"].items()
            if titles.get(key) == each["title"]
        }


def _as_given(rows: Mapping[str, OfFinding], running: Collection[str]) -> Settled:
    from fixaudit.plan.decided import Settled

    pairs = {
        key: tuple(name for name in each.codemods if name in running)
        for key, each in rows.items()
        if each.codemods is not None
    }
    decided = {key: each.decided for key, each in rows.items() if each.decided is not None}
    return Settled(pairs, decided)


def _row(title: str, settled: OfFinding) -> dict[str, Any]:
    codemods = None if settled.codemods is None else list(settled.codemods)
    row: dict[str, Any] = {"title": title, "codemods": codemods}
    decided = settled.decided
    if decided is not None:
        row |= {"choice": decided.choice, "note": decided.note, "sites": list(decided.sites)}
    return row


def _settled(row: Mapping[str, Any]) -> OfFinding:
    from fixaudit.plan.decided import Decided

    names = row["codemods"]
    decided = None
    if "choice" in row:
        decided = Decided(row["choice"], row["note"], tuple(row["sites"]))
    return OfFinding(None if names is None else tuple(names), decided)


def _load(root: Path) -> dict[str, Any]:
    folder = known_state(root)
    if folder is None or not (folder / NAME).exists():
        return {}
    place = folder / NAME
    try:
        content = json.loads(read_plain(place, _MOST))
        if content["version"] != VERSION:
            raise RememberedError(f"{place}: written by another version ({content['version']})")
        return {str(key): _checked(row) for key, row in content["reports"].items()}
    except OSError as error:
        raise RememberedError(f"cannot read {place}: {error.strerror or error}") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise RememberedError(f"{place}: holds no findings ({error}); remove it") from error


def _checked(row: Mapping[str, Any]) -> dict[str, Any]:
    from fixaudit.plan.decided import CHOICES

    findings: dict[str, Any] = {}
    for key, each in row["findings"].items():
        names = each["codemods"]
        found: dict[str, Any] = {"title": str(each["title"])}
        found["codemods"] = None if names is None else [str(name) for name in names]
        if "choice" in each:
            if each["choice"] not in CHOICES:
                raise ValueError(f"the choice {each['choice']!r} is none")
            sites = [str(site) for site in each["sites"]]
            found |= {"choice": each["choice"], "note": str(each["note"]), "sites": sites}
        findings[str(key)] = found
    return {"path": str(row["path"]), "findings": findings}


def _digest(report: Report) -> str:
    rows = [[finding.id, finding.title] for finding in report.findings]
    return sha256(json.dumps(rows).encode()).hexdigest()


def _path(report: Report, root: Path) -> str:
    return os.path.relpath(os.path.realpath(report.source), os.path.realpath(root))
