"""A plan file read back, with what was removed from it by hand left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fixaudit.errors import ConfigError
from fixaudit.plan.lookalikes import Alike
from fixaudit.plan.model import VERSION
from fixaudit.plan.selection import Choice, PlannedEdit, levels_in, matching


@dataclass(frozen=True, slots=True)
class Entry:
    """An edit a plan file still holds: site, codemod, and ids of the findings it answers."""

    fingerprint: str
    codemod: str
    path: str
    line: int
    verdict: str
    cited: bool
    findings: tuple[tuple[str, str], ...]
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSite:
    """A site at a finding's cited places as it was when the plan was made."""

    fingerprint: str
    path: str
    line: int
    codemod: str
    alike: Alike
    verdict: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding as a plan file holds it; `codemods` pairs names with codes of those that act, `by_hand`
    says that a person settled them."""

    report: str
    id: str
    title: str
    severity: str | None
    verdict: str
    says: str
    codemods: tuple[tuple[str, str], ...]
    sites: tuple[StoredSite, ...]
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class PlanFile:
    """What a plan file says. `root` is relative to the folder the file stands in."""

    root: str
    files: dict[str, str]
    entries: tuple[Entry, ...]
    findings: tuple[StoredFinding, ...]
    spared: tuple[tuple[str, str], ...] = ()
    """Of what a report keeps and the plan leaves alone: the place, and the words of the report."""


def stored(row: PlannedEdit) -> Entry:
    """An edit as a plan file would hold it."""
    site = row.site
    return Entry(
        site.fingerprint,
        site.finding.codemod,
        site.path,
        site.line,
        site.finding.verdict.value,
        row.cited,
        row.findings,
        row.warning,
    )


def load(path: Path) -> PlanFile:
    """Read a plan file; what was removed from it by hand is not in the result.

    An edit counts as long as it is listed, and one of its findings is that its codemod acts on.

    Raises:
        ConfigError: the file cannot be read, or is no plan of this version.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the plan: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(
            f"{path}: is no plan: {error}; make it with `fixaudit plan -o`"
        ) from error
    try:
        if content["version"] != VERSION:
            raise ConfigError(f"{path}: a plan of version {content['version']}; make it again")
        return _checked(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        text = f"{type(error).__name__}: {error}"
        raise ConfigError(
            f"{path}: is no plan ({text}); make it with `fixaudit plan -o`"
        ) from error


def _checked(content: dict[str, Any]) -> PlanFile:
    findings = tuple(_stored(row) for row in content["findings"])
    acting = {(e.report, e.id): [name for name, _ in e.codemods] for e in findings}
    entries = []
    for row in content["edits"]:
        keys = [(str(key["report"]), str(key["id"])) for key in row["findings"]]
        answered = tuple(key for key in keys if str(row["codemod"]) in acting.get(key, ()))
        if answered:
            entries.append(_entry(row, answered))
    files = {_inside(name): str(digest) for name, digest in content["files"].items()}
    for entry in entries:
        if entry.path not in files:
            raise ValueError(f"no hash of {entry.path}")
    spared = tuple(
        (f"{_inside(row['path'])}:{int(row['line'])}", str(row["warning"]))
        for row in content.get("kept", ())
        if row["spared"] and not row.get("by_hand", False)
    )
    return PlanFile(str(content["root"]), files, tuple(entries), findings, spared)


def _entry(row: dict[str, Any], keys: tuple[tuple[str, str], ...]) -> Entry:
    return Entry(
        str(row["fingerprint"]),
        str(row["codemod"]),
        _inside(row["path"]),
        int(row["line"]),
        str(row["verdict"]),
        bool(row["cited"]),
        keys,
        None if row["warning"] is None else str(row["warning"]),
    )


def _stored(row: dict[str, Any]) -> StoredFinding:
    sites = tuple(
        StoredSite(
            str(site["fingerprint"]),
            _inside(site["path"]),
            int(site["line"]),
            str(site["codemod"]),
            Alike(str(site["context"]), int(site["alike"]), int(site["nth"])),
            "suppressed" if site["suppressed"] else str(site["verdict"]),
            str(site["suppressed"] or site["reason"]),
        )
        for site in row["here"]
    )
    pairs = [(str(e["name"]), str(e["code"])) for e in row["codemods"] if e["acts"]]
    severity = row["severity"]
    return StoredFinding(
        str(row["report"]),
        str(row["id"]),
        str(row["title"]),
        None if severity is None else str(severity),
        str(row["verdict"]),
        str(row["says"]),
        tuple(pairs),
        sites,
        bool(row.get("by_hand", False)),
    )


def _inside(name: object) -> str:
    """A path of a plan; one that leads out of the tree is refused."""
    path = PurePosixPath(str(name))
    if path.is_absolute() or ".." in path.parts or "\\" in str(name) or not path.parts:
        raise ValueError(f"{name!r} leads out of the tree")
    return str(path)


def stored_entries(stored: PlanFile, choice: Choice) -> list[Entry]:
    """The edits a plan file lists that are wanted. Raises ConfigError as `chosen` does."""
    known = [(entry.report, entry.id) for entry in stored.findings]
    ids = matching(known, choice.findings)
    levels = levels_in(choice.severities)
    kept = {
        (entry.report, entry.id)
        for entry in stored.findings
        if (ids is None or (entry.report, entry.id) in ids)
        and (levels is None or entry.severity in levels)
    }
    return [
        entry
        for entry in stored.entries
        if kept & set(entry.findings) and (entry.cited or not choice.cited_only)
    ]
