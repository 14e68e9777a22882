"""The formats that are one document a run: which there are, and what each is made from."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fixaudit.outcome import Changed, Outcome, Site
from fixaudit_cli.tally import Tally, sites_of

if TYPE_CHECKING:
    from fixaudit.codemod import Codemod
    from fixaudit.runner import Worker

MODULES = {
    "json": "as_json",
    "sarif": "as_sarif",
    "github": "as_github",
    "junit": "as_junit",
    "markdown": "as_markdown",
    "html": "as_html",
}


@dataclass(frozen=True, slots=True)
class FileRow:
    """What a document says of one file: its findings, and its change where there is one."""

    path: str
    sites: tuple[Site, ...]
    changed: Changed | None = None


@dataclass(slots=True)
class Collected:
    """Everything a document is made from; `rows` in path order, files without findings left out.

    `codemods` are all that could run, whether they found something or not, where the format lists
    them.
    """

    tally: Tally
    codemods: Sequence[type[Codemod]] = ()
    rows: list[FileRow] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Take in one file's outcome (which the tally has counted)."""
        sites = sites_of(outcome)
        changed = outcome if isinstance(outcome, Changed) else None
        if sites or changed is not None:
            self.rows.append(FileRow(outcome.path, sites, changed))


def codemods_for(format: str, worker: Worker) -> Sequence[type[Codemod]]:
    """The codemods that a document lists: importing them takes longer than a run from the cache."""
    return worker.available() if format == "sarif" else ()


def render(format: str, collected: Collected) -> str:
    """The document in one of the formats of `MODULES`, final newline included."""
    module = importlib.import_module(f"fixaudit_cli.formats.{MODULES[format]}")
    text: str = module.document(collected)
    return text if text.endswith("\n") else text + "\n"
