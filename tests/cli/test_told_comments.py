"""`# fixaudit:` comments that say nothing known are told, and on request those that suppress nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from projects import MODULE, fixaudit, make_project
from repositories import Work

JUDGED = (
    MODULE.replace("old(2)", "old(2)  # fixaudit: ignore[old-to-nwe]")
    .replace("old(3)", "old(3)  # fixaudit: ignore[TT901] -- known")
    .replace("def one():", "def one():  # fixaudit: ignore[old-to-new]")
)
PLAIN = "x = 1  # fixaudit: ignore[late-to-son]\ny = 2  # fixaudit: ignore\n"
WRONG = [
    'm.py:9: suppression: unknown codemod "old-to-nwe" in "fixaudit: ignore"; did you mean "old-to-new"?',
    'n.py:1: suppression: unknown codemod "late-to-son" in "fixaudit: ignore"; did you mean "late-to-soon"?',
]
UNUSED = [
    'm.py:4: unused-suppression: "fixaudit: ignore[old-to-new]" suppresses nothing',
    'n.py:2: unused-suppression: "fixaudit: ignore" suppresses nothing',
]
SPEED = {"cold": ["--no-cache"], "kept": [], "workers": ["-j", "2", "--no-cache"]}


def _told(notes: str) -> list[str]:
    return [line for line in notes.splitlines() if "suppression: " in line]


def _noted(root: Path, *arguments: str) -> Any:
    return json.loads(fixaudit(root, *arguments, "--output-format", "json").output)["notes"]


@pytest.mark.parametrize("speed", sorted(SPEED))
def test_unknown_names_and_unused_comments(tmp_path: Path, speed: str) -> None:
    root, more = make_project(tmp_path, m=JUDGED, n=PLAIN), SPEED[speed]
    for _ in range(2):
        done = fixaudit(root, "check", *more)
        assert (done.code, _told(done.notes)) == (1, WRONG)
        done = fixaudit(root, "check", "--unused-suppressions", *more)
        assert (done.code, _told(done.notes)) == (1, sorted(WRONG + UNUSED, key=_place))
        assert _told(fixaudit(root, "apply", "-n", *more).notes) == WRONG
        named = [(entry["path"], entry["line"]) for entry in _noted(root, "check", *more)]
        assert named == [("m.py", 9), ("n.py", 1)]
        every = _noted(root, "check", "--unused-suppressions", *more)
        assert [f"{e['path']}:{e['line']}: {e['kind']}: {e['message']}" for e in every] == sorted(
            WRONG + UNUSED, key=_place
        )


def _place(line: str) -> tuple[str, int]:
    path, number, _ = line.split(":", 2)
    return path, int(number)


@pytest.mark.parametrize("name", ["sarif", "github", "junit", "markdown", "html"])
def test_other_formats_leave_it_to_stderr(tmp_path: Path, name: str) -> None:
    root = make_project(tmp_path, n=PLAIN)
    done = fixaudit(root, "check", "--output-format", name)
    assert (done.code, _told(done.notes)) == (0, WRONG[1:])


def test_the_exit_code_is_as_without(tmp_path: Path) -> None:
    root = make_project(tmp_path, n=PLAIN)
    done = fixaudit(root, "check", "--unused-suppressions")
    assert (done.code, len(_told(done.notes))) == (0, 2)


def test_a_comment_is_unused_only_for_codemods_that_ran(tmp_path: Path) -> None:
    text = "a = 1  # fixaudit: ignore\nb = 1  # fixaudit: ignore[TT9]\nc = 1  # fixaudit: ignore[TT902]\n"
    root = make_project(tmp_path, n=text)
    lines = {
        "configured": _noted(root, "check", "--unused-suppressions"),
        "one": _noted(root, "check", "--unused-suppressions", "--select", "TT901"),
        "other": _noted(root, "check", "--unused-suppressions", "--select", "TT902"),
    }
    assert {key: [entry["line"] for entry in found] for key, found in lines.items()} == {
        "configured": [1, 2, 3],
        "one": [],
        "other": [3],
    }


def test_a_file_that_is_skipped_whole(tmp_path: Path) -> None:
    head = "# fixaudit: skip-file\n"
    root = make_project(tmp_path, m=head + JUDGED.replace("-nwe", "-new"), n=head + "x = 1\n")
    noted = _noted(root, "check", "--unused-suppressions")
    assert [(entry["path"], entry["line"]) for entry in noted] == [("n.py", 1)]
    assert noted[0]["message"] == '"fixaudit: skip-file" suppresses nothing'


def test_a_comment_for_a_site_that_an_edit_makes_is_used(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "t"\nversion = "1"\n')
    (tmp_path / "svc").mkdir()
    (tmp_path / "svc" / "m.py").write_text(
        "def one(item):\n    try:\n        item.run()\n    except Exception as e:\n"
        '        print(f"failed: {e}")  # fixaudit: ignore[logger-exception-cleanup] -- wanted\n'
    )
    done = fixaudit(tmp_path, "check", "svc", "--unused-suppressions")
    assert "1 fix" in done.notes
    assert _told(done.notes) == []


def test_names_of_code_that_may_not_run_are_no_mistakes(tmp_path: Path) -> None:
    root = make_project(tmp_path, n="x = 1  # fixaudit: ignore[old-to-new]\n")
    done = fixaudit(root, "check", "--no-local-code", "--select", "FA1", "--unused-suppressions")
    assert _told(done.notes) == []


def test_changed_lines_limit_what_is_told(tmp_path: Path) -> None:
    root = make_project(tmp_path, n=PLAIN)
    work = Work(root)
    work.git("init", "-q")
    work.git("add", ".")
    work.git("commit", "-qm", "first")
    (root / "n.py").write_text(PLAIN + "z = 3  # fixaudit: ignore[nobody]\n")
    assert [entry["line"] for entry in _noted(root, "check", "--changed-lines")] == [3]


def test_a_file_that_cannot_be_decoded_is_passed_by(tmp_path: Path) -> None:
    root = make_project(tmp_path, n=PLAIN)
    (root / "o.py").write_bytes(b"x = '\xff'  # fixaudit: ignore[nobody]\n")
    done = fixaudit(root, "check")
    assert (done.code, _told(done.notes)) == (0, WRONG[1:])


def test_many_unknown_names_are_told_in_one_run(tmp_path: Path) -> None:
    names = ",".join(f"old-to-{number}" for number in range(3000))
    root = make_project(tmp_path, n=f"x = 1  # fixaudit: ignore[{names}]\n")
    noted = _noted(root, "check")
    assert len(noted) == 3000
    assert noted[0]["message"].endswith('did you mean "old-to-new"?')
