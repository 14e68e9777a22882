"""A service with the findings of an analysis of repositories and types: what `plan` answers, what is edited."""

from __future__ import annotations

from pathlib import Path

import pytest
from answer_keys import differences, key_of
from audit_service import Plan, audit_service, outcome_of_tests, plan_of, python_files
from repositories import Work

from fixaudit_cli.app import run

NAME = "device_registry"
REPORT = ("--report", "AUDIT.md")

BY_HAND = {
    "1.3": "a docstring to write",
    "2.2": "two names for two statements",
    "2.3": "the call is right: nothing to change",
    "2.4": "pools without figures",
    "3.1": "tests to write",
    "3.2": "tests to write",
    "3.3": "tests to write",
    "3.4": "tests to write",
    "4.1": "tests to write",
    "4.3": "tests to write",
    "4.4": "as 2.2",
    "7.2.2": "a design",
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
    found = by_id(plan_of(capfd))
    assert {key for key, entry in found.items() if entry["happens"] == "by hand"} == {*BY_HAND}
    offered = {
        key: {offer["codemod"] for offer in entry["offers"]}
        for key, entry in found.items()
        if entry["offers"]
    }
    assert offered == {
        "5.2.1": {"redundant-index"},
        "5.2.2": {"server-default-utc"},
        "5.2.3": {"missing-check-constraint", "missing-foreign-key"},
        "6.3": {"utcnow-to-aware", "naive-datetime-column"},
    }


def test_the_reasons_are_those_of_the_code(
    service: Work, capfd: pytest.CaptureFixture[str]
) -> None:
    found = by_id(plan_of(capfd, "--unsafe"))
    for key in ("2.1", "4.2"):
        assert "`is_deleted` is in `Device`, `Technician`, and not in" in found[key]["says"]
        assert (
            "none of `Device`, `MaintenanceEvent`, `Technician`, `BadgeKey`" in found[key]["says"]
        )
    assert "complexity of 13" in found["1.2"]["says"]
    assert "`self.stats.last_failure_time` (set on line 71)" in found["7.2.1"]["says"]


EDITED = {
    "registry/db/session.py",
    "registry/repositories/base.py",
    "registry/repositories/devices.py",
    "registry/repositories/maintenance.py",
    "registry/repositories/technicians.py",
}
WITH_UNSAFE = {
    "registry/core/circuit.py",
    "registry/db/types.py",
    "registry/models/base.py",
    "registry/models/device.py",
}


@pytest.mark.parametrize(
    ("options", "files"),
    [
        ((), EDITED),
        (("--unsafe",), EDITED | WITH_UNSAFE),
    ],
)
def test_apply_edits_what_the_key_says_and_undo_gives_every_byte_back(
    service: Work, options: tuple[str, ...], files: set[str]
) -> None:
    before = python_files(service.top)
    assert outcome_of_tests(service) == "passed"
    assert run(["apply", *REPORT, *options, "."]) == 0
    after = python_files(service.top)
    changed = {
        str(Path(path).relative_to(service.top)) for path in after if after[path] != before[path]
    }
    assert changed == files
    assert outcome_of_tests(service) == "passed"
    assert run(["apply", *REPORT, *options, "."]) == 0
    assert python_files(service.top) == after  # the second run finds nothing
    assert run(["undo"]) == 0
    assert python_files(service.top) == before


WRITTEN = {
    "registry/db/session.py": ("    await close_database()\n", "started = time.monotonic()\n"),
    "registry/db/types.py": (
        "def process_bind_param(self, value: Any, dialect: Dialect) -> Any:",
        "except (TypeError, ValueError, RecursionError) as error:",
    ),
}

STATEMENT_ERROR = """\
import uuid

from sqlalchemy import create_engine
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from registry.models import Base, MaintenanceEvent


def test_the_type_that_refuses_is_named() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    event = MaintenanceEvent(
        device_id=str(uuid.uuid4()), kind="repair", outcome="passed", details={"at": object()}
    )
    with Session(engine) as session:
        session.add(event)
        try:
            session.flush()
        except StatementError as error:
            assert "JSONText" in str(error.orig)
        else:
            raise AssertionError
"""


def test_what_was_written_runs(service: Work) -> None:
    """The coroutine is awaited, and a value that is no JSON is refused by the name of its type."""
    assert run(["apply", *REPORT, "--unsafe", "."]) == 0
    for path, texts in WRITTEN.items():
        assert [text for text in texts if text not in (service.top / path).read_text()] == []
    tests = service.top / "tests/unit"
    (tests / "test_refusing.py").write_text(STATEMENT_ERROR)
    session = tests / "test_session.py"
    awaited = "def test_shutdown_disposes(engine: MagicMock) -> None:\n    asyncio.run(session.shutdown())\n    engine.dispose.assert_awaited_once()\n"
    session.write_text(session.read_text() + f"\n\n{awaited}")
    assert outcome_of_tests(service) == "passed"
