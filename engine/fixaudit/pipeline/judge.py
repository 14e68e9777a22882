"""What the codemods find in one file."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable

from fixaudit.authoring.codemod import Codemod
from fixaudit.authoring.weighing import weighed
from fixaudit.errors import NotLookedAtError
from fixaudit.model.finding import Finding
from fixaudit.model.outcome import Problem
from fixaudit.pipeline.checked_findings import check_finding
from fixaudit.pipeline.every_codemod import doubted_if_shown, guarded, rested
from fixaudit.pipeline.faults import described, ends_the_work
from fixaudit.pipeline.progress import WATCH
from fixaudit.pipeline.time_limit import LIMIT
from fixaudit.registry.prefilter import Prefilter
from fixaudit.semantics.module_cache import ModuleChangedError
from fixaudit.source.source import Source

# A file that is written more often than this while one site is looked at fails the site.
_MOST_WRITES = 3


def judge(source: Source, codemods: Iterable[Codemod]) -> tuple[list[Finding], list[Problem]]:
    """Every finding of the codemods in one source, in text order; one walk for all of them."""
    findings: list[Finding] = []
    problems: list[Problem] = []
    source.project.judged = source.location
    for codemod in codemods:
        WATCH.step(codemod.name, is_codemod=True)
        LIMIT.restart()
        found: list[Finding] = []
        try:
            for kind in codemod.visits:
                nodes = source.named(kind, codemod.names) if codemod.names else source.nodes(kind)
                _judge_nodes(codemod, nodes, source, found, problems)
            enough = codemod.hints_to_leave
            judged = [weighed(rested(source, finding), enough) for finding in found]
            findings += codemod.in_scope(source, judged)
        except BaseException as error:
            problems.append(_codemod_problem(source, codemod.name, None, error))
    WATCH.step("compose and verify")
    LIMIT.restart()
    findings.sort(key=lambda finding: (finding.span, finding.codemod))
    findings = [doubted_if_shown(source, finding) for finding in findings]
    return guarded(source, findings), problems


def loaded(
    source: Source, prefilter: Prefilter, skipped: Collection[str]
) -> tuple[tuple[Codemod, ...], list[Problem]]:
    """The codemods that must look at a source, but the skipped ones; one that cannot be made is named."""
    active: list[Codemod] = []
    problems: list[Problem] = []
    for number in prefilter.matching(source.body):
        name = prefilter.name(number)
        if name in skipped:
            continue
        try:
            active.append(prefilter.codemod(number))
        except BaseException as error:
            problems.append(_codemod_problem(source, name, None, error))
    return tuple(active), problems


def _judge_nodes(
    codemod: Codemod,
    nodes: Iterable[ast.AST],
    source: Source,
    found: list[Finding],
    problems: list[Problem],
) -> None:
    """Add the findings at each node; an exception costs the node's, loudly."""
    judge = codemod.judge
    for node in nodes:
        before = len(found)
        try:
            try:
                found += judge(node, source)
            except ModuleChangedError as error:
                del found[before:]
                found += _judged_again(codemod, node, source, error)
            for finding in found[before:]:
                check_finding(finding, codemod.name, source)
        except NotLookedAtError as error:
            del found[before:]
            problems.append(Problem(source.path, "not-looked-at", str(error)))
        except BaseException as error:
            del found[before:]
            problems.append(_codemod_problem(source, codemod.name, node, error))


def _judged_again(
    codemod: Codemod, node: ast.AST, source: Source, error: ModuleChangedError
) -> list[Finding]:
    """The findings at a node that was being judged while another file was written."""
    for _ in range(_MOST_WRITES):
        source.memo.clear()
        source.project.forget(error.path)
        try:
            return list(codemod.judge(node, source))
        except ModuleChangedError as again:
            error = again
    raise error


def _codemod_problem(
    source: Source, name: str, node: ast.AST | None, error: BaseException
) -> Problem:
    """Tells of a codemod's defect; raises what ends the work on the file again."""
    if ends_the_work(error):
        raise error
    here = "failed here" if node is not None else "failed"
    line = getattr(node, "lineno", None)
    return Problem(source.path, "codemod", f"{name} {here} with {described(error)}", line)
