"""Annotations of GitHub's workflow commands: `::warning file=…,line=…::message`."""

from __future__ import annotations

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding, Problem
from fixaudit.text.visible import visible
from fixaudit_cli.output.formats.document import Collected
from fixaudit_cli.output.formats.text import answers_of

_LEVELS = {
    Verdict.FIX: "warning",
    Verdict.UNSAFE: "warning",
    Verdict.REVIEW: "notice",
    Verdict.LEAVE: "debug",
}


def document(collected: Collected) -> str:
    """A line a finding; what is left or suppressed shows only where debugging is on."""
    lines = [
        _finding(row.path, site, answers_of(site, collected.answers))
        for row in collected.rows
        for site in row.sites
    ]
    lines += [_problem(problem) for problem in collected.tally.problems]
    return "".join(line + "\n" for line in lines)


def _finding(path: str, site: LocatedFinding, answers: str) -> str:
    found = site.finding
    level = "debug" if site.suppressed is not None else _LEVELS[found.verdict]
    text = _message(f"{found.verdict.value}: {found.reason}{answers}")
    title = f"{found.code} {found.codemod}"
    if level == "debug":
        return f"::debug::{_message(f'{path}:{site.line}: {title}: ')}{text}"
    place = f"file={_property(path)},line={site.line},endLine={site.end_line}"
    if site.line == site.end_line:
        place += f",col={site.column},endColumn={site.end_column}"
    return f"::{level} {place},title={_property(title)}::{text}"


def _problem(problem: Problem) -> str:
    line = f",line={problem.line}" if problem.line else ""
    return f"::error file={_property(problem.path)}{line},title={problem.kind}::{_message(problem.message)}"


def _message(text: str) -> str:
    return visible(text, lines=True).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
