"""JUnit XML: a suite a file, a case a finding; what needs action fails, what is left passes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from fixaudit.model.finding import Verdict
from fixaudit.model.outcome import LocatedFinding, Problem
from fixaudit.text.visible import visible
from fixaudit_cli.output.formats.document import Collected, FileRow
from fixaudit_cli.output.formats.text import answers_of

if TYPE_CHECKING:
    from fixaudit.plan.named_finding import Names

# XML 1.0 has no place for most control characters, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(collected: Collected) -> str:
    """The whole document."""
    problems = collected.tally.problems
    sites = [site for row in collected.rows for site in row.sites]
    failures = sum(_fails(site) for site in sites)
    head = f'tests="{len(sites) + len(problems)}" failures="{failures}" errors="{len(problems)}"'
    suites = "".join(_suite(row, collected.answers) for row in collected.rows)
    errors = "".join(_error(problem) for problem in problems)
    if errors:
        errors = f'<testsuite name="problems" tests="{len(problems)}" errors="{len(problems)}">\n{errors}</testsuite>\n'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="fixaudit" {head}>\n{suites}{errors}</testsuites>\n'


def _fails(site: LocatedFinding) -> bool:
    return site.suppressed is None and site.finding.verdict is not Verdict.LEAVE


def _suite(row: FileRow, answers: Names) -> str:
    failures = sum(_fails(site) for site in row.sites)
    skipped = sum(site.suppressed is not None for site in row.sites)
    counts = f'tests="{len(row.sites)}" failures="{failures}" skipped="{skipped}"'
    cases = "".join(_case(row.path, site, answers_of(site, answers)) for site in row.sites)
    return f"<testsuite name={_attribute(row.path)} {counts}>\n{cases}</testsuite>\n"


def _case(path: str, site: LocatedFinding, answers: str) -> str:
    found = site.finding
    name = _attribute(f"{found.code} {found.codemod} {path}:{site.line}:{site.column}")
    head = f'<testcase classname={_attribute(path)} name={name} file={_attribute(path)} line="{site.line}">'
    if site.suppressed is not None:
        body = f"<skipped message={_attribute(site.suppressed)}/>"
    elif _fails(site):
        detail = escape(_clean(f"{found.guidance or found.reason}{answers}"))
        body = f'<failure type="{found.verdict.value}" message={_attribute(found.reason)}>{detail}</failure>'
    else:
        body = f"<system-out>{escape(_clean(found.reason))}</system-out>"
    return f"{head}{body}</testcase>\n"


def _error(problem: Problem) -> str:
    name = _attribute(f"{problem.path}:{problem.line}" if problem.line else problem.path)
    message = _attribute(problem.message)
    return f'<testcase classname="problems" name={name}><error type="{problem.kind}" message={message}/></testcase>\n'


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", visible(text, lines=True))
