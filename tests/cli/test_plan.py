"""`fixaudit plan`, `apply --plan` and `apply --report` as a user runs them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from example_service import copied_service

from fixaudit_cli.app import run

ROOT = Path(__file__).resolve().parents[2]
CORE = (
    "md5-to-sha256,print-to-logger,logger-exception-cleanup,runtimeerror-to-assertion,"
    "not-implemented-501,getattr-default-removal,bounded-gather"
)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example service, which is the current folder."""
    return copied_service(tmp_path, monkeypatch)


def plan_of(capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capfd.readouterr()
    run(["plan", *arguments, "--output-format", "json"])
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


def verdicts(plan: dict[str, Any]) -> dict[str, str]:
    return {entry["id"]: entry["verdict"] for entry in plan["findings"]}


EXPECTED = {
    "1.1": ("unsafe", "exact", [11]),
    "1.2": ("unsafe", "exact", [19]),
    "1.3": ("unsafe", "exact", [29]),
    "1.4": ("leave", "exact", [29]),
    "1.5": ("manual", "by-snippet", []),
    "2.1": ("fix", "exact", [47]),
    "2.2": ("unsafe", "exact", [61]),
    "3.1": ("fix", "exact", [48]),
    "3.2": ("fix", "exact", [57]),
    "3.3": ("leave", "exact", [60]),
    "4.1": ("fix", "exact", [26, 41, 43, 61, 41, 67]),
    "4.2": ("review", "exact", [43]),
    "4.4": ("fix", "exact", [47]),
    "5.1": ("fix", "exact", [86, 13, 39, 31, 36, 43, 100]),
    "5.2": ("review", "exact", [82, 38]),
    "6.1": ("manual", None, []),
    "6.3": ("manual", "exact", []),
}
"""Finding to verdict, status of its first place and lines of its sites: checked by hand."""


def test_every_finding_of_the_example_is_told_truly(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(capfd, "AUDIT.md", "--select", CORE)
    found = {
        entry["id"]: (
            entry["verdict"],
            entry["places"][0]["status"] if entry["places"] else None,
            [site["line"] for site in entry["here"]],
        )
        for entry in plan["findings"]
    }
    assert len(found) >= 24
    assert {key: found[key] for key in EXPECTED} == EXPECTED
    notes = {entry["id"]: " ".join(entry["notes"]) for entry in plan["findings"]}
    says = {entry["id"]: entry["says"] for entry in plan["findings"]}
    assert "second event loop" in notes["3.1"]
    assert "Content-MD5" in says["1.4"]
    assert "not checked at catalog/cache/keys.py:22" in says["1.5"]


def test_plan_apply_and_look_again(service: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report = (service / "AUDIT.md").read_bytes()
    assert run(["plan", "AUDIT.md", "--select", CORE, "-o", "plan.json"]) == 0
    assert run(["apply", "--plan", "plan.json", "--dry-run"]) == 0
    shown = capfd.readouterr().out
    assert run(["apply", "--report", "AUDIT.md", "--select", CORE, "--dry-run"]) == 0
    patch = capfd.readouterr().out
    assert patch[patch.index("# catalog") :] == shown[shown.index("# catalog") :]
    assert "md5" in (service / "catalog/ids.py").read_text()
    assert run(["apply", "--plan", "plan.json"]) == 0
    assert (
        run(["plan", "AUDIT.md", "--select", CORE, "--after", "plan.json", "--annotate", "OUT.md"])
        == 0
    )
    lines = _status_lines((service / "OUT.md").read_text("utf-8"))
    assert lines["1.1"].startswith(
        "still present once: to be fixed by `md5-to-sha256` with --unsafe only"
    )
    assert lines["1.4"].startswith("still present once: left alone at catalog/storage/covers.py:29")
    assert "not checked at catalog/cache/keys.py:22" in lines["1.5"]
    for key in ("2.1", "3.1", "3.2", "4.1", "4.4", "5.1"):
        assert lines[key].startswith("verified gone"), lines[key]
    assert lines["5.2"].startswith("still present 2 times: for review")
    assert lines["6.1"].startswith("by hand")
    assert _without_status((service / "OUT.md").read_bytes()) == report
    again = (service / "OUT.md").read_bytes()
    assert run(["plan", "OUT.md", "--select", CORE, "--annotate", "AGAIN.md"]) == 0
    assert _without_status((service / "AGAIN.md").read_bytes()) == report
    assert again != (service / "AGAIN.md").read_bytes()


def _status_lines(text: str) -> dict[str, str]:
    """Finding id to status, for findings with a numbered heading."""
    found, current = {}, ""
    for line in text.splitlines():
        if line.startswith("### Issue "):
            current = line.split()[2].rstrip(":")
        if line.startswith("> **fixaudit:** "):
            found[current] = line.removeprefix("> **fixaudit:** ")
    return found


def _without_status(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b"> **fixaudit:** "))


def test_a_changed_file_is_named_and_left_alone(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", "AUDIT.md", "--select", CORE, "-o", "plan.json"]) == 0
    ids = service / "catalog/cache/keys.py"
    ids.write_text(ids.read_text() + "\n# a colleague was here\n")
    changed = ids.read_bytes()
    assert run(["apply", "--plan", "plan.json", "--unsafe"]) == 2
    assert "catalog/cache/keys.py: changed: has changed since the plan" in capfd.readouterr().err
    assert ids.read_bytes() == changed
    assert "md5" not in (service / "catalog/ids.py").read_text()


def test_what_was_removed_from_a_plan_by_hand_is_not_applied(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", "AUDIT.md", "--select", CORE, "-o", "plan.json"]) == 0
    plan = json.loads((service / "plan.json").read_text())
    plan["findings"] = [entry for entry in plan["findings"] if entry["id"] != "5.1"]
    plan["edits"] = [entry for entry in plan["edits"] if entry["path"] != "catalog/jobs.py"]
    (service / "plan.json").write_text(json.dumps(plan))
    before = {
        path: (service / path).read_bytes() for path in ("catalog/jobs.py", "catalog/api/items.py")
    }
    assert run(["apply", "--plan", "plan.json", "--unsafe"]) == 0
    assert {path: (service / path).read_bytes() for path in before} == before
    assert "{e}" not in (service / "catalog/api/health.py").read_text()
    assert "sha256" in (service / "catalog/ids.py").read_text()


@pytest.mark.parametrize(
    ("options", "files"),
    [
        (["--finding", "2.1"], ["catalog/api/admin.py"]),
        (["--finding", "1.1,1.2"], ["catalog/cache/keys.py", "catalog/ids.py"]),
        (["--severity", "high"], ["catalog/api/admin.py", "catalog/enrichment/describe.py"]),
        (["--finding", "4.4", "--cited-only"], ["catalog/utils/retry.py"]),
        (["--finding", "4.4"], ["catalog/storage/repository.py", "catalog/utils/retry.py"]),
    ],
)
def test_a_part_of_a_report_is_applied(
    service: Path, capfd: pytest.CaptureFixture[str], options: list[str], files: list[str]
) -> None:
    arguments = ["apply", "--report", "AUDIT.md", "--select", CORE, "--unsafe", "-n", *options]
    assert run(arguments) == 0
    patch = capfd.readouterr().out
    assert [line[6:] for line in patch.splitlines() if line.startswith("+++ b/")] == files


def test_unknown_findings_and_severities_are_errors(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["apply", "--report", "AUDIT.md", "--finding", "1.9"]) == 2
    assert "did you mean 1." in capfd.readouterr().err
    assert run(["plan", "AUDIT.md", "--severity", "huge"]) == 2
    assert run(["apply", "--severity", "high"]) == 2
    assert "need --plan or --report" in capfd.readouterr().err


def test_several_reports_at_once(service: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = [{"title": "Weak MD5", "path": "ids.py", "line": 11, "rule": "S324", "severity": "high"}]
    (service / "scan.json").write_text(json.dumps(rows))
    assert run(["plan", "AUDIT.md", "scan.json", "catalog", "--select", CORE]) == 0
    out = capfd.readouterr().out
    assert "scan.json:L1" in out
    assert "AUDIT.md:1.1" in out
    plan = plan_of(capfd, "AUDIT.md", "scan.json", "catalog", "--select", CORE)
    (edit,) = [entry for entry in plan["edits"] if entry["path"].endswith("catalog/ids.py")]
    assert [key["id"] for key in edit["findings"]] == ["1.1", "L1"]
    assert run(["plan", "AUDIT.md", "scan.json", "--annotate", "OUT.md"]) == 2


def test_a_report_about_another_tree_changes_nothing(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    report = ROOT / "tests/engine/audit/reports/echora.md"
    assert run(["apply", "--report", str(report), "--select", CORE, "--unsafe", "--dry-run"]) == 0
    assert "+++" not in capfd.readouterr().out


GARBAGE: dict[str, bytes] = {
    "binary.md": bytes(range(256)) * 8,
    "huge.md": b"# A\n\n- `a.py:1` is wrong\n" * 900_000,
    "page.md": b"<?xml version='1.0'?><testsuite>",
    "empty.md": b"",
    "broken.json": b'{"findings": [',
    "missing.sarif": b'{"version": "2.1.0", "runs": [{"results": [{"message": {}}]}]}',
    "deep.json": b"[" * 100_000,
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_one_line_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(GARBAGE[name])
    for arguments in (["plan", name], ["apply", "--report", name]):
        assert run(arguments) == 2
        captured = capfd.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        assert captured.err.startswith(f"fixaudit: error: {name}")
    assert [path.name for path in tmp_path.iterdir()] == [name]


CLEAN: dict[str, bytes] = {
    "junit.xml": b"<?xml version='1.0'?><testsuite/>",
    "scan.sarif": b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": []}]}',
    "scan.json": b'{"findings": []}',
}
"""What tools write that have found nothing."""


@pytest.mark.parametrize("name", CLEAN)
def test_a_tool_that_found_nothing_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(CLEAN[name])
    assert run(["plan", name]) == 0
    assert "no findings" in capfd.readouterr().err


@pytest.mark.parametrize("cited", ["../../etc/passwd", "/etc/passwd", "../secret.py"])
def test_nothing_outside_the_tree_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], cited: str
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "pyproject.toml").write_text("[project]\nname = 't'\n")
    (tree / "a.py").write_text("import hashlib\nX = hashlib.md5(b'').hexdigest()\n")
    (tmp_path / "secret.py").write_text("import hashlib\nX = hashlib.md5(b'').hexdigest()\n")
    rows = [{"title": "Weak MD5 hash", "path": cited, "line": 2, "rule": "S324"}]
    (tree / "scan.json").write_text(json.dumps(rows))
    monkeypatch.chdir(tree)
    opened: list[str] = []
    for method in ("read_bytes", "read_text"):
        real = getattr(Path, method)

        def spy(self: Path, *args: Any, _real: Any = real, **options: Any) -> Any:
            opened.append(str(self.resolve()))
            return _real(self, *args, **options)

        monkeypatch.setattr(Path, method, spy)
    opener = os.open

    def open_spy(path: str | os.PathLike[str], *args: Any, **options: Any) -> int:
        opened.append(str(Path(path).resolve()))
        return opener(path, *args, **options)

    monkeypatch.setattr(os, "open", open_spy)
    plan = plan_of(capfd, "scan.json")
    assert verdicts(plan) == {"L1": "not-found"}
    assert str(tree / "a.py") in opened
    assert str(tmp_path / "secret.py") not in opened
    assert not any(name.startswith("/etc/") for name in opened)


@pytest.mark.parametrize("path", ["../secret.py", "/etc/passwd", "a/../../secret.py"])
def test_a_plan_that_leads_out_of_the_tree_is_refused(
    service: Path, capfd: pytest.CaptureFixture[str], path: str
) -> None:
    assert run(["plan", "AUDIT.md", "--select", CORE, "-o", "plan.json"]) == 0
    plan = json.loads((service / "plan.json").read_text())
    plan["edits"][0]["path"] = path
    (service / "plan.json").write_text(json.dumps(plan))
    assert run(["apply", "--plan", "plan.json"]) == 2
    assert "leads out of the tree" in capfd.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 9}', '{"version": 1, "files": 3}'])
def test_a_file_that_is_no_plan_is_one_line_and_exit_2(
    service: Path, capfd: pytest.CaptureFixture[str], text: str
) -> None:
    (service / "plan.json").write_text(text)
    assert run(["apply", "--plan", "plan.json"]) == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_a_broken_file_in_the_tree_is_named(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (service / "catalog/ids.py").write_text("import hashlib\ndef (:\n    hashlib.md5\n")
    assert run(["plan", "AUDIT.md", "--select", CORE]) == 2
    assert "catalog/ids.py:2: syntax" in capfd.readouterr().err


@pytest.mark.parametrize("verb", [["check"], ["apply"], ["apply", "--dry-run"]])
@pytest.mark.parametrize("name", ["AUDIT.md", "my scan.json"])
def test_a_report_in_place_of_code_is_told_in_one_line(
    service: Path, capfd: pytest.CaptureFixture[str], verb: list[str], name: str
) -> None:
    rows = [{"title": "Weak MD5", "path": "catalog/ids.py", "line": 11, "rule": "S324"}]
    (service / "my scan.json").write_text(json.dumps(rows))
    assert run([*verb, "catalog", name]) == 2
    told = capfd.readouterr()
    quoted = f"'{name}'" if " " in name else name
    assert told.out == ""
    assert told.err == (
        f"fixaudit: error: {name}: this is a report: `fixaudit plan {quoted}` says what to do about it\n"
    )


def test_a_file_of_data_without_findings_is_called_no_report(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (service / "data.json").write_text('{"colour": "blue"}')
    run(["check", "data.json"])
    assert "this is a report" not in capfd.readouterr().err


def test_the_plan_is_the_same_with_any_number_of_processes(
    service: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plans = [plan_of(capfd, "AUDIT.md", "-j", jobs) for jobs in ("1", "2")]
    assert plans[0] == plans[1]


def test_the_planning_of_apply_is_shared_by_as_many_processes(
    service: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fixaudit.plan import tree_findings

    asked: list[int | None] = []
    real = tree_findings.survey

    def watched(*given: Any, jobs: int | None = 1, **more: Any) -> tree_findings.Survey:
        asked.append(jobs)
        return real(*given, jobs=jobs, **more)

    monkeypatch.setattr(tree_findings, "survey", watched)
    patches = []
    for jobs in ("1", "2"):
        arguments = ["apply", "--report", "AUDIT.md", "--finding", "4.1", "--dry-run", "-j", jobs]
        assert run(arguments) == 0
        patches.append(capfd.readouterr().out)
    assert asked == [1, 2]
    assert patches[0] == patches[1] != ""
