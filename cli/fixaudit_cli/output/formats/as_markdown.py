"""Markdown for the body of a pull request: what was found, why, and the diff of each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit.text.markdown import code, fenced, prose
from fixaudit_cli.output.formats.document import Collected, FileRow
from fixaudit_cli.output.formats.text import answers_of, counted, visible_lines
from fixaudit_cli.output.preview import patch_of
from fixaudit_cli.output.tally import VERDICTS, Tally

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Names


def document(collected: Collected) -> str:
    """Counts, then the files with their sites and diffs, then what could not be processed."""
    tally = collected.tally
    parts = [
        "# fixaudit\n\n",
        f"{counted(tally.files, 'file')} looked at, {tally.changed} changed, {tally.failed} failed.\n\n",
        _table(tally),
    ]
    parts += [_file(row, collected.answers) for row in collected.rows]
    if tally.problems:
        parts.append("## Problems\n\n")
        parts += [
            f"- {code(f'{p.path}:{p.line}' if p.line else p.path)} {p.kind}: {prose(p.message)}\n"
            for p in tally.problems
        ]
    return "".join(parts)


def _table(tally: Tally) -> str:
    head = "| codemod | " + " | ".join(VERDICTS) + " |\n|---|" + "---:|" * len(VERDICTS) + "\n"
    rows = [
        f"| {prose(name)} | " + " | ".join(str(counts[verdict]) for verdict in VERDICTS) + " |\n"
        for name, counts in sorted(tally.codemods.items())
    ]
    total = (
        "| **all** | " + " | ".join(str(tally.verdicts[verdict]) for verdict in VERDICTS) + " |\n"
    )
    return head + "".join(rows) + total + "\n"


def _file(row: FileRow, answers: Names) -> str:
    parts = [f"## {code(row.path)}\n\n"]
    parts += [
        _site(site, answers) for site in row.sites if site.finding.verdict is not Verdict.LEAVE
    ]
    left = [site for site in row.sites if site.finding.verdict is Verdict.LEAVE]
    if left:
        parts.append(f"\n<details><summary>{counted(len(left), 'site')} left</summary>\n\n")
        parts += [_site(site, answers) for site in left]
        parts.append("\n</details>\n")
    if row.changed is not None:
        patch = "\n".join(visible_lines(patch_of(row.changed, answers)))
        parts.append("\n" + fenced(patch, "diff"))
    return "".join(parts) + "\n"


def _site(site: LocatedFinding, answers: Names) -> str:
    found = site.finding
    state = "applied" if site.applied else found.verdict.value
    if site.suppressed is not None:
        state = f"suppressed by {prose(site.suppressed)}"
    guidance = f" {prose(found.guidance)}" if found.guidance else ""
    name = prose(found.codemod)
    answered = answers_of(site, answers)
    named = f" {prose(answered)}" if answered else ""
    return f"- line {site.line}: **{name}** ({state}): {prose(found.reason)}{guidance}{named}\n"
