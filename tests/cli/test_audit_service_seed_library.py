"""A service with the findings of an audit of a vector search: what `plan` answers, what is edited."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from answer_keys import Answer, differences, key_of
from audit_service import (
    ACTING,
    audit_service,
    edited_sites,
    outcome_of_tests,
    plan_of,
    python_files,
    set_options,
)
from repositories import Work

from fixaudit_cli.app import run

NAME = "seed_library"
REPORT = ("--report", "AUDIT.md")

# What the report leaves to the project.
PATTERN = 'patterns = {variety_id = "^[a-z0-9-]{1,64}$"}'


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return audit_service(NAME, tmp_path, monkeypatch)


def test_the_plan_says_what_a_careful_reader_of_the_tree_says(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    """The key was written from the tree before `plan` had seen it."""
    assert differences(key_of(NAME), plan_of(capfd, "--unsafe")) == {}


def wanted(*verdicts: str) -> set[str]:
    """The codemods that the key has edit something, with their files."""
    answers: list[Answer] = list(key_of(NAME).values())
    return {
        site.rpartition(":")[0]
        for answer in answers
        for site, verdict in answer["sites"].items()
        if verdict in verdicts
    }


@pytest.mark.parametrize(("options", "verdicts"), [((), ("fix",)), (("--unsafe",), ACTING)])
def test_apply_edits_what_the_key_says_and_undo_gives_every_byte_back(
    service: Work,
    capfd: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    verdicts: tuple[str, ...],
) -> None:
    before = python_files(service.top)
    assert outcome_of_tests(service) == "passed"
    planned = {site.rpartition(":")[0] for site in edited_sites(plan_of(capfd, *options))}
    assert wanted(*verdicts) <= planned
    assert planned <= wanted(*ACTING)
    assert run(["apply", *REPORT, *options, "."]) == 0
    after = python_files(service.top)
    assert outcome_of_tests(service) == "passed"
    assert run(["apply", *REPORT, *options, "."]) == 0
    assert python_files(service.top) == after  # the second run finds nothing
    assert run(["undo"]) == 0
    assert python_files(service.top) == before


CONFIGURED = {
    "session-per-call": "packages/gathering/src/seed_gathering/gatherer.py",
    "literal-to-setting": "packages/gathering/src/seed_gathering/gatherer.py",
    "init-literal-to-constant": "packages/gathering/src/seed_gathering/registers/flora.py",
    "path-parameter-pattern": "apps/api/src/seed_api/routes/admin.py",
    "rename-symbol": "packages/index/src/seed_index/store.py",
}
WRITTEN = {
    "packages/gathering/src/seed_gathering/gatherer.py": (
        'async with nullcontext(http_sessions.get_aiohttp_session("arbor")) as session:',
        "self.wiki_session.get(url, timeout=self.config.register_timeout)",
    ),
    "packages/gathering/src/seed_gathering/registers/flora.py": (
        "    FLORA_MAX_REQUESTS_PER_SECOND = 3\n    FLORA_MAX_REQUESTS_PER_MINUTE = 60\n",
    ),
    "apps/api/src/seed_api/routes/admin.py": (
        'variety_id: Annotated[str, Path(pattern=r"^[a-z0-9-]{1,64}$")]',
    ),
}


def test_the_session_of_one_register_is_set_for_its_host_only(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    """The report quotes the session of one register; of all hosts it would be the wrong one."""
    (told,) = [e["settings"] for e in plan_of(capfd)["findings"] if e["id"] == "1.4"]
    session = 'http_sessions.get_aiohttp_session(\\"arbor\\")'
    assert f'factories = {{ "arbor.example" = "{session}" }}' in told
    assert [line for line in told if "factory" in line] == []


def test_the_signature_that_the_call_does_not_fit_is_not_called_the_flaw(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    (told,) = [e for e in plan_of(capfd)["findings"] if e["id"] == "1.6"]
    flaws = {place["path"].rpartition("/")[2]: place["flaw"] for place in told["places"]}
    assert flaws == {"embedder.py": "not checked", "main.py": "here"}


def told_options(service: Work, capfd: pytest.CaptureFixture[str]) -> dict[str, str]:
    """The lines that the plan prints for each codemod, without what it leaves open."""
    tables: dict[str, str] = {}
    for entry in plan_of(capfd, "--unsafe")["findings"]:
        name = ""
        for line in entry["settings"]:
            if line.startswith("[codemods."):
                name = line.removeprefix("[codemods.").removesuffix("]")
            elif not line.startswith("#"):
                tables[name] = tables.get(name, "") + line + "\n"
    return tables


def test_with_the_configuration_that_the_plan_prints_the_configured_ones_are_edits(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    tables = told_options(service, capfd)
    tables["path-parameter-pattern"] = PATTERN
    assert {*CONFIGURED} <= {*tables}
    set_options(service, tables)
    planned = {site.rpartition(":")[0] for site in edited_sites(plan_of(capfd, "--unsafe"))}
    assert {f"{name} {path}" for name, path in CONFIGURED.items()} <= planned
    assert run(["apply", *REPORT, "--unsafe", "."]) == 0
    for path, texts in WRITTEN.items():
        assert [text for text in texts if text not in (service.top / path).read_text()] == []
    assert outcome_of_tests(service) == "passed"
    assert answers_of(service) == ["started", 200, 501, 422]


def test_the_rename_of_one_finding_is_whole(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is printed to run names one finding, and the other file's use is cited by none."""
    set_options(service, {"rename-symbol": told_options(service, capfd)["rename-symbol"]})
    assert run(["apply", *REPORT, "--unsafe", "--finding", "3.1", "."]) == 0
    texts = [path.read_text() for path in service.top.rglob("*.py")]
    assert [text for text in texts if "is_float_vector" in text] == []
    assert sum("is_number_vector" in text for text in texts) == 2
    assert outcome_of_tests(service) == "passed"


