"""The reports of the example services: what `plan` says of each finding, what apply and undo do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from answer_keys import DATA, differences, key_of, known_differences
from audit_service import ACTING, outcome_of_tests, plan_of, python_files
from example_histories import EXAMPLES, example_repository
from repositories import Work

from fixaudit_cli.app import run

SERVICES = ("invoice_worker", "notes_api")

# What `print` became says the exception twice: the next run takes it out of the message.
FOLLOWING = {"F-15 notes/cache.py:63"}


@pytest.fixture(params=SERVICES)
def service(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Work:
    return example_repository(request.param, tmp_path, monkeypatch)


def test_the_plan_says_what_a_careful_reader_of_the_tree_says(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    """The keys were written from the trees before `plan` had seen them."""
    name = service.top.name
    found = differences(key_of(name), plan_of(capfd, "--unsafe"))
    new = {what: said for what, said in found.items() if what not in known_differences(name)}
    assert new == {}


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
    assert outcome_of_tests(service) == "passed"
    assert run(["undo"]) == 0
    assert python_files(service.top) == before


def test_a_second_plan_proposes_nothing_again_at_the_cited_places(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["apply", "--report", "AUDIT.md", "--unsafe", "."]) == 0
    service.git("commit", "--quiet", "--all", "-m", "What fixaudit wrote")
    again = {
        f"{entry['id']} {site['path']}:{site['line']}"
        for entry in plan_of(capfd, "--unsafe")["findings"]
        for site in entry["here"]
        if site["verdict"] in ACTING
    }
    assert again <= FOLLOWING


RUN = "run 1 of fixaudit"


def test_a_plan_after_the_apply_says_what_the_run_has_repaired(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each cited place at which the first plan edits something is told as repaired by that run."""
    before = {entry["id"]: entry for entry in plan_of(capfd, "--unsafe")["findings"]}
    edited = {key for key, entry in before.items() if entry["verdict"] in ACTING}
    in_part = {
        key
        for key, entry in before.items()
        if entry["verdict"] == "mixed" and any(s["verdict"] in ACTING for s in entry["here"])
    }
    assert edited
    assert in_part
    assert run(["apply", "--report", "AUDIT.md", "--unsafe", "."]) == 0
    service.git("commit", "--quiet", "--all", "-m", "What fixaudit wrote")
    after = {entry["id"]: entry for entry in plan_of(capfd, "--unsafe")["findings"]}
    told = {key: (after[key]["verdict"], after[key]["flaw"]) for key in sorted(edited)}
    assert told == dict.fromkeys(sorted(edited), ("fixed", "not here"))
    assert [key for key in sorted(edited | in_part) if RUN not in after[key]["says"]] == []


CHAT = DATA / "chat_review.md"


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The two services side by side, as a colleague has them."""
    for name in SERVICES:
        ignored = shutil.ignore_patterns("__pycache__", ".*", "AUDIT.md")
        shutil.copytree(EXAMPLES / name, tmp_path / name, ignore=ignored)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def remarks(capfd: pytest.CaptureFixture[str], text: str) -> dict[str, dict[str, Any]]:
    Path("AUDIT.md").write_text(text)
    return {entry["id"]: entry for entry in plan_of(capfd)["findings"]}


def meant(entry: dict[str, Any]) -> list[str]:
    """What answers a finding, or is offered for it."""
    acting = [pair["name"] for pair in entry["codemods"] if pair["acts"]]
    offered = [note for note in entry["notes"] if "may answer it" in note]
    return acting or [note.split("`")[1] for note in offered]


def test_a_colleagues_remarks_are_answered_rightly(
    both: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Eight of them, put away before any was planned: at least seven are paired, none wrongly."""
    right = json.loads(CHAT.with_name("chat_review_key.json").read_text())
    found = {key: meant(entry) for key, entry in remarks(capfd, CHAT.read_text()).items()}
    paired = {key: names for key, names in found.items() if names}
    assert {key: [right[key][0]] for key in paired} == paired
    assert len(paired) >= 7
