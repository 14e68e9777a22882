"""The service with the findings of a media backend's audit: what `plan` says of them, what apply does."""

from __future__ import annotations

from pathlib import Path

import pytest
from answer_keys import differences, key_of, known_differences
from audit_service import (
    audit_service,
    edited_sites,
    outcome_of_tests,
    plan_of,
    python_files,
    set_options,
)
from repositories import Work

from fixaudit_cli.app import run

REPORT = ["--report", "AUDIT.md"]

# What the plan prints under "set", with the dependency of the one router that is written to.
OPTIONS = {
    "cors-wildcard": 'headers = ["authorization", "content-type", "x-request-id"]',
    "engine-pool-options": 'isolation-level = "REPEATABLE_READ"\npool-timeout = 10',
    "route-dependencies": (
        "dependency = 'require_permission(\"write:content\")'\n"
        'dependency-import = "trailbook.auth.dependencies.require_permission"'
    ),
    "security-headers": (
        'headers = ["X-Content-Type-Options: nosniff", "X-Frame-Options: DENY", '
        '"Strict-Transport-Security: max-age=31536000"]'
    ),
    "set-field-default": 'fields = ["db_pool_size: int = 10", "db_max_overflow: int = 20"]',
}
BY_UNSAFE = {
    "blocking-call-in-async backend/trailbook/main.py:29",
    "cors-wildcard backend/trailbook/main.py:44",
}
BY_OPTIONS = BY_UNSAFE | {
    "engine-pool-options backend/trailbook/database.py:7",
    "route-dependencies backend/trailbook/routers/corrections.py:8",
    "security-headers backend/trailbook/main.py:37",
    "set-field-default backend/trailbook/config.py:17",
    "set-field-default backend/trailbook/config.py:18",
}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return audit_service("trailbook", tmp_path, monkeypatch)


def test_the_plan_says_what_a_careful_reader_says(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    """The key was written before `plan` had seen the service."""
    found = differences(key_of("trailbook"), plan_of(capfd, "--unsafe"))
    known = known_differences("trailbook")
    assert {what: said for what, said in found.items() if what not in known} == {}
    assert known.keys() - found.keys() == set()


def test_only_what_is_no_python_or_a_change_of_the_schema_is_by_hand(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    told = plan_of(capfd, "--unsafe")["findings"]
    assert [entry["id"] for entry in told if entry["happens"] == "by hand"] == ["3", "11"]


@pytest.mark.parametrize(
    ("options", "unsafe", "sites"),
    [({}, False, set()), ({}, True, BY_UNSAFE), (OPTIONS, True, BY_OPTIONS)],
)
def test_apply_edits_what_the_plan_says_and_the_services_tests_pass(
    service: Work,
    capfd: pytest.CaptureFixture[str],
    options: dict[str, str],
    unsafe: bool,
    sites: set[str],
) -> None:
    if options:
        set_options(service, options)
    more = ["--unsafe"] if unsafe else []
    planned = edited_sites(plan_of(capfd, *more))
    assert (planned if unsafe else set()) == sites
    before = python_files(service.top)
    assert run(["apply", *REPORT, *more, "."]) == 0
    after = python_files(service.top)
    changed = {str(Path(path).relative_to(service.top)) for path in before if before[path] != after[path]}  # fmt: skip
    assert changed == {site.split()[1].partition(":")[0] for site in sites}
    if not sites:
        return
    assert outcome_of_tests(service) == "passed"
    service.git("commit", "--quiet", "--all", "-m", "What fixaudit wrote")
    assert edited_sites(plan_of(capfd, *more)) == set()
    assert run(["apply", *REPORT, *more, "."]) == 0
    assert python_files(service.top) == after
    assert run(["undo"]) == 0
    assert python_files(service.top) == before


def test_the_services_tests_pass_before(service: Work) -> None:
    assert outcome_of_tests(service) == "passed"
