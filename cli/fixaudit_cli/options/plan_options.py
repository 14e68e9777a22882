"""The options of `plan` and `apply` about audit reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fixaudit_cli.options import options

PlanOption = Annotated[
    Path | None,
    options.option(
        options.REPORTS, "--plan", metavar="FILE", help="Apply what a plan file still lists."
    ),
]
Reports = Annotated[
    list[Path] | None,
    options.option(
        options.REPORTS, "--report", metavar="FILE", help="Plan an audit report and apply the plan."
    ),
]
Finding = Annotated[
    list[str] | None,
    options.option(
        options.REPORTS, "--finding", metavar="IDS", help="Only findings of these ids: 1.2,3.5."
    ),
]
Severity = Annotated[
    list[str] | None,
    options.option(
        options.REPORTS,
        "--severity",
        metavar="LEVEL",
        help="Only findings of this severity: high, or high+.",
    ),
]
Pair = Annotated[
    list[str] | None,
    options.option(
        options.REPORTS,
        "--pair",
        metavar="ID=CODEMOD",
        help="Which codemod answers a finding: F-2=tls-verify; F-2=none for no one, F-2=auto as before. Repeatable.",
    ),
]
CitedOnly = Annotated[
    bool,
    options.option(
        options.REPORTS, "--cited-only", help="Only the places the report cites, not all like them."
    ),
]
TrustReport = Annotated[
    bool,
    options.option(
        options.REPORTS,
        "--trust-report",
        help="A scanner's findings, too, override hints and the roles of files where they cite a line.",
    ),
]
WithKept = Annotated[
    bool,
    options.option(
        options.REPORTS,
        "--with-kept",
        help="Edit what a report asks to keep as it is, too.",
    ),
]
PlanFormat = Annotated[
    str,
    options.option(
        options.OUTPUT,
        "--output-format",
        metavar="FORMAT",
        help="text, json, sarif, markdown or html.",
        show_default=True,
    ),
]


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """The options of `apply` about plans and reports, as given."""

    plan: Path | None = None
    report: Sequence[Path] | None = None
    finding: Sequence[str] | None = None
    severity: Sequence[str] | None = None
    cited_only: bool = False
    trust_report: bool = False
    with_kept: bool = False
    pair: Sequence[str] | None = None
    stdin_filename: str | None = None
