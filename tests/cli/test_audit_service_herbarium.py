"""The service with the findings of a QA report on workers, Redis and a language model."""

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

# What the plan prints under "set".
OPTIONS = {
    "adopt-rate-limiter": (
        'function = "herbarium.api.volunteer.check_rate_limit"\n'
        "limiter = 'create_rate_limiter(name=\"upload_url\", capacity=40, window_seconds=60)'\n"
        'limiter-import = "herbarium.api.rate_limit.create_rate_limiter"\n'
        'name = "_upload_url_limiter"'
    ),
    "bounded-gather": 'limit = 4\nlimit-env = "LLM_MAX_CONCURRENT_CALLS"',
    "redis-client-options": "max-connections = 30\nhealth-check-interval = 15",
    "set-literal": (
        'values = ["max_retries = 6", "retry_delays = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]"]'
    ),
}
BY_DEFAULT = {
    "bounded-gather server/herbarium/label_utils.py:62",
    "redis-client-options server/herbarium/coordination.py:19",
    "redis-client-options server/herbarium/redis_async.py:21",
}
BY_UNSAFE = BY_DEFAULT | {
    "cors-wildcard server/herbarium/main.py:38",
    "tls-verify server/herbarium/catalog_client.py:40",
}
BY_OPTIONS = BY_UNSAFE | {
    "adopt-rate-limiter server/herbarium/api/volunteer.py:66",
    "set-literal server/herbarium/api/volunteer.py:80",
    "set-literal server/herbarium/api/volunteer.py:81",
}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return audit_service("herbarium", tmp_path, monkeypatch)


def test_the_plan_says_what_a_careful_reader_says(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    """The key was written before `plan` had seen the service."""
    found = differences(key_of("herbarium"), plan_of(capfd, "--unsafe"))
    known = known_differences("herbarium")
    assert {what: said for what, said in found.items() if what not in known} == {}
    assert known.keys() - found.keys() == set()


def test_only_a_job_and_tests_to_be_written_are_by_hand(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    told = plan_of(capfd, "--unsafe")["findings"]
    assert [entry["id"] for entry in told if entry["verdict"] == "manual"] == ["4", "L245"]


@pytest.mark.parametrize(
    ("options", "unsafe", "sites"),
    [({}, False, BY_DEFAULT), ({}, True, BY_UNSAFE), (OPTIONS, True, BY_OPTIONS)],
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
    if unsafe:
        assert edited_sites(plan_of(capfd, *more)) == sites
    before = python_files(service.top)
    assert run(["apply", *REPORT, *more, "."]) == 0
    after = python_files(service.top)
    changed = {str(Path(path).relative_to(service.top)) for path in before if before[path] != after[path]}  # fmt: skip
    assert changed == {site.split()[1].partition(":")[0] for site in sites}
    assert outcome_of_tests(service) == "passed"
    service.git("commit", "--quiet", "--all", "-m", "What fixaudit wrote")
    if unsafe:
        assert edited_sites(plan_of(capfd, *more)) == set()
    assert run(["apply", *REPORT, *more, "."]) == 0
    assert python_files(service.top) == after
    assert run(["undo"]) == 0
    assert python_files(service.top) == before


def test_the_services_tests_pass_before(service: Work) -> None:
    assert outcome_of_tests(service) == "passed"
