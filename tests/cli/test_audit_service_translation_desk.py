"""A service with the findings of a management summary: what `plan` answers, what is edited."""

from __future__ import annotations

from pathlib import Path

import pytest
from answer_keys import differences, key_of
from audit_service import (
    ACTING,
    Plan,
    audit_service,
    edited_sites,
    outcome_of_tests,
    plan_of,
    python_files,
    set_options,
)
from repositories import Work

from fixaudit_cli.app import run

NAME = "translation_desk"
REPORT = ("--report", "AUDIT.md")

# The findings without a place, or without lines, are answered once somebody accepts what is offered.
ACCEPTED = {
    "5": "commit-in-scope,split-transaction",
    "6": "engine-pool-options,set-field-default",
    "7": "blocking-call-in-async",
    "L99": "request-timeout",
    "L108": "composite-index",
    "L113": "exception-handler-log-context",
    "L264": "bounded-gather",
    "L284": "redis-client-options",
}
PAIRS = tuple(word for key, name in ACCEPTED.items() for word in ("--pair", f"{key}={name}"))

# What the report leaves to the project.
CHOSEN = {
    "field-length-limits": "fields = {title = 200, source_text = 20000, glossary = 100}",
    "request-timeout": "llm-timeout = 45",
}

BY_HAND = {
    "L187": "a design",
    "L220": "a cache",
    "L227": "how rows are loaded",
    "L248": "something new",
    "L292": "something new",
}


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    return audit_service(NAME, tmp_path, monkeypatch)


def by_id(plan: Plan) -> dict[str, Plan]:
    return {entry["id"]: entry for entry in plan["findings"]}


def test_the_plan_says_what_a_careful_reader_of_the_tree_says(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    assert differences(key_of(NAME), plan_of(capfd, "--unsafe")) == {}


def test_nothing_that_a_codemod_answers_is_done_by_hand(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(capfd)
    assert {key for key, entry in by_id(plan).items() if entry["happens"] == "by hand"} == {
        *BY_HAND
    }
    boxes = {e["line"]: e["why"] for head in plan["reports"] for e in head["not_taken"]}
    for line, name in (
        (312, "cors-wildcard"),
        (313, "security-headers"),
        (315, "fastapi-rate-limit"),
    ):
        assert f"`{name}` (" in boxes[line]


def test_the_plan_says_what_the_advice_would_break(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    found = by_id(plan_of(capfd))
    (cache,) = found["L220"]["notes"]
    assert "`@cache` above `@router.get` never runs for requests" in cache
    assert any("a semaphore made at import breaks" in note for note in found["L264"]["notes"])


EDITED = {
    "lazy-singleton-lock desk/events.py:77",
    "duplicate-assignment desk/routes/auth.py:29",
}
WITH_UNSAFE = {"constant-time-login desk/routes/auth.py:88"}


@pytest.mark.parametrize(
    ("options", "sites"), [((), EDITED), (("--unsafe",), EDITED | WITH_UNSAFE)]
)
def test_apply_edits_what_the_key_says_and_undo_gives_every_byte_back(
    service: Work, capfd: pytest.CaptureFixture[str], options: tuple[str, ...], sites: set[str]
) -> None:
    before = python_files(service.top)
    assert outcome_of_tests(service) == "passed"
    assert edited_sites(plan_of(capfd, "--unsafe")) == EDITED | WITH_UNSAFE
    assert run(["apply", *REPORT, *options, "."]) == 0
    after = python_files(service.top)
    changed = {
        str(Path(path).relative_to(service.top)) for path in after if after[path] != before[path]
    }
    assert changed == {site.split()[1].partition(":")[0] for site in sites}
    assert outcome_of_tests(service) == "passed"
    assert run(["apply", *REPORT, *options, "."]) == 0
    assert python_files(service.top) == after  # the second run finds nothing
    assert run(["undo"]) == 0
    assert python_files(service.top) == before


def told_options(plan: Plan) -> dict[str, str]:
    """The lines that the plan prints for each codemod, without what it leaves open."""
    tables: dict[str, str] = {}
    for entry in plan["findings"]:
        name = ""
        for line in entry["settings"]:
            if line.startswith("[codemods."):
                name = line.removeprefix("[codemods.").removesuffix("]")
            elif not line.startswith("#"):
                tables[name] = tables.get(name, "") + line + "\n"
    return tables


WRITTEN = {
    "desk/config.py": ("DB_POOL_SIZE: int = 20\n", "DB_MAX_OVERFLOW: int = 40\n"),
    "desk/database.py": ('options["pool_timeout"] = 30\n',),
    "desk/events.py": ("health_check_interval=30, max_connections=50",),
    "desk/llm.py": ("        timeout=45,\n",),
    "desk/main.py": ('extra={"request_path": request.url.path',),
    "desk/models.py": (
        'Index("ix_jobs_owner_status", Job.owner_id, Job.status)\n',
        "ActivityEntry.account_id, ActivityEntry.created_at)\n",
    ),
    "desk/pipeline.py": (
        "await asyncio.to_thread(_finish, job_id)",
        "await asyncio.to_thread(_close_round, job_id, number)",
        "session.flush()\n        session.refresh(opened)",
        "*bounded([write_draft(model, text, language) for model in models], limit=4)",
    ),
    "desk/routes/jobs.py": ("title: str = Field(max_length=200)",),
}


def test_what_is_accepted_and_configured_is_written_and_the_service_works(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    before = python_files(service.top)
    tables = told_options(plan_of(capfd, "--unsafe"))
    assert {*tables} == {
        "engine-pool-options",
        "set-field-default",
        "composite-index",
        "bounded-gather",
        "redis-client-options",
    }
    set_options(service, tables | CHOSEN)
    accepted = (*REPORT, "--unsafe", *PAIRS)
    assert run(["apply", *accepted, "."]) == 0
    for path, texts in WRITTEN.items():
        assert [text for text in texts if text not in (service.top / path).read_text()] == []
    assert (service.top / "desk/models.py").read_text().count('Index("ix_jobs') == 1
    assert outcome_of_tests(service) == "passed"
    after = python_files(service.top)
    assert run(["apply", *accepted, "."]) == 0
    assert python_files(service.top) == after
    assert run(["undo"]) == 0
    assert python_files(service.top) == before


def test_the_reasons_are_those_of_the_code(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    found = by_id(plan_of(capfd, "--unsafe"))
    assert "`table` is one (line 28)" in found["1"]["says"]
    assert "(line 58, line 61, line 64)" in found["5"]["says"]
    assert "beside `pool_size` and `max_overflow`" in found["6"]["says"]
    assert {site["verdict"] for site in found["2"]["here"]} <= {*ACTING}
