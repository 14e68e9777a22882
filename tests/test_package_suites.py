"""What `scripts/package_suites.py` counts as a new failure, read from reports of two runs."""

from __future__ import annotations

from pathlib import Path

import package_suites
import pytest


def _suite(folder: Path, **outcomes: str) -> package_suites.Suite:
    """The suite of a report with these tests: `passed`, `skipped`, `failure` or `error`."""
    cases = "".join(
        f'<testcase classname="tests.test_app" name="{name}">'
        + ("" if outcome == "passed" else f"<{outcome}/>")
        + "</testcase>"
        for name, outcome in outcomes.items()
    )
    report = folder / "report.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>", "utf-8")
    return package_suites.read_report(report)


def test_what_failed_before_is_not_new(tmp_path: Path) -> None:
    before = _suite(tmp_path, a="passed", b="failure", c="error", d="skipped")
    after = _suite(tmp_path, a="failure", b="failure", c="error", d="skipped")
    assert (before.count, len(before.failed)) == (4, 2)
    assert after.new_since(before) == {"tests.test_app::a"}


def test_what_passed_and_is_gone_is_new(tmp_path: Path) -> None:
    before = _suite(tmp_path, a="passed", b="skipped", c="failure", d="passed")
    assert _suite(tmp_path, d="skipped").new_since(before) == {"tests.test_app::a"}


def test_a_test_whose_teardown_fails_fails(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    case = '<testcase classname="t" name="a">'
    report.write_text(f"<testsuite>{case}</testcase>{case}<error/></testcase></testsuite>")
    suite = package_suites.read_report(report)
    assert not suite.passed
    assert suite.failed == {"t::a"}


def test_a_version_is_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert package_suites.main(["--work", str(tmp_path), "no-such-package"]) == 2
    assert "no-such-package: give a version" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
