"""Every fixture and every variant of it, by path; the same checks as `fixaudit test` makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixaudit.authoring.codemod import Codemod
from fixaudit.registry.loader import installed_codemods
from fixaudit.testing.cases import Case
from fixaudit.testing.catalogue import Fixtures, check_coverage, orphans
from fixaudit.testing.failure_report import identity, report
from fixaudit.testing.variant_checks import variants_of

ROOT = Path(__file__).parent.parent / "fixtures"
CODEMODS = [codemod for codemod in installed_codemods() if "/" not in codemod.name]
FIXTURES = Fixtures(ROOT, CODEMODS, owed=CODEMODS, minimum=10, minimum_core=20, minimum_detector=6)
CASES = list(FIXTURES.cases())


@pytest.mark.parametrize("case", CASES, ids=[identity(case, None) for case in CASES])
def test_fixture(case: Case) -> None:
    """As it is written, and in every variant: one test, as each costs pytest as much as a variant."""
    found = [report(case, variant) for variant in (None, *variants_of(case))]
    failures = [failure for failure in found if failure is not None]
    if failures:
        pytest.fail("\n\n".join(failures), pytrace=False)


@pytest.mark.parametrize("codemod", CODEMODS, ids=[f"{entry.name}::coverage" for entry in CODEMODS])
def test_coverage(codemod: type[Codemod]) -> None:
    failure = check_coverage(FIXTURES, codemod)
    if failure is not None:
        pytest.fail(failure, pytrace=False)


def test_no_fixture_is_orphaned() -> None:
    found = list(orphans(FIXTURES))
    if found:
        pytest.fail("\n".join(found), pytrace=False)
