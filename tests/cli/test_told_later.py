"""Sites that edits make: a check says how many an `apply` writes besides those that it lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from projects import CODEMOD, fixaudit, make_project
from repositories import Work

HANDLERS = '''\
"""A module."""


def one(item):
    try:
        item.run()
    except Exception as e:
        print(f"failed: {e}")


def two(item):
    try:
        item.run()
    except Exception as e:
        print(f"failed: {e}")
'''
SPEED = {"cold": ["--no-cache"], "kept": [], "workers": ["-j", "2", "--no-cache"]}
RISKY = (
    CODEMOD.replace("OldToNew", "RiskyToOld")
    .replace("old-to-new", "risky-to-old")
    .replace("TT901", "TT903")
    .replace('"old"', '"risky"')
    .replace('b"old("', 'b"risky("')
    .replace("new.new", "old")
    .replace("self.fix(", "self.unsafe(")
    .replace(', [ImportWish("new", None, "new")]', "")
)


def _project(root: Path) -> Path:
    (root / "pyproject.toml").write_text('[project]\nname = "t"\nversion = "1"\n')
    (root / "svc").mkdir()
    for name in ("m", "n"):
        (root / "svc" / f"{name}.py").write_text(HANDLERS)
    return root


def _summary(root: Path, *arguments: str) -> Any:
    return json.loads(fixaudit(root, *arguments, "--output-format", "json").output)["summary"]


@pytest.mark.parametrize("speed", sorted(SPEED))
def test_a_check_counts_what_apply_makes(tmp_path: Path, speed: str) -> None:
    root, more = _project(tmp_path), SPEED[speed]
    for _ in range(2):
        done = fixaudit(root, "check", "svc", *more)
        assert "2 files looked at: 4 fix, 0 unsafe, 0 review, 0 leave" in done.notes
        assert "4 more sites in code that these edits make, not counted here: 4 fix;" in done.notes
        checked = _summary(root, "check", "svc", *more)
        assert (checked["verdicts"]["fix"], checked["later"]["fix"]) == (4, 4)
        shown = fixaudit(root, "apply", "--dry-run", "svc", *more)
        assert "8 edits in 2 files would change" in shown.notes
        assert "  of these, 4 fix in code that other edits make" in shown.notes
        planned = _summary(root, "apply", "--dry-run", "svc", *more)
        assert (planned["verdicts"]["fix"], planned["later"]["fix"]) == (8, 4)
    written = fixaudit(root, "apply", "svc", *more)
    assert "8 edits in 2 files changed" in written.notes
    assert "  of these, 4 fix in code that other edits make" in written.notes
    assert "more site" not in fixaudit(root, "check", "svc", *more).notes


def _document(root: Path, *arguments: str) -> Any:
    return json.loads(fixaudit(root, *arguments, "--output-format", "json").output)


@pytest.mark.parametrize("speed", sorted(SPEED))
def test_the_sites_are_listed_in_the_document_and_on_request(tmp_path: Path, speed: str) -> None:
    root, more = _project(tmp_path), SPEED[speed]
    for _ in range(2):
        checked = _document(root, "check", "svc", *more)
        planned = _document(root, "apply", "--dry-run", "svc", *more)
        for document in (checked, planned):
            later = document["later"]
            assert len(later) == sum(document["summary"]["later"].values()) == 4
            assert [(row["path"], row["line"]) for row in later] == [
                (f"svc/{name}.py", line) for name in ("m", "n") for line in (8, 15)
            ]
            assert {row["verdict"] for row in later} == {"fix"}
        listed = {row["fingerprint"] for row in checked["findings"]}
        assert listed.isdisjoint(row["fingerprint"] for row in checked["later"])
        made = {row["fingerprint"] for row in planned["findings"]} - listed
        assert made == {row["fingerprint"] for row in planned["later"]}
        assert made == {row["fingerprint"] for row in checked["later"]}
        text = fixaudit(root, "check", "-v", "svc", *more).output.decode()
        assert text.count("in code that other edits make") == 4
        assert "in code that" not in fixaudit(root, "check", "svc", *more).output.decode()


def test_changed_lines_count_alike(tmp_path: Path) -> None:
    root = _project(tmp_path)
    work = Work(root)
    work.git("init", "-q")
    work.git("add", ".")
    work.git("commit", "-qm", "first")
    path = root / "svc" / "m.py"
    path.write_text(HANDLERS.replace('"failed: {e}"', '"failed now: {e}"', 1))
    checked = _summary(root, "check", "svc", "--changed-lines")
    planned = _summary(root, "apply", "--dry-run", "svc", "--changed-lines")
    assert checked["verdicts"]["fix"] == 1
    rows = _document(root, "check", "svc", "--changed-lines")["later"]
    assert len(rows) == sum(checked["later"].values())
    assert checked["verdicts"]["fix"] + checked["later"]["fix"] == planned["verdicts"]["fix"]


def test_what_unsafe_edits_make_is_counted_as_unsafe(tmp_path: Path) -> None:
    root = make_project(tmp_path, m="def one():\n    return old(1) + risky(2)\n")
    (root / "tools" / "risky_to_old.py").write_text(RISKY)
    checked = _summary(root, "check", "m.py")
    assert (checked["verdicts"]["fix"], checked["verdicts"]["unsafe"]) == (1, 1)
    assert (checked["later"]["fix"], checked["later"]["unsafe"]) == (0, 1)
    calm = _summary(root, "apply", "--dry-run", "m.py")
    assert (calm["verdicts"]["fix"], calm["later"]["fix"]) == (1, 0)
    bold = _summary(root, "apply", "--dry-run", "--unsafe", "m.py")
    assert (bold["verdicts"]["fix"], bold["later"]["fix"]) == (2, 1)


def test_a_refused_run_has_made_no_site(tmp_path: Path) -> None:
    root = _project(tmp_path)
    Work(root).git("init", "-q")
    done = fixaudit(root, "apply", "svc")
    assert done.code == 2
    assert "0 edits" in done.notes
    assert "of these" not in done.notes