ASK = """\
from fastapi.testclient import TestClient
from seed_api.main import app

try:
    with TestClient(app) as client:
        print("started")
        for path in ("/health", "/api/v1/admin/vectors/bean-1", "/api/v1/admin/vectors/a%20b"):
            print((client.delete if "vectors" in path else client.get)(path).status_code)
except TypeError as error:
    print(error)
"""


def answers_of(service: Work) -> list[str | int]:
    """What the service answers once it runs: a client asks it in a process of its own."""
    sources = [str(path) for path in service.top.glob("*/*/src")]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import sys; sys.path[:0] = {sources}\n{ASK}"],
        cwd=service.top,
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(line) if line.isdigit() else line for line in done.stdout.splitlines()]


def test_the_service_starts_once_the_argument_is_gone_and_answers_501(service: Work) -> None:
    (why,) = answers_of(service)
    assert "unexpected keyword argument 'trait_mapper'" in str(why)
    assert run(["apply", *REPORT, "."]) == 0
    assert answers_of(service) == ["started", 200, 501, 501]


def test_nothing_that_a_codemod_answers_is_called_manual(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    by_hand = {e["id"] for e in plan_of(capfd)["findings"] if e["verdict"] == "manual"}
    assert by_hand == {"4.4", "4.6", "4.7"}


# Nothing is cited, the shutdown is still to be written, and the signature is quoted that is right.
TO_DO = {"1.6", "2.1", "4.8"}


def test_a_plan_after_the_apply_says_what_the_run_has_repaired(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    edited = {e["id"] for e in plan_of(capfd, "--unsafe")["findings"] if e["verdict"] in ACTING}
    assert run(["apply", *REPORT, "--unsafe", "."]) == 0
    service.git("commit", "--quiet", "--all", "-m", "What fixaudit wrote")
    after = {entry["id"]: entry for entry in plan_of(capfd, "--unsafe")["findings"]}
    told = {key: (after[key]["verdict"], after[key]["flaw"]) for key in sorted(edited - TO_DO)}
    assert told == dict.fromkeys(sorted(edited - TO_DO), ("fixed", "not here"))
    assert all("run 1 of fixaudit" in after[key]["says"] for key in edited - TO_DO)
