"""The reports of the example services: what `plan` says of each finding, what apply and undo do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from answer_keys import differences, key_of, known_differences
from example_histories import example_repository
from repositories import Work

from fixaudit_cli.app import run

SERVICES = ("invoice_worker", "notes_api")


@pytest.fixture(params=SERVICES)
def service(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Work:
    return example_repository(request.param, tmp_path, monkeypatch)


def plan_of(capfd: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capfd.readouterr()
    assert run(["plan", "AUDIT.md", ".", "--output-format", "json", *options]) == 0
    told: dict[str, Any] = json.loads(capfd.readouterr().out)
    return told


def test_the_plan_says_what_a_careful_reader_of_the_tree_says(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    """The keys were written from the trees before `plan` had seen them."""
    name = service.top.name
    found = differences(key_of(name), plan_of(capfd, "--unsafe"))
    new = {what: said for what, said in found.items() if what not in known_differences(name)}
    assert new == {}


def tests_of(service: Work) -> str:
    """How the service's own tests end, in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=service.top,
        capture_output=True,
        text=True,
        check=False,
    )
    return "passed" if done.returncode == 0 else done.stdout[-4000:]


def python_files(top: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in top.rglob("*.py")}


def test_apply_keeps_the_services_tests_green_and_undo_gives_every_byte_back(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    before = python_files(service.top)
    report = ["--report", "AUDIT.md", "--unsafe"]
    assert run(["apply", *report, "--dry-run", "."]) == 0
    assert python_files(service.top) == before
    assert run(["apply", *report, "."]) == 0
    after = python_files(service.top)
    assert after != before
    assert tests_of(service) == "passed"
    assert run(["undo"]) == 0
    assert python_files(service.top) == before
