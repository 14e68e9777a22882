"""The formats that are one document a run, and the data each is made from."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from fixaudit.model.outcome import Changed, LocatedFinding, Outcome
from fixaudit_cli.output.formats.text import problem_line
from fixaudit_cli.output.tally import Tally, sites_of
from fixaudit_cli.output.terminal import note, write_document

if TYPE_CHECKING:
    from fixaudit.authoring.codemod import Codemod
    from fixaudit.pipeline.runner import Worker
    from fixaudit.plan.named_finding import Names

MODULES = {
    "json": "as_json",
    "sarif": "as_sarif",
    "github": "as_github",
    "junit": "as_junit",
    "markdown": "as_markdown",
    "html": "as_html",
}
_WITH_DIFFS = frozenset({"markdown", "html"})


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file in a document: its findings, and its change where there is one."""

    path: str
    sites: tuple[LocatedFinding, ...]
    changed: Changed | None = None


@dataclass(slots=True)
class Collected:
    """Everything a document is made from; `rows` in path order, files without findings left out.

    `codemods` are all that could run, whether they found something or not, where the format lists
    them. Without `diffs` the texts of changed files are not kept. `answers` names the findings of
    reports that edits answer, by fingerprint. `baseline` has the counts of a comparison with one, `standing`
    what each finding to act on is in it, by fingerprint: new, known or apart.
    """

    tally: Tally
    codemods: Sequence[type[Codemod]] = ()
    diffs: bool = True
    rows: list[FileRow] = field(default_factory=list)
    answers: Names = field(default_factory=dict)
    baseline: Mapping[str, Any] | None = None
    standing: Mapping[str, str] | None = None

    def add(self, outcome: Outcome) -> None:
        """Take in one file's outcome (which the tally has counted)."""
        sites = sites_of(outcome)
        changed = outcome if self.diffs and isinstance(outcome, Changed) else None
        if sites or isinstance(outcome, Changed):
            row = FileRow(outcome.path, sites, changed)
            if isinstance(outcome, Changed) and outcome.is_more:
                self.rows = _with_change(self.rows, row)
            else:
                self.rows.append(row)

    def settle(self) -> None:
        """Let the rows say what became of the edits; a diff goes that was not written as it is."""
        for at, row in enumerate(self.rows):
            sites = tuple(map(self.tally.told, row.sites))
            if sites != row.sites:
                self.rows[at] = FileRow(row.path, sites)


def _with_change(rows: list[FileRow], more: FileRow) -> list[FileRow]:
    """The rows with the change of a file that was told before as unchanged."""
    known = [row.path for row in rows]
    if more.path in known:
        return [
            replace(row, changed=more.changed) if row.path == more.path else row for row in rows
        ]
    at = next((at for at, path in enumerate(known) if path > more.path), len(rows))
    return [*rows[:at], more, *rows[at:]]


def collector(format: str, tally: Tally, worker: Worker, answers: Names | None = None) -> Collected:
    """What collects the outcomes of a run for one of the formats of `MODULES`."""
    # Importing the codemods takes longer than a run from the cache: only where they are listed.
    codemods = worker.available() if format == "sarif" else ()
    return Collected(tally, codemods, format in _WITH_DIFFS, answers=answers or {})


def put(format: str, collected: Collected) -> None:
    """Print the document; notes that its format has no place for go to stderr."""
    for piece in render(format, collected):
        write_document(piece)
    if format != "json":
        for entry in collected.tally.notes:
            note(problem_line(entry))


def render(format: str, collected: Collected) -> Iterator[str]:
    """The document in one of the formats of `MODULES`, piece by piece, final newline included."""
    module = importlib.import_module(f"fixaudit_cli.output.formats.{MODULES[format]}")
    document: str | Iterator[str] = module.document(collected)
    piece = ""
    for piece in [document] if isinstance(document, str) else document:
        yield piece
    if not piece.endswith("\n"):
        yield "\n"
