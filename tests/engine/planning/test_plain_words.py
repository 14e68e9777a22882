"""Findings in the words of a person, not of a tool, over a service with one flaw a module."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from plain_tree import FILES, RIGHT
from trees import write

from fixaudit.pipeline.runner import Request
from fixaudit.plan.model import AuditPlan
from fixaudit.plan.plan import make_plan
from fixaudit.plan.tree_findings import Survey, survey
from fixaudit.reports.reader import read_report_bytes

REPORTS = Path(__file__).parent / "plain"
_PLACE = re.compile(r"`(app/\w+\.py):\d+`")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    root = write(tmp_path_factory.mktemp("service"), FILES)
    return survey(Request(paths=(root,), root=root, isolated=True))


def plan(service: Survey, text: str) -> AuditPlan:
    report = read_report_bytes("REVIEW.md", text.encode())
    return make_plan([report], service.tree, service.codemods)


@pytest.mark.parametrize("name", ["seen.md", "unseen.md"])
def test_each_finding_is_answered_by_the_codemod_of_its_flaw(service: Survey, name: str) -> None:
    text = (REPORTS / name).read_text("utf-8")
    places = _PLACE.findall(text)
    found = [(entry.finding.title, entry.codemods) for entry in plan(service, text).findings]
    assert [pairs for _, pairs in found] == [(RIGHT[place],) for place in places], found


ALIKE = {"annotate-special-methods": ("annotate-return-none",)}
"""Codemods of one flaw: a function, special or not, does not say what it returns."""


@pytest.mark.parametrize("name", ["seen.md", "unseen.md"])
def test_words_about_one_flaw_never_lead_to_another_one(service: Survey, name: str) -> None:
    """Every finding at the place of every other one: nothing acts but what its words are about."""
    text = (REPORTS / name).read_text("utf-8")
    cited = re.findall(r"`app/[^`]+`", text)
    wanted = [RIGHT[place] for place in _PLACE.findall(text)]
    wrong = []
    for by in range(1, len(cited)):
        others = iter((*cited[by:], *cited[:by]))
        moved = re.sub(r"`app/[^`]+`", lambda _: next(others), text)  # noqa: B023
        for entry, right in zip(plan(service, moved).findings, wanted, strict=True):
            if set(entry.codemods) - {right, *ALIKE.get(right, ())}:
                wrong.append((entry.finding.title, entry.codemods))
    assert wrong == []
