"""Markdown for the body of a pull request: what was found, why, and the diff of each file."""

from __future__ import annotations

import re

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding
from fixaudit_cli.output.formats.document import Collected, FileRow
from fixaudit_cli.output.formats.text import counted
from fixaudit_cli.output.preview import patch_of
from fixaudit_cli.output.tally import VERDICTS, Tally


def document(collected: Collected) -> str:
    """Counts, then the files with their sites and diffs, then what could not be processed."""
    tally = collected.tally
    parts = [
        "# fixaudit\n\n",
        f"{counted(tally.files, 'file')} looked at, {tally.changed} changed, {tally.failed} failed.\n\n",
        _table(tally),
    ]
    parts += [_file(row) for row in collected.rows]
    if tally.problems:
        parts.append("## Problems\n\n")
        parts += [
            f"- `{p.path}{f':{p.line}' if p.line else ''}` {p.kind}: {_inline(p.message)}\n"
            for p in tally.problems
        ]
    return "".join(parts)


def _table(tally: Tally) -> str:
    head = "| codemod | " + " | ".join(VERDICTS) + " |\n|---|" + "---:|" * len(VERDICTS) + "\n"
    rows = [
        f"| {name} | " + " | ".join(str(counts[verdict]) for verdict in VERDICTS) + " |\n"
        for name, counts in sorted(tally.codemods.items())
    ]
    total = (
        "| **all** | " + " | ".join(str(tally.verdicts[verdict]) for verdict in VERDICTS) + " |\n"
    )
    return head + "".join(rows) + total + "\n"


def _file(row: FileRow) -> str:
    parts = [f"## {_inline(row.path)}\n\n"]
    parts += [_site(site) for site in row.sites if site.finding.verdict is not Verdict.LEAVE]
    left = [site for site in row.sites if site.finding.verdict is Verdict.LEAVE]
    if left:
        parts.append(f"\n<details><summary>{counted(len(left), 'site')} left</summary>\n\n")
        parts += [_site(site) for site in left]
        parts.append("\n</details>\n")
    if row.changed is not None:
        patch = patch_of(row.changed).decode("utf-8", "backslashreplace")
        fence = "`" * (3 + max((len(run) for run in _backtick_runs(patch)), default=0))
        parts.append(f"\n{fence}diff\n{patch}{fence}\n")
    return "".join(parts) + "\n"


def _site(site: LocatedFinding) -> str:
    found = site.finding
    state = "applied" if site.applied else found.verdict.value
    if site.suppressed is not None:
        state = f"suppressed by {_inline(site.suppressed)}"
    guidance = f" {_inline(found.guidance)}" if found.guidance else ""
    return f"- line {site.line}: **{found.codemod}** ({state}): {_inline(found.reason)}{guidance}\n"


def _inline(text: str) -> str:
    text = " ".join(text.split()).encode("utf-8", "backslashreplace").decode("utf-8")
    return text.replace("<", "&lt;").replace("|", "\\|")


def _backtick_runs(text: str) -> list[str]:
    return [run for run in re.findall("`+", text) if len(run) >= 3]
